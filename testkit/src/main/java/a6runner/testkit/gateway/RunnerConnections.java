// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.A6Client;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Connections to the runner, kept as nginx keeps them: up to 32 idle ones for 180 s (APISIX.md §1). Any thread. Close it. */
final class RunnerConnections implements AutoCloseable {

    private static final int KEPT = 32;
    private static final Duration IDLE = Duration.ofSeconds(180);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private record Idle(A6Client client, long since) {}

    private final Path socket;
    private final Deque<Idle> idle = new ArrayDeque<>();
    private boolean closed;

    RunnerConnections(Path socket) {
        this.socket = socket;
    }

    /** An idle one, or a new one; throws {@link IOException} if nobody listens. */
    A6Client take() throws IOException {
        while (true) {
            Idle last;
            synchronized (this) {
                last = idle.pollLast();
            }
            if (last == null) {
                return A6Client.connect(socket, TIMEOUT);
            }
            if (System.nanoTime() - last.since() < IDLE.toNanos() && isClean(last.client())) {
                return last.client();
            }
            last.client().close();
        }
    }

    /** Keeps one that has been answered well, unless there is more on it than the answer. */
    void keep(A6Client client) throws IOException {
        client.listen((direction, frame) -> { });
        boolean clean = isClean(client);
        synchronized (this) {
            if (clean && !closed && idle.size() < KEPT) {
                idle.addLast(new Idle(client, System.nanoTime()));
                return;
            }
        }
        client.close();
    }

    private static boolean isClean(A6Client client) {
        try {
            return client.available() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        Deque<Idle> left;
        synchronized (this) {
            closed = true;
            left = new ArrayDeque<>(idle);
            idle.clear();
        }
        for (Idle one : left) {
            one.client().close();
        }
    }
}
