// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Await;
import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.HttpReqCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One long-lived connection on which somebody else calls a plugin that changes nothing, again and again, while a test does its harm. Close it: that fails
 * if a call went wrong.
 */
final class Bystander implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final A6Client apisix;
    private final long token;
    private final Thread thread = new Thread(this::run, "bystander");
    private volatile boolean closing;
    private volatile long served;
    private volatile Duration slowest = Duration.ZERO;
    private volatile Throwable failure;

    /** Begins; owns the connection from now on. */
    Bystander(A6Client apisix, String plugin) {
        this.apisix = apisix;
        try {
            token = Calls.prepare(apisix, plugin, "{}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.start();
    }

    private void run() {
        try {
            while (!closing) {
                HttpReqCall.Req request = Calls.request(token, "/bystander");
                long start = System.nanoTime();
                Reply reply = apisix.call(request, ExtraInfoAnswers.none()).reply();
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                if (!(reply instanceof Reply.Continue goOn) || goOn.message().id() != request.id()) {
                    throw new AssertionError("call " + request.id() + " got " + reply);
                }
                if (took.compareTo(slowest) > 0) {
                    slowest = took;
                }
                served++;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** The longest that a call of its took. */
    Duration slowest() {
        return slowest;
    }

    /** Returns when so many more of its calls have been served. */
    void awaitServed(int more) {
        long enough = served + more;
        Await.until("the bystander to be served " + more + " times more", () -> failure != null || served >= enough);
        check();
    }

    private void check() {
        if (failure != null) {
            throw new AssertionError("The bystander was harmed.", failure);
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
            apisix.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        check();
    }
}
