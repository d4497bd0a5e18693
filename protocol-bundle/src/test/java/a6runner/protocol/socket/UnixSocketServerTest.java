// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.LoggedLines;
import a6runner.protocol.call.CallHandler;
import a6runner.protocol.takeover.FakeConfs;
import a6runner.spi.CallLoop;
import a6runner.spi.RequestCall;
import a6runner.spi.ResponseReply;
import a6runner.spi.Settings;
import a6runner.spi.Stop;
import a6runner.testkit.A6Client;
import a6runner.testkit.BrokenFrames;
import a6runner.testkit.CallResult;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class UnixSocketServerTest {

    private static final HttpReqCall.Req REQUEST = BrokenFrames.request(7);
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    private Path folder;

    private static Message reply(A6Client client) throws IOException {
        return Message.decode(Direction.TO_APISIX, client.receive().orElseThrow(() -> new AssertionError("closed without a reply")));
    }

    private static void assertServes(A6Client client) throws IOException {
        client.send(REQUEST.frame());
        assertThat(reply(client)).isEqualTo(new HttpReqCall.Resp(1, null));
    }

    private static long millisOf(Runnable action) {
        long start = System.nanoTime();
        action.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    // ---- serving ----

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio", "auto"})
    void servesAllFiveRpcsOnOneConnection(String transport) throws IOException {
        try (TestServer server = new TestServer(folder, transport); A6Client client = server.connect()) {
            server.service.onPrepare = call -> call.answer(0xCAFE);
            server.service.onRequest = call -> {
                call.askVar("name", result -> call.stop(new Stop(200, null, result)));
                call.flush();
            };
            server.service.onResponse = call -> {
                call.askResponseBody(result -> call.answer(new ResponseReply(201, null, result)));
                call.flush();
            };
            assertThat(client.prepare("key", Entry.list("noop", ""))).isEqualTo(0xCAFE);
            client.send(REQUEST.frame());
            assertThat(client.receive()).hasValueSatisfying(question -> assertThat(question.type()).isEqualTo(3));
            client.answer(new byte[] {1, 2});
            assertThat(reply(client)).isEqualTo(new HttpReqCall.Resp(1, new HttpReqCall.Stop(200, null, new byte[] {1, 2})));
            client.send(new HttpRespCall.Req(5, 200, List.of(), 7).frame());
            assertThat(client.receive()).hasValueSatisfying(question -> assertThat(question.type()).isEqualTo(3));
            client.answer(new byte[] {3});
            assertThat(reply(client)).isEqualTo(new HttpRespCall.Resp(5, 201, null, new byte[] {3}));
            client.send(new Frame(2, new byte[3]));
            assertThat(client.receive()).hasValueSatisfying(error -> assertThat(error.type()).isZero());
            assertThat(client.available()).isZero();
            assertThat(server.server.address()).isEqualTo("unix:" + server.path);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void carriesTheLongestPayloadsBothWays(String transport) throws IOException {
        byte[] body = new byte[15 * MEGABYTE];
        Arrays.fill(body, (byte) 'b');
        try (TestServer server = new TestServer(folder, transport); A6Client client = server.connect()) {
            server.service.onRequest = call -> {
                assertThat(call.path()).hasSize(16_777_000);
                call.stop(new Stop(200, null, body));
            };
            CallResult result = client.call(new HttpReqCall.Req(
                    1, new byte[4], 0, Text.of("/" + "p".repeat(16_776_999)), List.of(), List.of(), 1), ExtraInfoAnswers.none());
            assertThat(result.reply().toString()).isNotEmpty();
            server.service.onRequest = RequestCall::goOn;
            assertServes(client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void spreadsConnectionsThatComeAtOnceOverTheLoops(String transport) throws IOException {
        Map<Integer, AtomicInteger> callsOfLoop = new ConcurrentHashMap<>();
        List<A6Client> clients = new ArrayList<>();
        try (TestServer server = new TestServer(folder, transport, "loops", "4")) {
            server.service.onRequest = call -> {
                callsOfLoop.computeIfAbsent(call.loop().index(), index -> new AtomicInteger()).incrementAndGet();
                call.goOn();
            };
            for (int i = 0; i < 40; i++) {
                clients.add(server.connect());
            }
            for (A6Client client : clients) {
                assertServes(client);
            }
            assertThat(callsOfLoop.values()).hasSize(4).allSatisfy(calls -> assertThat(calls).hasValue(10));
        } finally {
            for (A6Client client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void tellsACallThatItsConnectionHasGone(String transport) throws Exception {
        try (TestServer server = new TestServer(folder, transport)) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch gone = new CountDownLatch(1);
            server.service.onRequest = call -> {
                call.onDisconnect(gone::countDown);
                began.countDown();
            };
            A6Client client = server.connect();
            client.send(REQUEST.frame());
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
            client.close();
            assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void closesAClientThatStopsInTheMidstOfAFrameOrDoesNotReadAndServesTheOthers(String transport) throws IOException {
        try (TestServer server = new TestServer(folder, transport, "client.timeout", "500ms", "loops", "1");
                LoggedLines log = new LoggedLines(CallHandler.class); A6Client half = server.connect(); A6Client unread = server.connect(); A6Client idle = server.connect()) {
            server.service.onRequest = call -> call.stop(new Stop(200, null, new byte[8 * MEGABYTE]));
            half.sendRaw(new byte[] {2, 0, 1});
            unread.send(REQUEST.frame());
            half.assertClosed();
            TestServer.await(() -> log.lines().size() == 2, "both connections were closed");
            assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN connection closed: half a frame came, then nothing for "))
                    .anyMatch(line -> line.startsWith("WARN connection closed: its answer was not read for "));
            assertThatThrownBy(unread::receive).isInstanceOf(IOException.class); // after what the socket's buffer held
            server.service.onRequest = RequestCall::goOn;
            assertServes(idle);
        }
    }

    // ---- stopping ----

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void stopsQuicklyWhenAllConnectionsAreIdle(String transport) throws IOException {
        List<A6Client> clients = new ArrayList<>();
        TestServer server = new TestServer(folder, transport);
        for (int i = 0; i < 20; i++) {
            clients.add(server.connect());
        }
        assertServes(clients.get(0));
        assertThat(millisOf(server::close)).isLessThan(2_000);
        for (A6Client client : clients) {
            client.assertClosed();
            client.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void stopsQuicklyWithoutAnyConnection(String transport) throws IOException {
        TestServer server = new TestServer(folder, transport);
        assertThat(millisOf(server::close)).isLessThan(2_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void letsACallInFlightEndBeforeItStops(String transport) throws Exception {
        TestServer server = new TestServer(folder, transport);
        BlockingQueue<RequestCall> calls = new ArrayBlockingQueue<>(1);
        server.service.onRequest = calls::add;
        try (A6Client client = server.connect(); A6Client idle = server.connect()) {
            client.send(REQUEST.frame());
            RequestCall call = calls.poll(10, TimeUnit.SECONDS);
            Thread stopping = new Thread(server::close);
            stopping.start();
            idle.assertClosed(); // so it is stopping
            assertThat(stopping.isAlive()).isTrue();
            assertThat(client.available()).isZero();

            CallLoop loop = call.loop();
            loop.execute(call::goOn);

            assertThat(reply(client)).isEqualTo(new HttpReqCall.Resp(1, null));
            client.assertClosed();
            stopping.join(10_000);
            assertThat(stopping.isAlive()).isFalse();
        }
        assertThatThrownBy(server::connect).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void tellsTheServiceThatItClosesBeforeItWaitsForTheCalls(String transport) throws Exception {
        TestServer server = new TestServer(folder, transport, "stop.timeout", "1h");
        BlockingQueue<RequestCall> calls = new ArrayBlockingQueue<>(1);
        server.service.onRequest = calls::add;
        try (A6Client client = server.connect()) {
            client.send(REQUEST.frame());
            RequestCall call = calls.poll(10, TimeUnit.SECONDS);
            CallLoop loop = call.loop();
            server.service.onClosing = () -> loop.execute(call::goOn);
            Thread stopping = new Thread(server::close);
            stopping.start();
            assertThat(reply(client)).isEqualTo(new HttpReqCall.Resp(1, null));
            stopping.join(10_000);
            assertThat(stopping.isAlive()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void givesUpACallThatDoesNotEndWithinTheStopTimeout(String transport) throws Exception {
        TestServer server = new TestServer(folder, transport, "stop.timeout", "300ms");
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        server.service.onRequest = call -> {
            call.onDisconnect(gone::countDown);
            began.countDown();
        };
        try (A6Client client = server.connect(); LoggedLines log = new LoggedLines(UnixSocketServer.class)) {
            client.send(REQUEST.frame());
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(millisOf(server::close)).isBetween(300L, 3_000L);
            client.assertClosed();
            assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(log.lines()).containsExactly("WARN stopping with 1 connections whose calls have not ended within stop.timeout");
        }
    }

    // ---- the socket's file ----

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void leavesItsFileWhichTheNextStartReplaces(String transport) throws IOException {
        new TestServer(folder, transport).close();
        assertThat(folder.resolve("s")).exists();
        try (LoggedLines log = new LoggedLines(UnixSocketServer.class);
                TestServer again = new TestServer(folder, transport, "socket.mode", "0600"); A6Client client = again.connect()) {
            assertServes(client);
            assertThat(log.lines()).isEmpty();
            assertThat(Files.getPosixFilePermissions(folder.resolve("s"))).hasSize(2);
        }
        assertThat(folder.toFile().list()).containsExactly("s");
    }

    @Test
    void removesTheSocketThatAKilledRunnerLeftBesideIt() throws IOException {
        Path left = folder.resolve(".a6rleft");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(left)).close(); // which leaves the file
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3_600)));
        try (TestServer server = new TestServer(folder, "nio"); A6Client client = server.connect()) {
            TestServer.await(() -> Files.notExists(left), left + " goes");
            assertServes(client);
        }
    }

    @Test
    void saysWhyThereCanBeNoSocket() {
        Map<String, String> properties = Map.of("a6runner.listen.address", "unix:" + folder.resolve("no/where"));
        try (LoggedLines log = new LoggedLines(UnixSocketServer.class)) {
            assertThatThrownBy(() -> new UnixSocketServer(new Settings(properties::get), null, FakeConfs.started(), 0, null)).isInstanceOf(IOException.class);
            assertThat(log.lines()).singleElement().asString().contains("does not exist; make it first");
        }
    }
}
