// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * APISIX's workers with all they have to do: each keeps a connection that always has a call outstanding; some give theirs up now and then and connect anew;
 * and some prepare confs all the time, on a connection of their own, and use each at once on the one they have kept. What isn't answered rightly is counted.
 */
final class Workers implements AutoCloseable {

    private static final int CALLS_PER_CONNECTION = 50;
    private static final int CALLS_PER_CONF = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path socket;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger confs = new AtomicInteger();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    private interface Work {
        void run() throws IOException;
    }

    /** Begins: so many that keep their connection, that change it, and that prepare confs. */
    Workers(Path socket, int keeping, int changing, int preparing) throws IOException {
        this.socket = socket;
        long token = prepared("route#0#ext-plugin-pre-req#1", "0");
        start(keeping, () -> keep(token));
        start(changing, () -> change(token));
        start(preparing, this::prepare);
    }

    private void start(int count, Work work) {
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException | RuntimeException | Error e) {
                    failed.add(e.toString());
                }
            }, "worker-" + threads.size());
            threads.add(thread);
            thread.start();
        }
    }

    private A6Client connect() throws IOException {
        return A6Client.connect(socket, PATIENCE);
    }

    private long prepared(String key, String value) throws IOException {
        try (A6Client another = connect()) { // PREPARE_CONF always goes over another connection (APISIX.md §1)
            return another.prepare(key, Entry.list("add-header", "{\"name\": \"x-conf\", \"value\": \"" + value + "\"}"));
        }
    }

    private void keep(long token) throws IOException {
        try (A6Client apisix = connect()) {
            while (!closing) {
                call(apisix, token, "0");
            }
        }
    }

    private void change(long token) throws IOException {
        while (!closing) {
            try (A6Client apisix = connect()) {
                for (int i = 0; i < CALLS_PER_CONNECTION && !closing; i++) {
                    call(apisix, token, "0");
                }
            }
        }
    }

    private void prepare() throws IOException {
        try (A6Client apisix = connect()) {
            while (!closing) {
                int number = confs.incrementAndGet();
                String value = Integer.toString(number);
                long token = prepared("route#" + number % 10 + "#ext-plugin-pre-req#" + number, value);
                for (int i = 0; i < CALLS_PER_CONF && !closing; i++) {
                    call(apisix, token, value);
                }
            }
        }
    }

    /** A call whose answer names the conf that it ran by. */
    private void call(A6Client apisix, long token, String value) throws IOException {
        Reply reply = apisix.call(Calls.request(token), ExtraInfoAnswers.none()).reply();
        if (reply instanceof Reply.Rewrite rewrite
                && rewrite.action().headers().stream().anyMatch(entry -> entry.isNamed("x-conf") && entry.value().toString().equals(value))) {
            answered.incrementAndGet();
        } else {
            failed.add("conf " + value + ": " + reply);
            if (reply instanceof Reply.Closed) {
                throw new IOException("no more calls on this connection");
            }
        }
    }

    /** Waits until so many more calls have been answered. */
    void awaitAnswered(int more) {
        int enough = answered.get() + more;
        Await.until(more + " more answers; failed: " + failed, () -> answered.get() >= enough || !failed.isEmpty());
    }

    int answered() {
        return answered.get();
    }

    /** Calls that were not answered, or not by their conf. */
    Queue<String> failed() {
        return failed;
    }

    /** Ends the calls and waits for those under way. */
    void end() {
        closing = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
    }
}
