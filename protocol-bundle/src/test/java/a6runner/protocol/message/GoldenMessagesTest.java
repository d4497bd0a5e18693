// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.protocol.Golden;
import a6runner.spi.PrepareCall;
import a6runner.spi.ReceivedEntries;
import a6runner.testkit.golden.GoldenFrame;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Method;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a real APISIX sent reads here as the testkit's own codec reads it. */
class GoldenMessagesTest {

    static Stream<GoldenFrame> prepares() {
        return Golden.requests("PrepareConf.Req").stream();
    }

    static Stream<GoldenFrame> requests() {
        return Golden.requests("HTTPReqCall.Req").stream();
    }

    static Stream<GoldenFrame> responses() {
        return Golden.requests("HTTPRespCall.Req").stream();
    }

    static Stream<GoldenFrame> answers() {
        return Golden.requests("ExtraInfo.Resp").stream();
    }

    @Test
    void allFramesOfApisixAreOfTheseFourMessages() {
        assertThat(prepares().count() + requests().count() + responses().count() + answers().count()).isEqualTo(Golden.requests().size());
        assertThat(Stream.of(prepares(), requests(), responses(), answers())).allSatisfy(kind -> assertThat(kind.count()).isGreaterThan(10));
    }

    /** The payload in a longer array with other bytes behind it, as a connection has it. */
    private static byte[] inALongerArray(byte[] payload) {
        byte[] bytes = Arrays.copyOf(payload, payload.length + 100);
        Arrays.fill(bytes, payload.length, bytes.length, (byte) 0x55);
        return bytes;
    }

    private static String string(Text text) {
        return text == null ? null : text.toString();
    }

    private static void assertSame(ReceivedEntries actual, List<Entry> expected) {
        List<Entry> wanted = expected == null ? List.of() : expected;
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < actual.size(); i++) {
            names.add(actual.name(i));
            values.add(actual.value(i));
        }
        assertThat(names).isEqualTo(wanted.stream().map(entry -> string(entry.name())).toList());
        assertThat(values).isEqualTo(wanted.stream().map(entry -> string(entry.value())).toList());
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.find(names.get(i), 0, false)).isEqualTo(names.indexOf(names.get(i)));
            assertThat(actual.named(i, names.get(i), false)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("prepares")
    void readsAConf(GoldenFrame frame) throws MessageException {
        byte[] payload = frame.frame().payload();
        PrepareConf.Req expected = (PrepareConf.Req) frame.decode();

        PrepareMessage message = PrepareMessage.decode(inALongerArray(payload), payload.length);

        assertThat(message.key()).isEqualTo(expected.key() == null ? "" : expected.key().toString());
        List<Entry> conf = expected.conf() == null ? List.of() : expected.conf();
        assertThat(message.conf()).isEqualTo(conf.stream().map(entry -> new PrepareCall.Entry(string(entry.name()), string(entry.value()))).toList());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void readsARequest(GoldenFrame frame) throws MessageException {
        byte[] payload = frame.frame().payload();
        HttpReqCall.Req expected = (HttpReqCall.Req) frame.decode();

        RequestMessage message = new RequestMessage(inALongerArray(payload), payload.length);

        assertThat(message.id()).isEqualTo(expected.id());
        assertThat(message.confToken()).isEqualTo((int) expected.confToken());
        assertThat(message.method().name()).isEqualTo(Method.name(expected.method()));
        assertThat(message.sourceAddress()).isEqualTo(expected.srcIp());
        assertThat(message.path()).isEqualTo(expected.path().toString());
        assertSame(message.args(), expected.args());
        assertSame(message.headers(), expected.headers());
    }

    @ParameterizedTest
    @MethodSource("responses")
    void readsAResponse(GoldenFrame frame) throws MessageException {
        byte[] payload = frame.frame().payload();
        HttpRespCall.Req expected = (HttpRespCall.Req) frame.decode();

        ResponseMessage message = new ResponseMessage(inALongerArray(payload), payload.length);

        assertThat(message.id()).isEqualTo(expected.id());
        assertThat(message.confToken()).isEqualTo((int) expected.confToken());
        assertThat(message.status()).isEqualTo(expected.status());
        assertSame(message.headers(), expected.headers());
    }

    @ParameterizedTest
    @MethodSource("answers")
    void readsAnAnswer(GoldenFrame frame) throws MessageException {
        byte[] payload = frame.frame().payload();
        assertThat(ExtraInfoMessage.decode(inALongerArray(payload), payload.length)).isEqualTo(((ExtraInfo.Resp) frame.decode()).result());
    }
}
