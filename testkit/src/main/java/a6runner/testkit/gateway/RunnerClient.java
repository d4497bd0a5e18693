// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.A6Client;
import a6runner.testkit.CallResult;
import a6runner.testkit.Question;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls a runner as APISIX does: the conf is prepared over a second connection while the call's own is open and idle, tokens are remembered, and a token that
 * the runner doesn't know makes it forget all of them and try again, three times in all (APISIX.md §1, §3, §4). Any thread, which is blocked. Close it.
 */
final class RunnerClient implements AutoCloseable {

    private static final int TRIES = 3;
    private static final int IDS = 1 << 22;

    /** A call yet to be made on a connection. */
    @FunctionalInterface
    interface Rpc {
        CallResult make(A6Client client, long id, long confToken) throws IOException;
    }

    /**
     * What came of a call.
     *
     * @param reply never {@link Reply.Prepared}
     * @param questions those of the last try
     */
    record Result(Reply reply, List<Question> questions, int tries) {}

    private final RunnerConnections connections;
    private final TokenCache tokens = new TokenCache();
    private final PrepareLock lock;
    private final AtomicLong ids = new AtomicLong();

    RunnerClient(Path socket, PrepareLock lock) {
        this.connections = new RunnerConnections(socket);
        this.lock = lock;
    }

    /** Makes a call under the conf of this key; faults of the runner or the connection are replies, too. */
    Result call(ExtPlugin plugin, String key, CallTrace trace, Rpc rpc) {
        for (int tries = 1;; tries++) {
            CallResult result = once(plugin, key, trace, rpc);
            if (!(result.reply() instanceof Reply.ErrorReply error && error.isConfTokenNotFound())) {
                return new Result(result.reply(), result.questions(), tries);
            }
            tokens.flush();
            if (tries == TRIES) {
                return new Result(result.reply(), result.questions(), tries);
            }
        }
    }

    private CallResult once(ExtPlugin plugin, String key, CallTrace trace, Rpc rpc) {
        A6Client client = null;
        try {
            client = take(trace);
            Reply prepared = token(plugin, key, trace);
            if (!(prepared instanceof Reply.Prepared token)) {
                return failed(prepared);
            }
            CallResult result = rpc.make(client, ids.getAndIncrement() % IDS, token.confToken());
            if (isWell(result.reply())) {
                A6Client kept = client;
                client = null;
                connections.keep(kept);
            }
            return result;
        } catch (SocketTimeoutException e) {
            return failed(new Reply.Closed("timeout: " + e.getMessage()));
        } catch (IOException e) {
            return failed(new Reply.Closed("can't call the runner: " + e.getMessage()));
        } finally {
            close(client);
        }
    }

    private Reply token(ExtPlugin plugin, String key, CallTrace trace) throws IOException {
        Long token = tokens.ofWorker(key);
        if (token != null) {
            return new Reply.Prepared(token);
        }
        A6Client client = take(trace);
        try {
            token = tokens.shared(key);
            if (token == null && !lock.acquire()) {
                return new Reply.Broken(503, "failed to acquire the lock: timeout");
            }
            Reply reply = token != null ? new Reply.Prepared(token) : prepare(plugin, key, client);
            if (isWell(reply)) {
                A6Client kept = client;
                client = null;
                connections.keep(kept);
            }
            return reply;
        } finally {
            close(client);
        }
    }

    /** With the lock held; where APISIX's own code would throw, it stays held. */
    private Reply prepare(ExtPlugin plugin, String key, A6Client client) throws IOException {
        boolean leaveLocked = false;
        try {
            Long token = tokens.shared(key);
            if (token != null) {
                return new Reply.Prepared(token);
            }
            Reply reply = client.prepare(new PrepareConf.Req(plugin.conf(), Text.of(key)));
            if (reply instanceof Reply.Prepared prepared) {
                tokens.put(key, prepared.confToken());
            }
            leaveLocked = reply instanceof Reply.Broken broken && broken.status() == 500;
            return reply;
        } finally {
            if (!leaveLocked) {
                lock.release();
            }
        }
    }

    private A6Client take(CallTrace trace) throws IOException {
        A6Client client = connections.take();
        client.listen(trace.listenTo(client));
        return client;
    }

    private static boolean isWell(Reply reply) {
        return !(reply instanceof Reply.ErrorReply || reply instanceof Reply.Closed || reply instanceof Reply.Broken);
    }

    private static CallResult failed(Reply reply) {
        return new CallResult(reply, List.of(), Duration.ZERO);
    }

    private static void close(A6Client client) {
        if (client != null) {
            try {
                client.close();
            } catch (IOException e) {
                return; // it is of no use any more
            }
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
