// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Await;
import a6runner.itests.Container;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.service.component.annotations.Component;

import static a6runner.itests.Container.core;
import static a6runner.itests.Container.plugin;
import static a6runner.itests.Container.setting;
import static org.assertj.core.api.Assertions.assertThat;

/** Clients that send good frames at the wrong moment, half ones, or don't read: what the runner owes them, and what others notice of it. */
final class MisbehavingClientsIT {

    private static final int BIG = 1 << 20;

    /** Goes on when the test says so. */
    @Component
    public static final class Waiting implements PluginFilter {

        @Override
        public String name() {
            return "waiting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            Signals.note("waiting", request.getPath());
            Signals.await("go on");
            chain.filter(request, response);
            Signals.raise("went on");
        }
    }

    /** Wants a variable. */
    @Component
    public static final class Asking implements PluginFilter {

        @Override
        public String name() {
            return "asking";
        }

        @Override
        public List<String> requiredVars() {
            return List.of("one");
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            request.setHeader("x-one", request.getVars("one"));
            chain.filter(request, response);
        }
    }

    /** Answers with a megabyte. */
    @Component
    public static final class Big implements PluginFilter {

        @Override
        public String name() {
            return "big";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            byte[] body = new byte[BIG];
            Arrays.fill(body, (byte) 'b');
            response.setBody(body);
        }
    }

    private Container container;
    private Bystander bystander;
    private long noop;

    @BeforeEach
    void start() throws IOException {
        container = Container.start(core(), plugin("noop"), setting("client.timeout", "1s"), setting("plugin.big.execution", "event-loop"));
        container.install(TestBundle.of("test.clients", "1.0.0", Waiting.class, Asking.class, Big.class, Signals.class));
        bystander = new Bystander(container.connect(), "noop");
        try (A6Client apisix = container.connect()) {
            noop = Calls.prepare(apisix, "noop", "{}");
        }
    }

    @AfterEach
    void stop() {
        try {
            bystander.close();
        } finally {
            Signals.raise("go on");
            container.close();
            Signals.clear();
        }
    }

    @Test
    void aSecondCallWhileOneIsInFlightEndsTheConnectionWithOneErrorFrame() throws IOException {
        try (A6Client apisix = container.connect()) {
            long token = Calls.prepare(apisix, "waiting", "");
            apisix.send(Calls.request(token, "/first").frame());
            Await.until("the plugin to run", () -> "/first".equals(Signals.note("waiting")));
            apisix.send(Calls.request(noop, "/second").frame());
            Calls.assertError(apisix, Err.BAD_REQUEST);
            apisix.assertClosed();
        }
        assertOneShortLine("frame out of place", "HTTP_REQ_CALL", "while a call is in flight");
        Signals.raise("go on");
        Await.until("the plugin to go on", () -> Signals.isRaised("went on"));
        assertOthersAreServed();
    }

