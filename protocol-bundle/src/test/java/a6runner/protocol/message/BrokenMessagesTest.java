// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import A6.TextEntry;
import a6runner.testkit.BrokenFrames;
import a6runner.testkit.BrokenFrames.BrokenFrame;
import a6runner.testkit.BrokenFrames.Expectation;
import com.google.flatbuffers.FlatBufferBuilder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BrokenMessagesTest {

    private static final int MEGABYTE = 1 << 20;

    static Stream<BrokenFrame> brokenFrames() {
        return BrokenFrames.all(7).stream().filter(frame -> frame.expectation() != Expectation.ERROR_OR_CLOSE);
    }

    @ParameterizedTest
    @MethodSource("brokenFrames")
    void aBrokenPayloadIsRefusedByAMessageExceptionOrHarmless(BrokenFrame frame) {
        byte[] payload = Arrays.copyOfRange(frame.bytes(), 4, frame.bytes().length);
        long before = ReadAll.allocated();
        MessageException refused = null;
        try {
            ReadAll.of(frame.bytes()[0], payload, payload.length);
        } catch (MessageException e) {
            refused = e;
        }
        assertThat(ReadAll.allocated() - before).isLessThan(4L * MEGABYTE);
        switch (frame.expectation()) {
            case ERROR -> assertThat(refused).isNotNull();
            case SERVED -> assertThat(refused).isNull();
            default -> { }
        }
        if (refused != null) {
            assertThat(refused.getMessage()).matches("(?s)(PrepareConf|HTTPReqCall|HTTPRespCall)\\.Req: .{5,120}");
        }
    }

    @ParameterizedTest
    @MethodSource("brokenFrames")
    void aBrokenPayloadNeverShowsBytesBehindIt(BrokenFrame frame) {
        int length = frame.bytes().length - 4;
        byte[] zeros = Arrays.copyOfRange(frame.bytes(), 4, length + 304);
        byte[] ones = zeros.clone();
        Arrays.fill(ones, length, ones.length, (byte) 0xFF);
        assertThat(outcome(frame.bytes()[0], ones, length)).isEqualTo(outcome(frame.bytes()[0], zeros, length));
    }

    private static String outcome(int type, byte[] bytes, int length) {
        try {
            return "read " + ReadAll.of(type, bytes, length);
        } catch (MessageException e) {
            return e.getMessage();
        }
    }

    @Test
    void anAnswerOfLength0IsRefused() {
        assertThatThrownBy(() -> ExtraInfoMessage.decode(new byte[0], 0)).isInstanceOf(MessageException.class)
                .hasMessage("ExtraInfo.Resp: 0 bytes are too few for a message");
    }

    // Entries that all refer to the same long string would become many times the message's length in memory.
    private static byte[] manyEntriesWithOneValue(int frameType, int count, int valueLength) {
        FlatBufferBuilder builder = new FlatBufferBuilder(count * 4 + valueLength + 200);
        int value = builder.createString("v".repeat(valueLength));
        int entry = TextEntry.createTextEntry(builder, value, value);
        builder.startVector(4, count, 4);
        for (int i = 0; i < count; i++) {
            builder.addOffset(entry);
        }
        int entries = builder.endVector();
        int root = switch (frameType) {
            case 1 -> A6.PrepareConf.Req.createReq(builder, entries, 0);
            case 2 -> A6.HTTPReqCall.Req.createReq(builder, 1, 0, 0, 0, 0, entries, 1);
            default -> A6.HTTPRespCall.Req.createReq(builder, 1, 200, entries, 1);
        };
        builder.finish(root);
        return builder.sizedByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void entriesThatShareTheirBytesAreRefusedBeforeTheyMultiply(int frameType) {
        byte[] payload = manyEntriesWithOneValue(frameType, 20_000, MEGABYTE); // 40 GB if it were read
        long before = ReadAll.allocated();
        assertThatThrownBy(() -> ReadAll.of(frameType, payload, payload.length)).isInstanceOf(MessageException.class)
                .hasMessageContaining("refer to more bytes than the message's " + payload.length);
        assertThat(ReadAll.allocated() - before).isLessThan(MEGABYTE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void entriesWithoutTextDoNotMultiplyEither(int frameType) {
        byte[] payload = manyEntriesWithOneValue(frameType, 4_000_000, 0); // 400 MB as objects
        long before = ReadAll.allocated();
        assertThatThrownBy(() -> ReadAll.of(frameType, payload, payload.length)).isInstanceOf(MessageException.class);
        assertThat(ReadAll.allocated() - before).isLessThan(MEGABYTE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void aFewEntriesMayShareAString(int frameType) throws MessageException {
        byte[] payload = manyEntriesWithOneValue(frameType, 100, 300);
        assertThat(ReadAll.of(frameType, payload, payload.length)).isGreaterThanOrEqualTo(60_000);
    }
}
