// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.call.FakeCallService;
import a6runner.protocol.takeover.FakeConfs;
import a6runner.spi.Settings;
import a6runner.testkit.A6Client;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A server with a fake runner behind it, and clients as APISIX is one. */
final class TestServer implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(10);

    final FakeCallService service = new FakeCallService();
    final FakeConfs confs;
    volatile Function<String, CompletionStage<String>> leave; // null until calls come here
    final Path path;
    final UnixSocketServer server;

    /** Opens a socket; settings as key, value, key, value. */
    TestServer(Path folder, String transport, String... settings) throws IOException {
        this(folder, transport, FakeConfs.started(), settings);
    }

    TestServer(Path folder, String transport, FakeConfs confs, String... settings) throws IOException {
        this.confs = confs;
        assumeTrue(!transport.equals("epoll") || Epoll.isAvailable(), "epoll is not available here");
        path = folder.resolve("s");
        Map<String, String> properties = new HashMap<>();
        properties.put("a6runner.listen.address", "unix:" + path);
        properties.put("a6runner.transport", transport);
        for (int i = 0; i < settings.length; i += 2) {
            properties.put("a6runner." + settings[i], settings[i + 1]);
        }
        server = new UnixSocketServer(new Settings(properties::get), service, confs, 0, (served, way) -> {
            leave = way;
            return () -> leave = null;
        });
    }

    A6Client connect() throws IOException {
        return connect(PATIENCE);
    }

    A6Client connect(Duration timeout) throws IOException {
        return A6Client.connect(path, timeout);
    }

    /** Waits until something has happened; {@code what} says what, if it doesn't. */
    static void await(BooleanSupplier happened, String what) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("within " + PATIENCE.toSeconds() + " s it did not happen that " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
