// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.takeover.FakeConfs;
import a6runner.spi.HandedConf;
import a6runner.spi.RequestCall;
import a6runner.spi.Stop;
import a6runner.testkit.A6Client;
import a6runner.testkit.BrokenFrames;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How an address passes from one server to another; both in one process, which makes no difference to them. */
@Timeout(60)
@SuppressWarnings("try") // servers and clients are closed in the midst of it, and once more at the end
class TakeoverTest {

    private static final HttpReqCall.Req REQUEST = BrokenFrames.request(7);
    private static final String[] ALWAYS = {"listen.takeover", "always"};

    @TempDir
    private Path folder;

    private static Message reply(A6Client client) throws IOException {
        return Message.decode(Direction.TO_APISIX, client.receive().orElseThrow(() -> new AssertionError("closed without a reply")));
    }

    private static void assertServes(A6Client client) throws IOException {
        client.send(REQUEST.frame());
        assertThat(reply(client)).isEqualTo(new HttpReqCall.Resp(1, null));
    }

    private static void awaitPublished(TestServer server) {
        TestServer.await(() -> server.leave != null, "the address was taken over");
    }

    @Test
    void theConnectionsGoToTheSuccessor() throws IOException {
        List<A6Client> clients = new ArrayList<>();
        try (TestServer first = new TestServer(folder, "epoll", "loops", "2")) {
            for (int i = 0; i < 20; i++) {
                clients.add(first.connect());
                assertServes(clients.get(i));
            }
            CompletableFuture<String> mayGo = first.leave.apply("TAKEN").toCompletableFuture();
            try (TestServer second = new TestServer(folder, "epoll", ALWAYS)) {
                awaitPublished(second);
                assertThat(mayGo.orTimeout(10, TimeUnit.SECONDS).join()).isEmpty();
                first.close();
                for (A6Client client : clients) {
                    assertServes(client);
                }
                assertThat(first.service.calls).hasSize(20);
                assertThat(second.service.calls).hasSize(20);
            }
        } finally {
            for (A6Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aConnectionGoesOnceItsCallIsAnswered() throws IOException {
        try (TestServer first = new TestServer(folder, "epoll"); A6Client inCall = first.connect(); A6Client halfway = first.connect()) {
            AtomicReference<RequestCall> held = new AtomicReference<>();
            first.service.onRequest = held::set;
            inCall.send(REQUEST.frame());
            TestServer.await(() -> held.get() != null, "the call has come");
            byte[] frame = REQUEST.frame().toBytes();
            halfway.sendRaw(Arrays.copyOf(frame, 10));
            assertServesElsewhere(first);
            CompletableFuture<String> mayGo = first.leave.apply("TAKEN").toCompletableFuture();
            try (TestServer second = new TestServer(folder, "epoll", ALWAYS)) {
                awaitPublished(second);
                try (A6Client third = second.connect()) {
                    assertServes(third);
                }
                assertThat(mayGo).isNotDone();
                first.service.onRequest = call -> call.stop(new Stop(201, null, null));
                RequestCall call = held.get();
                call.loop().execute(() -> call.stop(new Stop(202, null, null)));
                assertThat(reply(inCall)).isEqualTo(new HttpReqCall.Resp(1, new HttpReqCall.Stop(202, null, null)));
                halfway.sendRaw(Arrays.copyOfRange(frame, 10, frame.length));
                assertThat(reply(halfway)).isEqualTo(new HttpReqCall.Resp(1, new HttpReqCall.Stop(201, null, null)));
                mayGo.orTimeout(10, TimeUnit.SECONDS).join();
                assertServes(inCall);
                assertServes(halfway);
            }
        }
    }

    private static void assertServesElsewhere(TestServer server) throws IOException {
        try (A6Client client = server.connect()) {
            client.send(new Frame(2, new byte[3])); // answered by the protocol itself: what was sent before has been read, for all loops
            assertThat(client.receive()).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio,epoll", "epoll,nio"})
    void whereConnectionsCannotGoTheOldOneServesThemToTheirEnd(String transports) throws IOException {
        String[] both = transports.split(",");
        TestServer first = new TestServer(folder, both[0]);
        CompletableFuture<String> mayGo = first.leave.apply("TAKEN").toCompletableFuture();
        try (A6Client old = first.connect()) {
            assertServes(old);
            try (TestServer second = new TestServer(folder, both[1], ALWAYS)) {
                awaitPublished(second);
                assertServes(old);
                try (A6Client client = second.connect()) {
                    assertServes(client);
                }
                assertThat(first.service.calls).hasSize(2);
                assertThat(second.service.calls).hasSize(1);
                assertThat(mayGo).isNotDone();
                old.close();
                assertThat(mayGo.orTimeout(10, TimeUnit.SECONDS).join()).isEmpty();
                first.close();
                try (A6Client client = second.connect()) { // nothing of the second's was removed
                    assertServes(client);
                }
            }
        }
    }

    @Test
    void theSuccessorHasTheConfsBeforeTheAddressAndWaitsForItsPlugins() throws IOException {
        HandedConf conf = FakeConfs.conf(256, "route#1#ext-plugin-pre-req#1", "noop", "é");
        try (TestServer first = new TestServer(folder, "epoll")) {
            first.confs.with(conf);
            FakeConfs starting = new FakeConfs();
            try (TestServer second = new TestServer(folder, "epoll", starting, ALWAYS)) {
                assertThat(second.leave).isNull();
                starting.ready.complete(null);
                TestServer.await(() -> starting.find(256) != null, "the conf has come");
                assertThat(starting.find(256)).isEqualTo(conf);
                assertThat(second.leave).isNull();
                starting.parsed.complete(null);
                awaitPublished(second);
                assertThat(starting.tokenParity()).isNotEqualTo(first.confs.tokenParity());
            }
        }
    }

    @Test
    void eachAsksTheOtherForTokens() throws Exception {
        try (TestServer first = new TestServer(folder, "nio"); A6Client keepsItThere = first.connect()) {
            assertServes(keepsItThere);
            try (TestServer second = new TestServer(folder, "nio", ALWAYS)) {
                awaitPublished(second);
                TestServer.await(() -> first.confs.elsewhere != null, "the first knows the second");
                first.confs.with(FakeConfs.conf(1, "first", "noop", ""));
                second.confs.with(FakeConfs.conf(2, "second", "noop", ""));
                assertThat(second.confs.elsewhere.apply(1).toCompletableFuture().get().key()).isEqualTo("first");
                assertThat(first.confs.elsewhere.apply(2).toCompletableFuture().get().key()).isEqualTo("second");
                assertThat(second.confs.elsewhere.apply(3).toCompletableFuture().get()).isNull();
                first.close();
                TestServer.await(() -> second.confs.elsewhere == null, "the second asks nobody any more");
            }
        }
    }

    @Test
    void theOneInTheMiddleAsksOnForTheOthers() throws Exception {
        try (TestServer first = new TestServer(folder, "nio"); A6Client atFirst = first.connect()) {
            assertServes(atFirst);
            try (TestServer second = new TestServer(folder, "nio", ALWAYS)) {
                awaitPublished(second);
                A6Client atSecond = second.connect();
                assertServes(atSecond);
                try (TestServer third = new TestServer(folder, "nio", ALWAYS)) {
                    awaitPublished(third);
                    TestServer.await(() -> first.confs.elsewhere != null && second.confs.elsewhere != null, "they know each other");
                    third.confs.with(FakeConfs.conf(3, "third", "noop", ""));
                    first.confs.with(FakeConfs.conf(5, "first", "noop", ""));
                    TestServer.await(() -> first.confs.elsewhere.apply(3).toCompletableFuture().join() != null, "the first gets the third's");
                    assertThat(third.confs.elsewhere.apply(5).toCompletableFuture().get().key()).isEqualTo("first");
                    assertThat(third.confs.elsewhere.apply(7).toCompletableFuture().get()).isNull();
                } finally {
                    atSecond.close();
                }
            }
        }
    }

    @Test
    void confsThatComeLateComeToo() throws IOException {
        FakeConfs starting = new FakeConfs();
        starting.ready.complete(null);
        try (TestServer first = new TestServer(folder, "epoll")) {
            first.confs.with(FakeConfs.conf(1, "early", "noop", ""));
            try (TestServer second = new TestServer(folder, "epoll", starting, ALWAYS)) {
                TestServer.await(() -> starting.find(1) != null, "the first conf has come");
                first.confs.with(FakeConfs.conf(3, "late", "noop", ""));
                starting.parsed.complete(null);
                awaitPublished(second);
                TestServer.await(() -> starting.find(3) != null, "the late conf has come");
            }
        }
    }

    @Test
    void anotherRunnerIsNotDrivenOut() throws IOException {
        try (TestServer first = new TestServer(folder, "epoll"); A6Client client = first.connect()) {
            assertThatThrownBy(() -> new TestServer(folder, "epoll")).isInstanceOf(IOException.class)
                    .hasMessageContaining("unix:" + first.path + " is served by another A6 Runner, pid " + ProcessHandle.current().pid() + " of user ")
                    .hasMessageContaining("java").hasMessageEndingWith("stop it first, or let this one take over from it: --set listen.takeover=always");
            assertServes(client);
            try (A6Client later = first.connect()) {
                assertServes(later);
            }
        }
    }

    @Test
    void aForeignOwnerIsNamedAndLeftAlone() throws IOException {
        try (ServerSocketChannel foreign = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            foreign.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
            assertThatThrownBy(() -> new TestServer(folder, "epoll", ALWAYS)).isInstanceOf(IOException.class)
                    .hasMessageContaining("is served by pid " + ProcessHandle.current().pid() + " of user " + System.getProperty("user.name") + " (\"")
                    .hasMessageContaining("no A6 Runner that could be taken over from");
            foreign.accept().close(); // our look
            A6Client.connect(folder.resolve("s"), TestServer.PATIENCE).close();
            foreign.accept().close();
        }
        assertThat(folder.toFile().list()).containsExactly("s");
    }
}
