// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.LoggedLines;
import a6runner.spi.Call;
import a6runner.spi.CallFailure;
import a6runner.spi.ExchangeCall;
import a6runner.spi.PrepareCall;
import a6runner.spi.RequestCall;
import a6runner.spi.ResponseCall;
import a6runner.spi.ResponseReply;
import a6runner.spi.Rewrite;
import a6runner.spi.Stop;
import a6runner.spi.TextEntries;
import a6runner.testkit.BrokenFrames;
import a6runner.testkit.BrokenFrames.BrokenFrame;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CallHandlerTest {

    private static final PrepareConf.Req PREPARE = new PrepareConf.Req(Entry.list("noop", "{}"), Text.of("route#1"));
    private static final HttpReqCall.Req REQUEST = BrokenFrames.request(7);
    private static final HttpRespCall.Req RESPONSE = new HttpRespCall.Req(2, 404, Entry.list("a", "b"), 7);
    static final List<Message> CALLS = List.of(PREPARE, REQUEST, RESPONSE);

    private static final Message GO_ON = new HttpReqCall.Resp(1, null);
    private static final Message BAD_REQUEST = new Err.Resp(Err.BAD_REQUEST);
    private static final Message SERVICE_UNAVAILABLE = new Err.Resp(Err.SERVICE_UNAVAILABLE);
    private static final Message CONF_TOKEN_NOT_FOUND = new Err.Resp(Err.CONF_TOKEN_NOT_FOUND);
    private static final Message DENIED = new HttpRespCall.Resp(
            2, 503, Entry.list("content-type", "text/plain; charset=utf-8"), "503 Service Unavailable\n".getBytes(StandardCharsets.US_ASCII));
    private static final int MEGABYTE = 1 << 20;

    private final FakeCallService service = new FakeCallService();
    private TestConnection connection = new TestConnection(service, true);
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void everythingIsGivenBack() {
        connection.end();
        assertThat(connection.memory.taken()).isZero();
        assertThat(service.calls).allMatch(Call::ended);
    }

    private ExchangeCall lastCall() {
        return (ExchangeCall) service.calls.get(service.calls.size() - 1);
    }

    private void assertLeft(Message... replies) {
        assertThat(connection.replies()).containsExactly(replies);
    }

    private void assertServes() {
        connection.comes(REQUEST);
        ((RequestCall) lastCall()).goOn();
        assertLeft(GO_ON);
        assertThat(connection.isOpen()).isTrue();
    }

    /** What is due to a call that failed. */
    private static Message failed(Message call) {
        return call == RESPONSE ? DENIED : SERVICE_UNAVAILABLE;
    }

    // ---- exactly one reply ----

    @Test
    void aConfIsAnsweredByItsToken() {
        service.onPrepare = call -> {
            assertThat(call.key()).isEqualTo("route#1");
            assertThat(call.conf()).containsExactly(new PrepareCall.Entry("noop", "{}"));
            call.answer(-1);
        };
        connection.comes(PREPARE);
        assertLeft(new PrepareConf.Resp(0xFFFF_FFFFL));
    }

    @Test
    void aRequestGoesOn() {
        service.onRequest = call -> {
            assertThat(call.id()).isEqualTo(1);
            assertThat(call.confToken()).isEqualTo(7);
            assertThat(call.path()).isEqualTo("/path");
            assertThat(call.headers().value(0)).isEqualTo("x");
            assertThat(call.loop().index()).isEqualTo(3);
            assertThat(call.loop().inLoop()).isTrue();
            call.goOn();
        };
        connection.comes(REQUEST);
        assertLeft(GO_ON);
    }

    @Test
    void aRequestIsRewritten() {
        service.onRequest = call -> call.rewrite(new Rewrite("/new", null, null, null, null));
        connection.comes(REQUEST);
        assertLeft(new HttpReqCall.Resp(1, new HttpReqCall.Rewrite(Text.of("/new"), null, null, null, null)));
    }

    @Test
    void aRequestIsStopped() {
        service.onRequest = call -> call.stop(new Stop(403, null, new byte[] {1}));
        connection.comes(REQUEST);
        assertLeft(new HttpReqCall.Resp(1, new HttpReqCall.Stop(403, null, new byte[] {1})));
    }

    @Test
    void aResponseIsAnswered() {
        service.onResponse = call -> {
            assertThat(call.status()).isEqualTo(404);
            TextEntries headers = new TextEntries();
            headers.addReceived(0);
            call.answer(new ResponseReply(200, headers, null));
        };
        connection.comes(RESPONSE);
        assertLeft(new HttpRespCall.Resp(2, 200, Entry.list("a", "b"), null));
    }

    @ParameterizedTest
    @FieldSource("CALLS")
    void aCallMayBeAnsweredLater(Message message) {
        service.answersNothing();
        connection.comes(message);
        Call call = service.calls.get(0);
        assertLeft();
        assertThat(call.ended()).isFalse();
        call.fail(CallFailure.FAULT);
        assertThat(call.ended()).isTrue();
        assertLeft(failed(message));
        assertServes();
    }

    @Test
    void aSecondAnswerHasNoEffectWhateverItIs() {
        Consumer<RequestCall> all = call -> {
            call.goOn();
            call.goOn();
            call.rewrite(new Rewrite("/late", null, null, null, null));
            call.stop(new Stop(500, null, null));
            call.fail(CallFailure.FAULT);
            call.askVar("late", result -> events.add("answered"));
            call.askRequestBody(result -> events.add("answered"));
            call.onDisconnect(() -> events.add("disconnected"));
            call.flush();
        };
        service.onRequest = all;
        service.onResponse = call -> {
            call.answer(new ResponseReply(0, null, null));
            call.answer(new ResponseReply(500, null, null));
            call.askResponseBody(result -> events.add("answered"));
            call.fail(CallFailure.TIMEOUT);
        };
        service.onPrepare = call -> {
            call.answer(5);
            call.answer(6);
            call.fail(CallFailure.FAULT);
        };
        connection.comes(REQUEST);
        assertLeft(GO_ON);
        connection.comes(RESPONSE);
        assertLeft(new HttpRespCall.Resp(2, 0, null, null));
        connection.comes(PREPARE);
        assertLeft(new PrepareConf.Resp(5));
        // nor does it touch the next call
        RequestCall first = (RequestCall) service.calls.get(0);
        service.answersNothing();
        connection.comes(REQUEST);
        all.accept(first);
        assertLeft();
        ((RequestCall) lastCall()).goOn();
        assertLeft(GO_ON);
        connection.end();
        assertThat(events).isEmpty();
    }

    @Test
    void afterAnAnswerEveryReadThrows() {
        connection.comes(REQUEST);
        RequestCall call = (RequestCall) service.calls.get(0);
        assertThatThrownBy(call::path).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> call.headers().size()).isInstanceOf(IllegalStateException.class);
        connection.comes(RESPONSE);
        ResponseCall response = (ResponseCall) service.calls.get(1);
        assertThatThrownBy(() -> response.headers().size()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void callsOfOneBufferAreAnsweredOneByOne() {
        byte[] request = REQUEST.frame().toBytes();
        byte[] three = Arrays.copyOf(request, request.length * 3);
        System.arraycopy(request, 0, three, request.length, request.length);
        System.arraycopy(request, 0, three, 2 * request.length, request.length);
        connection.comes(three);
        assertLeft(GO_ON, GO_ON, GO_ON);
    }

    // ---- failures ----

    @ParameterizedTest
    @EnumSource(CallFailure.class)
    void aFailureIsWhatItsPhaseWants(CallFailure failure) {
        Message error = failure == CallFailure.CONF_TOKEN_NOT_FOUND ? CONF_TOKEN_NOT_FOUND : SERVICE_UNAVAILABLE;
        service.onPrepare = call -> call.fail(failure);
        service.onRequest = call -> call.fail(failure);
        service.onResponse = call -> call.fail(failure);
        for (boolean deny : new boolean[] {true, false}) {
            connection.end();
            connection = new TestConnection(service, deny);
            connection.comes(PREPARE);
            assertLeft(error);
            connection.comes(REQUEST);
            assertLeft(error);
            connection.comes(RESPONSE);
            assertLeft(deny && failure != CallFailure.CONF_TOKEN_NOT_FOUND ? DENIED : error);
        }
    }

    @ParameterizedTest
    @FieldSource("CALLS")
    void aServiceThatThrowsIsAFaultAndTheNextCallIsServed(Message message) {
        for (Throwable thrown : List.of(new IllegalStateException("boom"), new NoClassDefFoundError("boom"), new AssertionError("boom"))) {
            service.onPrepare = call -> sneak(thrown);
            service.onRequest = call -> sneak(thrown);
            service.onResponse = call -> sneak(thrown);
            try (LoggedLines log = new LoggedLines(CallHandler.class)) {
                connection.comes(message);
                assertThat(log.lines()).containsExactly("ERROR a call failed in the runner itself; it is refused");
            }
            assertLeft(failed(message));
            service.answersNothing();
            assertServes();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void aServiceThatThrowsAfterItsAnswerGivesNoSecondReply() {
        service.onRequest = call -> {
            call.goOn();
            throw new IllegalStateException("boom");
        };
        connection.comes(REQUEST);
        assertLeft(GO_ON);
        service.answersNothing();
        assertServes();
    }

    @Test
    void whenTheMachineIsOutOfMemoryTheCallIsRefusedAndTheConnectionClosed() {
        service.onRequest = call -> {
            throw new OutOfMemoryError("boom");
        };
        connection.comes(REQUEST);
        assertLeft(SERVICE_UNAVAILABLE);
        assertThat(connection.isOpen()).isFalse();
    }

    @ParameterizedTest
    @FieldSource("CALLS")
    void aReplyThatCanNotBeEncodedIsAFaultNotSilence(Message message) {
        TextEntries half = new TextEntries();
        half.add("a", "\uD800");
        TextEntries neverReceived = new TextEntries();
        neverReceived.addReceived(99);
        byte[] tooLong = new byte[17 * MEGABYTE];
        List<Stop> stops = List.of(new Stop(200, half, null), new Stop(200, neverReceived, null), new Stop(200, null, tooLong));
        for (Stop stop : stops) {
            service.onPrepare = call -> call.fail(CallFailure.FAULT); // a token can always be encoded
            service.onRequest = call -> call.stop(stop);
            service.onResponse = call -> call.answer(new ResponseReply(200, stop.headers(), stop.body()));
            connection.comes(message);
            assertLeft(failed(message));
            service.answersNothing();
            assertServes();
        }
    }

    // ---- disconnect ----

    @Test
    void theLastDisconnectTaskRunsOnceWhenTheConnectionGoes() {
        service.onRequest = call -> {
            call.onDisconnect(() -> events.add("first"));
            call.onDisconnect(() -> events.add("second " + call.ended()));
        };
        connection.comes(REQUEST);
        connection.channel.close();
        connection.channel.pipeline().fireChannelInactive();
        assertThat(events).containsExactly("second true");
    }

    @Test
    void aDisconnectTaskIsForgottenWithItsCall() {
        service.onRequest = call -> {
            call.onDisconnect(() -> events.add("of the first"));
            call.goOn();
        };
        connection.comes(REQUEST);
        service.answersNothing();
        connection.comes(REQUEST);
        connection.channel.close();
        assertThat(events).isEmpty();
    }

    @Test
    void aDisconnectTaskThatThrowsHarmsNobody() {
        service.onRequest = call -> call.onDisconnect(() -> {
            throw new IllegalStateException("boom");
        });
        connection.comes(REQUEST);
        connection.comes(REQUEST); // out of place
        assertLeft(BAD_REQUEST);
        connection.end();

        connection = new TestConnection(service, true);
        connection.comes(REQUEST);
        int[] channels = {0};
        connection.loop.forEachChannel(channel -> channels[0]++);
        connection.channel.close();
        connection.loop.forEachChannel(channel -> channels[0]++);
        assertThat(channels[0]).as("channels before and after").isEqualTo(1);
    }

    @ParameterizedTest
    @FieldSource("CALLS")
    void anAnswerThatComesAfterTheConnectionWentIsDropped(Message message) {
        service.answersNothing();
        connection.comes(message);
        connection.channel.close();
        Call call = service.calls.get(0);
        assertThat(call.ended()).isTrue();
        call.fail(CallFailure.FAULT);
        if (call instanceof RequestCall request) {
            request.stop(new Stop(200, null, new byte[MEGABYTE]));
            assertThatThrownBy(request::path).isInstanceOf(IllegalStateException.class);
        }
        assertLeft();
    }

    // ---- questions ----

    @Test
    void questionsLeaveAtTheFlushAndAreAnsweredInTheirOrder() {
        service.onResponse = call -> {
            call.askVar("a", result -> events.add("a=" + new String(result, StandardCharsets.US_ASCII)));
            call.askVar("none", result -> events.add("none=" + result));
            call.askRequestBody(result -> events.add("request body " + result.length));
            call.askResponseBody(result -> {
                events.add("response body " + result.length);
                call.answer(new ResponseReply(200, null, null));
            });
            assertThat(connection.left()).isEmpty();
            call.flush();
        };
        connection.comes(RESPONSE);
        assertLeft(ExtraInfo.Req.var("a"), ExtraInfo.Req.var("none"), ExtraInfo.Req.requestBody(), ExtraInfo.Req.responseBody());

        connection.comes(new ExtraInfo.Resp(new byte[] {'1'}));
        assertThat(events).containsExactly("a=1");
        connection.comes(new ExtraInfo.Resp(null));
        connection.comes(new ExtraInfo.Resp(new byte[0]));
        assertLeft();
        connection.comes(new ExtraInfo.Resp(new byte[MEGABYTE]));
        assertThat(events).containsExactly("a=1", "none=null", "request body 0", "response body 1048576");
        assertLeft(new HttpRespCall.Resp(2, 200, null, null));
        assertThat(connection.memory.taken()).isZero();
    }

    @Test
    void aCallReadsItsOwnBytesAfterAnswersCame() {
        service.onRequest = call -> {
            call.askRequestBody(result -> events.add(call.path() + " " + call.headers().value(0)));
            call.flush();
        };
        connection.comes(REQUEST);
        connection.comes(new ExtraInfo.Resp("/other".repeat(1_000).getBytes(StandardCharsets.US_ASCII)));
        assertThat(events).containsExactly("/path x");
    }

    @Test
    void anAnswersTakerThatThrowsIsAFault() {
        service.onRequest = call -> {
            call.askVar("a", result -> {
                throw new IllegalStateException("boom");
            });
            call.flush();
        };
        connection.comes(REQUEST);
        connection.left();
        connection.comes(new ExtraInfo.Resp(null));
        assertLeft(SERVICE_UNAVAILABLE);
        service.answersNothing();
        assertServes();
    }

    @Test
    void aQuestionThatCanNotBeEncodedIsTheAskersFaultAndNothingIsAsked() {
        service.onRequest = call -> {
            assertThatThrownBy(() -> call.askVar("\uD800", result -> events.add("answered"))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> call.askVar("v".repeat(17 * MEGABYTE), result -> events.add("answered")))
                    .isInstanceOf(IllegalArgumentException.class);
            call.flush();
            call.goOn();
        };
        connection.comes(REQUEST);
        assertLeft(GO_ON);
        service.answersNothing();
        assertServes();
    }

    @Test
    void answersToQuestionsOfAnEndedCallAreThrownAwayBeforeTheNextCall() {
        service.onRequest = call -> {
            call.askVar("a", result -> events.add("a"));
            call.askVar("b", result -> events.add("b"));
            call.flush();
        };
        connection.comes(REQUEST);
        connection.comes(new ExtraInfo.Resp(null));
        ((RequestCall) lastCall()).goOn();
        assertThat(connection.replies()).containsExactly(ExtraInfo.Req.var("a"), ExtraInfo.Req.var("b"), GO_ON);

        connection.comes(new ExtraInfo.Resp(new byte[MEGABYTE])); // late: APISIX had not read the reply yet
        assertThat(events).containsExactly("a");
        assertThat(connection.memory.taken()).isZero();

        service.onRequest = call -> {
            call.askVar("c", result -> {
                events.add("c=" + result[0]);
                call.goOn();
            });
            call.flush();
        };
        connection.comes(REQUEST);
        connection.comes(new ExtraInfo.Resp(new byte[] {9}));
        assertThat(events).containsExactly("a", "c=9");
        assertThat(connection.replies()).containsExactly(ExtraInfo.Req.var("c"), GO_ON);
    }

    @Test
    void questionsThatWereNotFlushedLeaveBeforeTheReply() {
        service.onRequest = call -> {
            call.askVar("a", result -> events.add("a"));
            call.goOn();
        };
        connection.comes(REQUEST);
        assertThat(connection.replies()).containsExactly(ExtraInfo.Req.var("a"), GO_ON);
        connection.comes(new ExtraInfo.Resp(null));
        assertThat(events).isEmpty();
        service.answersNothing();
        assertServes();
    }

    @ParameterizedTest
    @FieldSource("CALLS")
    void aCallBeforeTheAnswersThatAreDueClosesTheConnection(Message message) {
        service.onRequest = call -> {
            call.askVar("a", result -> events.add("a"));
            call.goOn();
        };
        connection.comes(REQUEST);
        connection.left();
        connection.comes(message);
        assertThat(service.calls).hasSize(1);
        assertLeft(BAD_REQUEST);
        assertThat(connection.isOpen()).isFalse();
    }

    // ---- what is out of step ----

    private void assertRefusedAndClosed(String log, byte[] frame) {
        try (LoggedLines lines = new LoggedLines(CallHandler.class)) {
            connection.comes(frame);
            assertThat(lines.lines()).containsExactly("WARN " + log + "; answered BAD_REQUEST, connection closed");
        }
        assertLeft(BAD_REQUEST);
        assertThat(connection.isOpen()).isFalse();
        assertThat(service.calls).allMatch(Call::ended);
    }

    @Test
    void anAnswerToNoQuestionClosesTheConnectionBetweenCalls() {
        connection.comes(REQUEST);
        connection.left();
        assertRefusedAndClosed("frame out of place: EXTRA_INFO without a question", new ExtraInfo.Resp(null).frame().toBytes());
    }

    @Test
    void anAnswerToNoQuestionClosesTheConnectionWithinACall() {
        service.onRequest = call -> call.onDisconnect(() -> events.add("disconnected"));
        connection.comes(REQUEST);
        assertRefusedAndClosed("frame out of place: EXTRA_INFO without a question", new ExtraInfo.Resp(null).frame().toBytes());
        assertThat(events).containsExactly("disconnected");
    }

    @Test
    void aBrokenAnswerClosesTheConnection() {
        service.onRequest = call -> {
            call.askVar("a", result -> events.add("a"));
            call.flush();
        };
        connection.comes(REQUEST);
        connection.left();
        assertRefusedAndClosed(
                "bad answer from APISIX: ExtraInfo.Resp: 0 bytes are too few for a message", Frame.raw(3, 0, new byte[0]));
        assertThat(events).isEmpty();
    }

    @Test
    void aSecondCallWithinACallClosesTheConnection() {
        service.answersNothing();
        connection.comes(PREPARE);
        assertRefusedAndClosed("frame out of place: HTTP_REQ_CALL while a call is in flight", REQUEST.frame().toBytes());
    }

    @Test
    void anUnknownTypeClosesTheConnection() {
        byte[] request = REQUEST.frame().toBytes();
        byte[] unknownThenRequest = Arrays.copyOf(Frame.raw(9, 3, new byte[3]), 7 + request.length);
        System.arraycopy(request, 0, unknownThenRequest, 7, request.length);
        assertRefusedAndClosed("unknown frame type 9 (expected: 1 to 4), length 3", unknownThenRequest);
        assertThat(service.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void aBadFrameBetweenCallsIsRefusedAndTheNextCallServed(int type) {
        service.answersNothing();
        for (byte[] payload : List.of(new byte[0], new byte[64], "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), new byte[MEGABYTE])) {
            try (LoggedLines log = new LoggedLines(CallHandler.class)) {
                connection.comes(new Frame(type, payload).toBytes());
                assertThat(log.lines()).singleElement().asString().startsWith("WARN bad frame from APISIX: ").hasSizeLessThan(200);
            }
            assertLeft(BAD_REQUEST);
            assertThat(connection.memory.taken()).isZero();
            assertServes();
        }
    }

    static Stream<BrokenFrame> brokenFrames() {
        return BrokenFrames.all(7).stream();
    }

    @ParameterizedTest
    @MethodSource("brokenFrames")
    void aBrokenFrameGetsWhatItMayGetAndExactlyOneReply(BrokenFrame frame) {
        service.onRequest = RequestCall::goOn;
        connection.comes(frame.bytes());
        List<Message> replies = connection.replies();
        assertThat(replies).hasSize(1);
        boolean refused = replies.get(0).equals(BAD_REQUEST);
        switch (frame.expectation()) {
            case SERVED -> assertThat(refused).isFalse();
            case ERROR, ERROR_OR_CLOSE -> assertThat(refused).isTrue();
            default -> { }
        }
        switch (frame.expectation()) {
            case ERROR_OR_CLOSE -> assertThat(connection.isOpen()).isFalse();
            default -> assertServes();
        }
    }

    // ---- faults of the connection ----

    @Test
    void anIoErrorClosesTheConnectionWithoutNoise() {
        service.onRequest = call -> call.onDisconnect(() -> events.add("disconnected"));
        connection.comes(REQUEST);
        try (LoggedLines log = new LoggedLines(CallHandler.class)) {
            connection.channel.pipeline().fireExceptionCaught(new IOException("reset by peer"));
            assertThat(log.lines()).isEmpty();
        }
        assertThat(connection.isOpen()).isFalse();
        assertThat(events).containsExactly("disconnected");
    }

    @Test
    void aFaultInThePipelineClosesTheConnection() {
        try (LoggedLines log = new LoggedLines(CallHandler.class)) {
            connection.channel.pipeline().fireExceptionCaught(new IllegalStateException("boom"));
            assertThat(log.lines()).containsExactly("ERROR connection closed by a fault in the runner");
        }
        assertThat(connection.isOpen()).isFalse();
    }

    // ---- a peer that stands still ----

    private boolean sweepAfter(long seconds) {
        return connection.handler.sweep(
                System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds), TimeUnit.SECONDS.toNanos(60), TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void halfAFrameThatStandsStillIsClosedAfterTheClientTimeout() {
        connection.comes(Arrays.copyOf(REQUEST.frame().toBytes(), 20));
        assertThat(sweepAfter(59)).isTrue();
        assertThat(connection.isOpen()).isTrue();
        try (LoggedLines log = new LoggedLines(CallHandler.class)) {
            sweepAfter(61);
            assertThat(log.lines()).containsExactly("WARN connection closed: half a frame came, then nothing for 61 s");
        }
        assertThat(connection.isOpen()).isFalse();
        assertThat(sweepAfter(62)).isFalse();
    }

    @Test
    void halfAFrameThatHoldsMemoryIsClosedSooner() {
        connection.comes(Frame.raw(2, 10 * MEGABYTE, new byte[100]));
        sweepAfter(4);
        assertThat(connection.isOpen()).isTrue();
        sweepAfter(6);
        assertThat(connection.isOpen()).isFalse();
        assertThat(connection.memory.taken()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"59, true", "61, false"})
    void aReplyThatIsNotReadIsClosedAfterTheClientTimeout(long seconds, boolean open) {
        connection.comes(REQUEST);
        connection.isWritable(false);
        assertThat(sweepAfter(0)).isTrue();
        sweepAfter(seconds);
        assertThat(connection.isOpen()).isEqualTo(open);
    }

    @Test
    void aReplyThatIsReadInTheEndStartsTheClockAnew() {
        connection.isWritable(false);
        sweepAfter(0);
        connection.isWritable(true);
        assertThat(sweepAfter(50)).isFalse();
        connection.isWritable(false);
        assertThat(sweepAfter(70)).isTrue();
        assertThat(sweepAfter(100)).isTrue();
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void silentAndIdleConnectionsAndCallsThatTakeLongStayOpen() {
        assertThat(sweepAfter(10_000)).isFalse();
        service.answersNothing();
        connection.comes(REQUEST);
        assertThat(sweepAfter(10_000)).isFalse();
        assertThat(connection.isOpen()).isTrue();
    }

    // ---- draining ----

    @Test
    void anIdleConnectionIsClosedSoonAfterTheRunnerBeginsToStop() {
        connection.handler.drain();
        connection.passes(40);
        assertThat(connection.isOpen()).isTrue();
        connection.passes(20);
        assertThat(connection.isOpen()).isFalse();
        assertLeft();
    }

    @ParameterizedTest
    @FieldSource("CALLS")
    void aCallInFlightIsAnsweredAndThenItsConnectionClosed(Message message) {
        service.answersNothing();
        connection.comes(message);
        connection.handler.drain();
        connection.passes(1_000);
        assertThat(connection.isOpen()).isTrue();
        service.calls.get(0).fail(CallFailure.OVERLOADED);
        assertLeft(failed(message));
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aCallThatWasOnItsWayIsAnsweredBeforeItsConnectionIsClosed() {
        byte[] frame = REQUEST.frame().toBytes();
        connection.comes(Arrays.copyOf(frame, 10));
        connection.handler.drain();
        connection.passes(1_000);
        connection.comes(Arrays.copyOfRange(frame, 10, frame.length));
        assertLeft(GO_ON);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aCallThatComesWhileTheRunnerBeginsToStopIsAnsweredToo() {
        connection.handler.drain();
        connection.passes(20);
        connection.comes(PREPARE);
        assertLeft(new PrepareConf.Resp(1));
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void questionsAreAnsweredWhileDraining() {
        service.onRequest = call -> {
            call.askVar("a", result -> call.goOn());
            call.flush();
        };
        connection.comes(REQUEST);
        service.calls.get(0).onDisconnect(() -> events.add("disconnected"));
        connection.handler.drain();
        connection.passes(1_000);
        connection.comes(new ExtraInfo.Resp(null));
        assertThat(events).isEmpty();
        assertThat(connection.replies()).containsExactly(ExtraInfo.Req.var("a"), GO_ON);
        assertThat(connection.isOpen()).isFalse();
    }
}
