// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.protocol.Golden;
import a6runner.testkit.golden.GoldenFrame;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FuzzedMessagesTest {

    private static final long SEED = 20261122;
    private static final int ROUNDS = 50_000;
    private static final int LONGEST = 8 * 1024;
    private static final int[] ODD = {0, 1, -1, 4, -4, 8, 0x7F, 0xFF, 0xFFFF, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 30};

    @Test
    void whatApisixSendsWithAnyBytesChangedIsRefusedByAMessageExceptionOrReadable() {
        System.out.println("FuzzedMessagesTest: seed " + SEED + ", " + ROUNDS + " rounds");
        Random random = new Random(SEED);
        List<GoldenFrame> frames = Golden.requests().stream().filter(frame -> frame.payloadLength() <= LONGEST).toList();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            GoldenFrame frame = frames.get(random.nextInt(frames.size()));
            byte[] payload = changed(frame.frame().payload(), random);
            int length = payload.length;
            byte[] bytes = random.nextBoolean() ? payload : Arrays.copyOf(payload, length + 64);
            long before = ReadAll.allocated();
            try {
                ReadAll.of(frame.frame().type(), bytes, length);
            } catch (MessageException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "round " + round + " of seed " + SEED + ": " + frame + " as " + HexFormat.of().formatHex(payload), e);
            }
            // A char of text and an entry's objects cost more than their bytes did, but not without end.
            assertThat(ReadAll.allocated() - before).isLessThan(512 * 1024 + 200L * length);
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10); // else the changes are too tame or too wild to find anything
    }

    private static byte[] changed(byte[] good, Random random) {
        byte[] bytes = good.clone();
        if (random.nextInt(4) == 0) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        for (int change = random.nextInt(6); change > 0 && bytes.length > 4; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> { // the beginning holds offsets and vtables
                    bytes[random.nextInt(Math.min(64, bytes.length))] = (byte) random.nextInt();
                }
                default -> {
                    int aligned = at & ~3;
                    int value = ODD[random.nextInt(ODD.length)];
                    for (int i = 0; i < 4 && aligned + i < bytes.length; i++) {
                        bytes[aligned + i] = (byte) (value >> 8 * i);
                    }
                }
            }
        }
        return bytes;
    }
}
