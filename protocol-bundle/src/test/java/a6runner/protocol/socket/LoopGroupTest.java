// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.LoggedLines;
import a6runner.spi.RequestCall;
import a6runner.testkit.A6Client;
import a6runner.testkit.BrokenFrames;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A plugin that blocks the event loop, seen from outside. */
@Timeout(60)
class LoopGroupTest {

    private static final HttpReqCall.Req REQUEST = BrokenFrames.request(7);
    private static final HttpReqCall.Req BLOCKS = new HttpReqCall.Req(2, new byte[4], 0, Text.of("/block"), List.of(), List.of(), 7);

    @TempDir
    private Path folder;

    private final CountDownLatch began = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    private void serve(RequestCall call) {
        if (call.path().equals("/block")) {
            began.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        call.goOn();
    }

    private TestServer blockedServer(String transport, String callTimeout) throws IOException {
        TestServer server = new TestServer(folder, transport, "loops", "1", "call.timeout", callTimeout);
        server.service.onRequest = this::serve;
        return server;
    }

    private static Message reply(A6Client client) throws IOException {
        return Message.decode(Direction.TO_APISIX, client.receive().orElseThrow(() -> new AssertionError("closed without a reply")));
    }

    /** Connects anew until a connection is served, as APISIX would with each request. */
    private static A6Client awaitServedConnection(TestServer server) throws IOException {
        long deadline = System.nanoTime() + TestServer.PATIENCE.toNanos();
        while (true) {
            A6Client client = server.connect(Duration.ofMillis(250));
            try {
                client.send(REQUEST.frame());
                assertThat(reply(client)).isEqualTo(new HttpReqCall.Resp(1, null));
                return client;
            } catch (SocketTimeoutException e) {
                client.close();
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    private static void awaitEndOfThread(String prefix) throws InterruptedException {
        long deadline = System.nanoTime() + TestServer.PATIENCE.toNanos();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(prefix)) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void aStuckLoopGetsAReplacementAndNewConnectionsGoOn(String transport) throws Exception {
        try (TestServer server = blockedServer(transport, "30s"); A6Client blocked = server.connect(); LoggedLines log = new LoggedLines(LoopGroup.class)) {
            blocked.send(BLOCKS.frame());
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();

            try (A6Client served = awaitServedConnection(server)) {
                assertThat(served.available()).isZero();
                assertThat(server.service.calls.get(0).loop().index()).isZero();
                assertThat(server.service.calls.get(1).loop().index()).isEqualTo(1);
                assertThat(log.lines()).singleElement().asString().startsWith("ERROR event loop 0 has been stuck for a second, with ");

                // the loop that comes back goes on with what it has
                end.countDown();
                assertThat(reply(blocked)).isEqualTo(new HttpReqCall.Resp(2, null));
                blocked.send(REQUEST.frame());
                assertThat(reply(blocked)).isEqualTo(new HttpReqCall.Resp(1, null));
                served.send(REQUEST.frame());
                assertThat(reply(served)).isEqualTo(new HttpReqCall.Resp(1, null));

                // and ends with the last of it
                blocked.shutdownOutput();
                awaitEndOfThread("a6runner-loop-0-");
                served.send(REQUEST.frame());
                assertThat(reply(served)).isEqualTo(new HttpReqCall.Resp(1, null));
            }
        } finally {
            end.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void theConnectionsOfALoopThatIsStuckForTheCallTimeoutAreShutDown(String transport) throws Exception {
        TestServer server = blockedServer(transport, "1500ms");
        try (A6Client blocked = server.connect(); A6Client idle = server.connect()) {
            idle.send(REQUEST.frame());
            assertThat(reply(idle)).isEqualTo(new HttpReqCall.Resp(1, null)); // so it is the loop's
            long start = System.nanoTime();
            blocked.send(BLOCKS.frame());
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();

            blocked.assertClosed();
            idle.assertClosed();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(1_400), Duration.ofMillis(6_000));
            try (A6Client served = awaitServedConnection(server)) {
                assertThat(served.available()).isZero();
            }

            // once the plugin lets go, nothing of the connections is left
            end.countDown();
            long stop = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - stop)).isLessThan(Duration.ofSeconds(3));
            assertThat(server.service.calls).allSatisfy(call -> assertThat(call.ended()).isTrue());
        } finally {
            end.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void aLoopIsReplacedBeforeItsConnectionsAreShutDownHoweverShortTheCallTimeout(String transport) throws Exception {
        try (TestServer server = blockedServer(transport, "100ms"); A6Client blocked = server.connect(); LoggedLines log = new LoggedLines(LoopGroup.class)) {
            blocked.send(BLOCKS.frame());
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
            blocked.assertClosed();
            assertThat(log.lines().get(0)).startsWith("ERROR event loop 0 has been stuck for 100 ms, with 1 connections");
            assertThat(log.lines().get(1)).startsWith("ERROR event loop 0 has been stuck for the call timeout");
            try (A6Client served = server.connect()) { // the first that is opened since: none is given to the stuck loop any more
                served.send(REQUEST.frame());
                assertThat(reply(served)).isEqualTo(new HttpReqCall.Resp(1, null));
            }
            end.countDown(); // or the server's stop waits for it
        } finally {
            end.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void stoppingDoesNotWaitForAStuckLoopLongerThanTheStopTimeout(String transport) throws Exception {
        TestServer server = new TestServer(folder, transport, "loops", "1", "stop.timeout", "300ms");
        server.service.onRequest = this::serve;
        try (A6Client blocked = server.connect()) {
            blocked.send(BLOCKS.frame());
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
            long start = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        } finally {
            end.countDown();
        }
    }
}
