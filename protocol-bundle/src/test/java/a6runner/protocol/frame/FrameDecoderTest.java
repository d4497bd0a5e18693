// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import a6runner.protocol.Golden;
import a6runner.protocol.frame.ReceivedFrames.Received;
import a6runner.protocol.message.ExtraInfoMessage;
import a6runner.testkit.golden.GoldenFrame;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FrameDecoderTest {

    private static final int CALL = 2;
    private static final int ANSWER = 3;
    private static final int MEGABYTE = 1 << 20;
    private static final int FIRST_ARRAY = 2 * 1024;
    private static final int HEAD = PayloadArray.HEAD;

    private final FrameMemory memory = new FrameMemory(0); // room for one frame of the greatest length
    private final List<Connection> connections = new ArrayList<>();
    private final Connection connection = new Connection();
    private final FrameDecoder decoder = connection.decoder;
    private final ReceivedFrames received = connection.received;

    private final class Connection {
        final FrameDecoder decoder = new FrameDecoder(memory, ExtraInfoMessage::find);
        final ReceivedFrames received = new ReceivedFrames();
        final EmbeddedChannel channel = new EmbeddedChannel(decoder, received);

        Connection() {
            connections.add(this);
        }

        void comes(byte[] bytes) {
            channel.writeInbound(channel.alloc().buffer(Math.max(1, bytes.length)).writeBytes(bytes));
        }

        void isWritable(boolean writable) {
            channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
            channel.runPendingTasks();
        }

        void callEnds() {
            decoder.callEnded();
            channel.runPendingTasks();
        }

        boolean reads() {
            return channel.config().isAutoRead();
        }
    }

    @AfterEach
    void nothingIsHeldInTheEnd() {
        connections.forEach(each -> each.channel.finishAndReleaseAll());
        connections.forEach(each -> each.channel.runPendingTasks());
        assertThat(memory.taken()).isZero();
    }

    private static byte[] payload(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] frame(int type, byte[] payload) {
        return new Frame(type, payload).toBytes();
    }

    private static byte[] joined(byte[]... pieces) {
        int length = Arrays.stream(pieces).mapToInt(piece -> piece.length).sum();
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, joined, at, piece.length);
            at += piece.length;
        }
        return joined;
    }

    private void comes(byte[]... pieces) {
        connection.comes(joined(pieces));
    }

    private void callEnds() {
        connection.callEnds();
    }

    private void assertCame(byte[]... payloads) {
        assertThat(received.faults).isEmpty();
        assertThat(received.frames.stream().map(Received::payload)).containsExactly(payloads);
    }

    // ---- cutting ----

    @Test
    void decodesAFrameSplitAtEveryByte() {
        received.endsCallsOf = decoder;
        byte[] payload = payload(100);
        byte[] frame = frame(CALL, payload);
        for (int split = 1; split < frame.length; split++) {
            comes(Arrays.copyOf(frame, split));
            assertThat(received.frames).hasSize(split - 1);
            assertThat(decoder.halfway()).isTrue();
            comes(Arrays.copyOfRange(frame, split, frame.length));
            assertThat(received.frames).hasSize(split);
            assertThat(received.frames.get(split - 1).payload()).isEqualTo(payload);
            assertThat(decoder.halfway()).isFalse();
        }
    }

    @Test
    void decodesAFrameThatComesByteByByte() {
        byte[] payload = payload(5_000);
        for (byte each : frame(CALL, payload)) {
            comes(new byte[] {each});
        }
        assertCame(payload);
    }

    @Test
    void decodesEveryFrameOfApisixSplitAnywhere() {
        received.endsCallsOf = decoder;
        assertThat(Golden.requests()).hasSizeGreaterThan(300);
        for (GoldenFrame golden : Golden.requests()) {
            byte[] frame = golden.bytes();
            Frame expected = golden.frame();
            int step = frame.length <= 8 * 1024 ? 1 : frame.length / 97;
            for (int split = 1; split < frame.length; split += step) {
                received.frames.clear();
                comes(Arrays.copyOf(frame, split));
                comes(Arrays.copyOfRange(frame, split, frame.length));
                if (received.frames.size() != 1 || !Arrays.equals(received.frames.get(0).payload(), expected.payload())
                        || received.frames.get(0).type().code() != expected.type()) {
                    throw new AssertionError(golden + " split at " + split + " came as " + received.frames);
                }
            }
        }
        assertThat(received.faults).isEmpty();
    }

    @Test
    void decodesFramesThatComeInOneBuffer() {
        received.endsCallsOf = decoder;
        byte[] half = frame(CALL, payload(30));
        comes(frame(1, payload(10)), frame(4, payload(20)), Arrays.copyOf(half, 17));
        assertCame(payload(10), payload(20));
        assertThat(received.frames.stream().map(Received::type)).containsExactly(FrameType.PREPARE_CONF, FrameType.HTTP_RESP_CALL);
        comes(Arrays.copyOfRange(half, 17, half.length));
        assertCame(payload(10), payload(20), payload(30));
    }

    @Test
    void decodesAFrameWithoutPayload() {
        comes(frame(1, new byte[0]));
        assertCame(new byte[0]);
        assertThat(decoder.halfway()).isFalse();
    }

    @Test
    void takesTheLongestPayloadThereCanBe() {
        byte[] payload = payload(FrameLayout.MAX_PAYLOAD);
        byte[] frame = frame(CALL, payload);
        for (int at = 0; at < frame.length; at += 64 * 1024) {
            comes(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + 64 * 1024)));
        }
        assertThat(received.frames).hasSize(1);
        assertThat(Arrays.equals(received.frames.get(0).payload(), payload)).isTrue();
        assertThat(memory.taken()).isEqualTo(FrameLayout.MAX_PAYLOAD);
        callEnds();
        assertThat(memory.taken()).isZero();
        assertThat(decoder.held()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 9, 127, 128, 255})
    void refusesATypeThatApisixNeverSends(int type) {
        comes(Frame.raw(type, 258, new byte[258]));
        assertThat(received.frames).isEmpty();
        assertThat(received.faults).singleElement().isInstanceOf(FrameException.class).extracting(Throwable::getMessage)
                .isEqualTo("unknown frame type " + type + " (expected: 1 to 4), length 258");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void refusesACallWhileACallIsInFlight(int type) {
        comes(frame(CALL, payload(10)));
        comes(frame(type, payload(20)));
        assertThat(received.frames).hasSize(1);
        assertThat(received.faults).singleElement().isInstanceOf(FrameException.class).extracting(Throwable::getMessage).asString()
                .startsWith("frame out of place: ").endsWith(" while a call is in flight");
    }

    @Test
    void takesTheNextCallOnceTheCallHasEnded() {
        comes(frame(CALL, payload(10)));
        decoder.callEnded();
        comes(frame(4, payload(20)));
        assertCame(payload(10), payload(20));
    }

    @Test
    void dropsWhateverComesAfterTheEnd() {
        comes(Arrays.copyOf(frame(CALL, payload(10)), 8));
        decoder.close();
        comes(frame(CALL, payload(10)), new byte[] {99});
        assertThat(received.frames).isEmpty();
        assertThat(received.faults).isEmpty();
    }

    // ---- memory ----

    @Test
    void anAnswerWithinACallLeavesTheCallsBytesAlone() {
        byte[] call = payload(1_000);
        comes(frame(CALL, call));
        byte[] callsArray = received.lastArray;
        for (int length : new int[] {1, 900, 1_000, 5_000, 100_000}) {
            comes(frame(ANSWER, payload(length)));
            assertThat(received.lastArray).isNotSameAs(callsArray);
            assertThat(received.frames.get(received.frames.size() - 1).payload()).isEqualTo(payload(length));
            assertThat(callsArray).startsWith(call);
        }
        assertThat(received.faults).isEmpty();
    }

    @Test
    void theNextShortCallUsesTheSameArray() {
        comes(frame(CALL, payload(1_000)));
        byte[] first = received.lastArray;
        decoder.callEnded();
        comes(frame(CALL, payload(300)));
        assertThat(received.lastArray).isSameAs(first);
        assertCame(payload(1_000), payload(300));
    }

    @Test
    void theArrayOfALongCallIsGivenUpWhenItEnds() {
        comes(frame(CALL, payload(FrameMemory.UNCOUNTED + 1)));
        byte[] first = received.lastArray;
        assertThat(decoder.held()).isGreaterThan(FrameMemory.UNCOUNTED);
        decoder.callEnded();
        assertThat(decoder.held()).isZero();
        comes(frame(CALL, payload(300)));
        assertThat(received.lastArray).isNotSameAs(first);
        assertThat(first).startsWith(payload(FrameMemory.UNCOUNTED + 1));
    }

    @Test
    void theArrayOfALongAnswerIsGivenUpAtOnce() {
        comes(frame(CALL, payload(10)));
        comes(frame(ANSWER, payload(MEGABYTE)));
        assertThat(decoder.held()).isLessThanOrEqualTo(FIRST_ARRAY);
        assertThat(received.lastFrame.bytes()).isEmpty();
        assertThat(memory.taken()).isEqualTo(MEGABYTE);
        callEnds();
        assertThat(memory.taken()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 24, 25, 1_000, 8 * 1024, 64 * 1024, 200_000})
    void theBodyOfALongAnswerComesInAnArrayOfItsOwn(int piece) {
        byte[] body = payload(150_000);
        byte[] frame = new ExtraInfo.Resp(body).frame().toBytes();
        comes(frame(CALL, payload(10)));
        for (int at = 0; at < frame.length; at += piece) {
            assertThat(decoder.held()).isLessThanOrEqualTo(FIRST_ARRAY + HEAD + (at > HEAD ? body.length : 0));
            comes(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + piece)));
        }
        assertThat(received.frames).hasSize(2);
        assertThat(received.lastBody).isEqualTo(body);
        assertThat(received.lastFrame.body()).as("kept until the next frame").isNull();
        comes(frame(ANSWER, payload(100)));
        assertThat(received.lastBody).isNull();
    }

    @Test
    void aShortBodyInALongAnswerComesToo() {
        byte[] payload = new ExtraInfo.Resp(payload(100)).frame().payload();
        comes(frame(CALL, payload(10)));
        comes(frame(ANSWER, Arrays.copyOf(payload, MEGABYTE)));
        assertThat(received.lastBody).isEqualTo(payload(100));
        comes(frame(ANSWER, payload(20)));
        assertThat(received.frames.get(2).payload()).isEqualTo(payload(20));
    }

    @Test
    void aLongAnswerWhoseBodyCannotBeFoundComesAsAWhole() {
        comes(frame(CALL, payload(10)));
        comes(frame(ANSWER, payload(MEGABYTE)));
        assertThat(received.lastBody).isNull();
        assertThat(received.frames.get(1).payload()).isEqualTo(payload(MEGABYTE));
    }

    @Test
    void whatIsAnnouncedCostsNothingBeforeItComes() {
        comes(Frame.raw(CALL, FrameLayout.MAX_PAYLOAD, new byte[0]));
        assertThat(memory.taken()).isEqualTo(FrameLayout.MAX_PAYLOAD);
        assertThat(decoder.held()).isZero();
        comes(new byte[1]);
        assertThat(decoder.held()).isEqualTo(FIRST_ARRAY);
    }

    @ParameterizedTest
    @ValueSource(ints = {CALL, ANSWER})
    void theArrayIsMadeForTheWholePayloadOnceEightKilobytesHaveCome(int type) {
        comes(frame(CALL, payload(10)));
        if (type == CALL) {
            callEnds();
        }
        comes(Frame.raw(type, FrameLayout.MAX_PAYLOAD, new byte[0]));
        comes(new byte[FIRST_ARRAY + 1]);
        assertThat(decoder.held()).isLessThanOrEqualTo(FIRST_ARRAY + HEAD);
        comes(new byte[HEAD - FIRST_ARRAY - 1]);
        assertThat(decoder.held()).isLessThanOrEqualTo(FIRST_ARRAY + HEAD);
        comes(new byte[1]);
        assertThat(decoder.held()).isBetween(FrameLayout.MAX_PAYLOAD, FIRST_ARRAY + FrameLayout.MAX_PAYLOAD);
    }

    @Test
    void twoThousandConnectionsThatAnnounceTheMostAndSendAByteHoldTwoKilobytesInAll() {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Connection each = new Connection();
            each.comes(Frame.raw(CALL, FrameLayout.MAX_PAYLOAD, new byte[1]));
            all.add(each);
        }
        assertThat(all.stream().mapToInt(each -> each.decoder.held()).sum()).isEqualTo(FIRST_ARRAY);
        assertThat(memory.taken()).isEqualTo(FrameLayout.MAX_PAYLOAD);
        assertThat(all.stream().filter(each -> each.decoder.waitsForMemory())).hasSize(1_999).noneMatch(Connection::reads);
    }

    @Test
    void framesUpTo64KilobytesAreNotCounted() {
        comes(frame(CALL, payload(FrameMemory.UNCOUNTED)));
        assertThat(memory.taken()).isZero();
        decoder.callEnded();
        comes(frame(CALL, payload(FrameMemory.UNCOUNTED + 1)));
        assertThat(memory.taken()).isEqualTo(FrameMemory.UNCOUNTED + 1);
        assertThat(received.frames).hasSize(2);
    }

    @Test
    void aLongAnswerThatComesTooLateGivesItsMemoryBackAtOnce() {
        comes(frame(CALL, payload(10)));
        decoder.callEnded();
        comes(frame(ANSWER, payload(MEGABYTE)));
        assertThat(memory.taken()).isZero();
        comes(frame(CALL, payload(20)));
        assertThat(received.frames).hasSize(3);
        assertThat(received.faults).isEmpty();
    }

    @Test
    void aCallThatEndsWhileAnAnswerIsOnItsWayLeavesTheAnswerItsMemory() {
        comes(frame(CALL, payload(10)));
        byte[] answer = frame(ANSWER, payload(MEGABYTE));
        comes(Arrays.copyOf(answer, 100_000));
        decoder.callEnded();
        assertThat(memory.taken()).isEqualTo(MEGABYTE);
        assertThat(decoder.holdsMemory()).isTrue();
        comes(Arrays.copyOfRange(answer, 100_000, answer.length));
        assertThat(received.frames.get(1).payload()).isEqualTo(payload(MEGABYTE));
        assertThat(memory.taken()).isZero();
    }

    @Test
    void theMemoryOfALongCallIsGivenBackWhenItsAnswerHasLeft() {
        comes(frame(CALL, payload(MEGABYTE)));
        decoder.callEnded();
        connection.isWritable(false); // the answer was written, and the peer reads slowly
        assertThat(decoder.held()).isZero();
        assertThat(memory.taken()).isEqualTo(MEGABYTE);
        connection.isWritable(true);
        assertThat(memory.taken()).isZero();
    }

    @Test
    void theMemoryOfALongCallIsGivenBackWhenThePeerGoesInsteadOfReadingItsAnswer() {
        comes(frame(CALL, payload(MEGABYTE)));
        decoder.callEnded();
        connection.isWritable(false);
        connection.channel.close();
        assertThat(memory.taken()).isZero();
    }

    // ---- back-pressure ----

    @Test
    void isNotReadWhileThePeerDoesNotRead() {
        received.endsCallsOf = decoder;
        connection.isWritable(false);
        comes(frame(CALL, payload(10)));
        assertThat(received.frames).isEmpty();
        assertThat(connection.reads()).isFalse();
        comes(frame(CALL, payload(20)), Arrays.copyOf(frame(CALL, payload(30)), 9)); // what was read already
        assertThat(received.frames).isEmpty();
        connection.isWritable(true);
        assertCame(payload(10), payload(20));
        assertThat(connection.reads()).isTrue();
        comes(Arrays.copyOfRange(frame(CALL, payload(30)), 9, 34));
        assertCame(payload(10), payload(20), payload(30));
    }

    @Test
    void stopsReadingAsSoonAsThePeerStops() {
        connection.isWritable(false);
        assertThat(connection.reads()).isFalse();
        connection.isWritable(true);
        assertThat(connection.reads()).isTrue();
    }

    @Test
    void isNotReadWhileItWaitsForMemoryAndGoesOnWhenThereIsSome() {
        Connection other = new Connection();
        other.comes(frame(CALL, payload(FrameLayout.MAX_PAYLOAD - MEGABYTE + 1)));
        byte[] frame = frame(CALL, payload(MEGABYTE));

        comes(Arrays.copyOf(frame, 4)); // just the header
        assertThat(connection.reads()).isFalse();
        assertThat(decoder.waitsForMemory()).isTrue();
        assertThat(decoder.halfway()).isTrue();
        comes(Arrays.copyOfRange(frame, 4, 1_000)); // what was read already
        assertThat(decoder.held()).isZero();

        other.callEnds();
        connection.channel.runPendingTasks();
        assertThat(connection.reads()).isTrue();
        assertThat(decoder.waitsForMemory()).isFalse();
        assertThat(memory.taken()).isEqualTo(MEGABYTE);
        comes(Arrays.copyOfRange(frame, 1_000, frame.length));
        assertCame(payload(MEGABYTE));
    }

    @Test
    void whoHasMemoryAndAnUnwritablePeerWaitsForBoth() {
        Connection other = new Connection();
        other.comes(frame(CALL, payload(FrameLayout.MAX_PAYLOAD)));
        comes(frame(CALL, payload(MEGABYTE)));
        connection.isWritable(false);
        other.callEnds();
        connection.channel.runPendingTasks();
        assertThat(received.frames).isEmpty();
        assertThat(connection.reads()).isFalse();
        connection.isWritable(true);
        assertCame(payload(MEGABYTE));
        assertThat(connection.reads()).isTrue();
    }

    // ---- the end ----

    @Test
    void givesEverythingBackWhenTheConnectionGoes() {
        comes(frame(CALL, payload(MEGABYTE)));
        comes(Arrays.copyOf(frame(ANSWER, payload(2 * MEGABYTE)), MEGABYTE));
        assertThat(memory.taken()).isEqualTo(3L * MEGABYTE);
        connection.channel.close();
        assertThat(memory.taken()).isZero();
        assertThat(decoder.held()).isZero();
    }

    @Test
    void givesUpItsPlaceInTheLineWhenTheConnectionGoes() {
        Connection first = new Connection();
        first.comes(frame(CALL, payload(FrameLayout.MAX_PAYLOAD)));
        comes(Frame.raw(CALL, FrameLayout.MAX_PAYLOAD, new byte[1]));
        Connection third = new Connection();
        third.comes(frame(CALL, payload(2 * MEGABYTE)));

        connection.channel.close();
        first.callEnds();
        third.channel.runPendingTasks(); // before the closed one's, which would give back what it was granted

        assertThat(received.frames).isEmpty();
        assertThat(third.received.frames).hasSize(1);
        assertThat(memory.taken()).isEqualTo(2L * MEGABYTE);
    }

    @Test
    void givesBackWhatItWasGrantedInTheMomentThatItWent() {
        Connection first = new Connection();
        first.comes(frame(CALL, payload(FrameLayout.MAX_PAYLOAD)));
        comes(frame(CALL, payload(MEGABYTE)));
        first.callEnds(); // granted, but the connection's loop has not run yet
        assertThat(memory.taken()).isEqualTo(MEGABYTE);
        decoder.close();
        connection.channel.runPendingTasks();
        assertThat(memory.taken()).isZero();
        assertThat(received.frames).isEmpty();
    }

    @Test
    void tellsWhenBytesOfTheFrameUnderWayLastCame() {
        long before = System.nanoTime();
        byte[] frame = frame(CALL, payload(100_000));
        comes(Arrays.copyOf(frame, 2));
        assertThat(decoder.halfway()).isTrue();
        assertThat(decoder.holdsMemory()).isFalse();
        long first = decoder.lastProgress();
        assertThat(first).isBetween(before, System.nanoTime());
        comes(Arrays.copyOfRange(frame, 2, 50));
        assertThat(decoder.lastProgress()).isGreaterThan(first);
        assertThat(decoder.holdsMemory()).isTrue();
        comes(Arrays.copyOfRange(frame, 50, frame.length));
        assertThat(decoder.halfway()).isFalse();
        assertThat(decoder.holdsMemory()).isFalse();
    }
}
