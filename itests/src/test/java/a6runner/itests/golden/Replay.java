// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.golden;

import a6runner.itests.Container;
import a6runner.testkit.A6Client;
import a6runner.testkit.golden.Scenario;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.PrepareConf;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Feeds a scenario's recorded frames to a runner, on as many connections as APISIX had, recorded tokens mapped to the runner's own. Close it. */
final class Replay implements AutoCloseable {

    private static final Duration SILENCE = Duration.ofMillis(20);
    /** What it takes to wake an event loop. */
    private static final long MOMENT_NANOS = 30_000;

    private final Container container;
    private final Map<Integer, A6Client> connections = new HashMap<>();
    private final Map<Long, Long> tokens = new HashMap<>(); // by the recorded one
    private long lastToken;

    /**
     * What came of an exchange.
     *
     * @param reply null if the replay closed the connection at a question, as APISIX did
     * @param questions what the runner asked, in order
     */
    record Result(Exchange exchange, byte[] sent, Frame reply, List<ExtraInfo.Req> questions) {

        Message message() {
            return Message.decode(Message.Direction.TO_APISIX, reply);
        }
    }

    Replay(Container container) {
        this.container = container;
    }

    /** Replays a whole scenario. */
    List<Result> run(Scenario scenario) throws IOException {
        List<Result> results = new ArrayList<>();
        for (Exchange exchange : Exchange.of(scenario)) {
            results.add(run(exchange));
        }
        for (A6Client connection : connections.values()) {
            connection.assertSilent(SILENCE);
        }
        return results;
    }

    private Result run(Exchange exchange) throws IOException {
        A6Client connection = connections.get(exchange.request().connection());
        if (connection == null) {
            connection = container.connect();
            connections.put(exchange.request().connection(), connection);
        }
        byte[] request = exchange.isPrepare() ? exchange.request().bytes() : exchange.requestBytes(token(exchange));
        Result result = exchange(connection, exchange, request, null, 0);
        if (result.reply == null) {
            connections.remove(exchange.request().connection()).close();
        } else if (exchange.isPrepare() && result.reply.type() == FrameType.PREPARE_CONF) {
            lastToken = PrepareConf.Resp.decode(result.reply.payload()).confToken();
            if (exchange.recorded() instanceof PrepareConf.Resp) {
                tokens.put(exchange.recordedToken(), lastToken);
            }
        }
        return result;
    }

    /** The runner's own for the recorded one; where the recorded runner said that it knows it not, the recorded one, which ours knows not either. */
    private long token(Exchange exchange) {
        if (exchange.recorded() instanceof Err.Resp error && error.code() == Err.CONF_TOKEN_NOT_FOUND) {
            return exchange.recordedToken();
        }
        return tokens.getOrDefault(exchange.recordedToken(), lastToken);
    }

    /**
     * One exchange; of the frames that go to the runner, the one whose array {@code split} is goes in two writes, the first with {@code at} bytes of it.
     */
    static Result exchange(A6Client connection, Exchange exchange, byte[] request, byte[] split, int at) throws IOException {
        List<Exchange.Asked> unasked = new ArrayList<>(exchange.asked());
        List<ExtraInfo.Req> questions = new ArrayList<>();
        send(connection, request, request == split ? at : -1);
        while (true) {
            Optional<Frame> frame = connection.receive();
            if (frame.isEmpty()) {
                throw new AssertionError(exchange + ": the runner closed the connection.");
            }
            if (frame.get().type() != FrameType.EXTRA_INFO) {
                return new Result(exchange, request, frame.get(), questions);
            }
            ExtraInfo.Req question = ExtraInfo.Req.decode(frame.get().payload());
            questions.add(question);
            Optional<Exchange.Asked> recorded = unasked.stream().filter(asked -> asked.question().equals(question)).findFirst();
            if (recorded.isEmpty()) {
                connection.answer(unrecorded(exchange, question));
                continue;
            }
            unasked.remove(recorded.get());
            if (recorded.get().answer() == null) {
                return new Result(exchange, request, null, questions);
            }
            byte[] answer = recorded.get().answerBytes();
            send(connection, answer, split != null && recorded.get().answer().bytes() == split ? at : -1);
        }
    }

    private static byte[] unrecorded(Exchange exchange, ExtraInfo.Req question) {
        if (!question.equals(ExtraInfo.Req.var("upstream_uri"))) {
            throw new AssertionError(exchange + ": the runner asks " + question + ", which APISIX was not asked.");
        }
        String uri = Deviation.UPSTREAM_URI.get(exchange.scenario().name());
        return uri == null ? null : uri.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void send(A6Client connection, byte[] bytes, int split) throws IOException {
        if (split < 0) {
            connection.sendRaw(bytes);
        } else {
            sendSplit(connection, bytes, split);
        }
    }

    /** Sends bytes in two pieces with a moment between them, so that the runner most likely reads them one by one. */
    static void sendSplit(A6Client connection, byte[] bytes, int split) throws IOException {
        connection.sendRaw(Arrays.copyOf(bytes, split));
        LockSupport.parkNanos(MOMENT_NANOS);
        connection.sendRaw(Arrays.copyOfRange(bytes, split, bytes.length));
    }

    @Override
    public void close() throws IOException {
        for (A6Client connection : connections.values()) {
            connection.close();
        }
    }
}