    @Test
    void aConfBetweenAQuestionAndItsAnswerEndsTheConnectionWithOneErrorFrame() throws IOException {
        try (A6Client apisix = container.connect()) {
            apisix.send(Calls.request(Calls.prepare(apisix, "asking", ""), "/").frame());
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.EXTRA_INFO);
            apisix.send(new PrepareConf.Req(List.of(), Text.of("k")).frame());
            Calls.assertError(apisix, Err.BAD_REQUEST);
            apisix.assertClosed();
        }
        assertOneShortLine("frame out of place", "PREPARE_CONF");
        assertOthersAreServed();
    }

    @Test
    void anAnswerTooManyEndsTheConnection() throws IOException {
        try (A6Client apisix = container.connect()) {
            HttpReqCall.Req request = Calls.request(Calls.prepare(apisix, "asking", ""), "/");
            apisix.send(request.frame());
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.EXTRA_INFO);
            apisix.answer(new byte[] {'1'});
            assertThat(HttpReqCall.Resp.decode(apisix.receive().orElseThrow().payload()).id()).isEqualTo(request.id());
            apisix.answer(new byte[] {'2'});
            Calls.assertError(apisix, Err.BAD_REQUEST);
            apisix.assertClosed();
        }
        assertOneShortLine("frame out of place", "EXTRA_INFO without a question");
        assertOthersAreServed();
    }

    @Test
    void anAnswerThatCantBeReadEndsTheConnectionWithOneErrorFrame() throws IOException {
        try (A6Client apisix = container.connect()) {
            apisix.send(Calls.request(Calls.prepare(apisix, "asking", ""), "/").frame());
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.EXTRA_INFO);
            apisix.send(new Frame(FrameType.EXTRA_INFO, new byte[] {1, 2, 3}));
            Calls.assertError(apisix, Err.BAD_REQUEST);
            apisix.assertClosed();
        }
        assertOneShortLine("bad answer from APISIX");
        assertOthersAreServed();
    }

    @Test
    void anAnswerOfNoResultIsAnAnswer() throws IOException {
        try (A6Client apisix = container.connect()) {
            apisix.send(Calls.request(Calls.prepare(apisix, "asking", ""), "/").frame());
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.EXTRA_INFO);
            apisix.send(new ExtraInfo.Resp(null).frame());
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.HTTP_REQ_CALL);
            Calls.assertServes(apisix, noop);
        }
    }

    @ParameterizedTest(name = "{0} bytes, then the end")
    @ValueSource(ints = {0, 1, 3, 4, 5, 60})
    void aFrameThatEndsHalfwayGetsNoReply(int length) throws IOException {
        byte[] frame = Calls.request(noop, "/path/of/a/call/that/never/is/whole").frame().toBytes();
        try (A6Client apisix = container.connect()) {
            apisix.sendRaw(Arrays.copyOf(frame, length));
            apisix.shutdownOutput();
            apisix.assertClosed();
        }
        A6Client gone = container.connect();
        gone.sendRaw(Arrays.copyOf(frame, length));
        gone.close();
        assertOthersAreServed();
        Await.until("a line for each", () -> warnings().size() >= (length == 0 ? 0 : 2));
        assertThat(warnings()).hasSize(length == 0 ? 0 : 2).allSatisfy(line -> assertThat(line).isEqualTo("WARN the connection ended in the midst of a frame"));
    }

    @Test
    void halfAFrameThatStandsStillIsClosedAfterTheClientTimeout() throws IOException {
        byte[] frame = Calls.request(noop, "/path").frame().toBytes();
        for (int length : new int[] {1, 4, 50}) {
            try (A6Client apisix = container.connect()) {
                apisix.sendRaw(Arrays.copyOf(frame, length));
                apisix.assertClosed();
            }
        }
        Await.until("a line for each", () -> warnings().size() >= 3);
        assertThat(warnings()).hasSize(3).allSatisfy(line -> assertThat(line).contains("half a frame came, then nothing for").hasSizeLessThan(120));
        assertOthersAreServed();
    }

    @Test
    void aCallWhoseClientHasGoneHarmsNobodyWhenItsPluginGoesOn() throws IOException {
        A6Client gone = container.connect();
        gone.send(Calls.request(Calls.prepare(gone, "waiting", ""), "/gone").frame());
        Await.until("the plugin to run", () -> "/gone".equals(Signals.note("waiting")));
        gone.close();
        bystander.awaitServed(5);
        Signals.raise("go on");
        Await.until("the plugin to go on", () -> Signals.isRaised("went on"));
        assertOthersAreServed();
    }

    @Test
    void aClientThatNeverReadsIsNotReadAndIsClosedAfterTheClientTimeout() throws IOException {
        long token;
        try (A6Client apisix = container.connect()) {
            token = Calls.prepare(apisix, "big", "");
        }
        try (RawConnection deaf = new RawConnection(container.socket())) {
            ByteBuffer calls = manyCalls(token);
            Await.until("the end of the connection", () -> {
                try {
                    deaf.write(calls);
                    return false;
                } catch (IOException e) {
                    return true; // broken pipe
                }
            });
            assertThat(calls.hasRemaining()).as("calls that the runner has not taken").isTrue();
        }
        assertOneShortLine("connection closed", "its answer was not read for 1 s");
        assertOthersAreServed();
    }

    @Test
    void aClientThatReadsLateGetsAllItsAnswersInOrder() throws IOException {
        long token;
        try (A6Client apisix = container.connect()) {
            token = Calls.prepare(apisix, "big", "");
        }
        try (RawConnection late = new RawConnection(container.socket())) {
            List<HttpReqCall.Req> requests = IntStream.range(0, 20).mapToObj(i -> Calls.request(token, "/" + i)).toList();
            for (HttpReqCall.Req request : requests) {
                late.writeAll(request.frame().toBytes()); // small enough for the sockets' buffers
            }
            bystander.awaitServed(20);
            for (HttpReqCall.Req request : requests) {
                Frame reply = late.readFrame();
                assertThat(HttpReqCall.Resp.decode(reply.payload()).id()).isEqualTo(request.id());
            }
            assertThat(late.isSilent()).isTrue();
        }
        assertThat(warnings()).isEmpty();
    }

    /** More than any socket's buffers take. */
    private static ByteBuffer manyCalls(long token) {
        byte[] call = Calls.request(token, "/" + "p".repeat(8_000)).frame().toBytes();
        ByteBuffer calls = ByteBuffer.allocate(2_000 * call.length);
        while (calls.remaining() >= call.length) {
            calls.put(call);
        }
        return calls.flip();
    }

    private List<String> warnings() {
        return container.log().stream().filter(line -> !line.startsWith("INFO")).toList();
    }

    private void assertOneShortLine(String... parts) {
        container.awaitLog(parts);
        assertThat(warnings()).singleElement().satisfies(line -> assertThat(line).startsWith("WARN").hasSizeLessThan(150).doesNotContain("\n", " | "));
    }

    private void assertOthersAreServed() throws IOException {
        bystander.awaitServed(5);
        try (A6Client apisix = container.connect()) {
            Reply reply = Calls.call(apisix, noop, "/next");
            assertThat(reply).isInstanceOf(Reply.Continue.class);
            Calls.assertNothingElse(apisix);
        }
    }
}
