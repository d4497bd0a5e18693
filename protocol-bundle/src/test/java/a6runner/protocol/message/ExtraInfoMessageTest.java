// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.protocol.frame.BodyFinder.Place;
import a6runner.testkit.wire.ExtraInfo;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Where the body of an answer lies, told from its beginning: what {@code decode} finds in the whole. */
class ExtraInfoMessageTest {

    private static final int HEAD = 64;
    private static final int ROUNDS = 200_000;
    private static final int[] ODD = {0, 1, 4, 1_000, 0x7FFF_FFFF, 0x8000_0000, -1, -4};

    private static byte[] answer(byte[] result) {
        return new ExtraInfo.Resp(result).frame().payload();
    }

    private static byte[] found(byte[] payload) {
        byte[] head = Arrays.copyOf(payload, Math.min(HEAD, payload.length));
        Place place = ExtraInfoMessage.find(head, head.length, payload.length);
        return place == null ? null : Arrays.copyOfRange(payload, place.from(), place.from() + place.length());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 40, 1_000, 1_000_000})
    void findsTheBodyOfAnAnswer(int length) {
        byte[] body = new byte[length];
        new Random(length).nextBytes(body);
        assertThat(found(answer(body))).isEqualTo(body);
    }

    @Test
    void findsNoneInAnAnswerWithoutBody() {
        assertThat(found(answer(null))).isNull();
    }

    @Test
    void findsNoneThatBeginsBehindTheHead() {
        byte[] payload = answer(new byte[1_000]);
        for (int length = 0; length < 24; length++) {
            assertThat(ExtraInfoMessage.find(Arrays.copyOf(payload, length), length, payload.length)).isNull();
        }
    }

    @Test
    void whatItFindsInAChangedAnswerIsWhatDecodeFinds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] payload = answer(new byte[100]);
            for (int change = random.nextInt(4); change > 0; change--) {
                int at = random.nextInt(7) * 4;
                int value = random.nextBoolean() ? ODD[random.nextInt(ODD.length)] : random.nextInt(256);
                for (int i = 0; i < 4; i++) {
                    payload[at + i] = (byte) (value >> 8 * i);
                }
            }
            byte[] body = found(payload);
            if (body != null) {
                found++;
                try {
                    assertThat(ExtraInfoMessage.decode(payload, payload.length)).isEqualTo(body);
                } catch (MessageException | RuntimeException e) {
                    throw new AssertionError("round " + round + " of seed " + seed + ": " + HexFormat.of().formatHex(payload), e);
                }
            }
        }
        assertThat(found).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
    }
}
