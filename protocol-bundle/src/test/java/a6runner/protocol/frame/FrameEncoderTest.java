// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import a6runner.testkit.wire.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FrameEncoderTest {

    private static final byte[] NONE = {};

    private final FrameEncoder encoder = new FrameEncoder(UnpooledByteBufAllocator.DEFAULT);

    @AfterEach
    void close() {
        encoder.close();
    }

    private ByteBuf encode(byte[] payload, int first) throws FrameException {
        byte[] bytes = new byte[FrameLayout.HEADER_LENGTH + first + 5];
        System.arraycopy(payload, 0, bytes, FrameLayout.HEADER_LENGTH, first);
        byte[] tail = first == payload.length ? NONE : Arrays.copyOfRange(payload, first, payload.length);
        return encoder.encode(FrameType.HTTP_REQ_CALL, bytes, FrameLayout.HEADER_LENGTH + first, tail);
    }

    private static byte[] payload(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        return payload;
    }

    private static byte[] read(ByteBuf encoded) {
        Frame frame = Frame.parse(ByteBufUtil.getBytes(encoded));
        assertThat(frame.type()).isEqualTo(2);
        return frame.payload();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300, 8_188, 8_189, 70_000})
    void theHeaderStandsBeforeBothPartsOfThePayload(int length) throws FrameException {
        byte[] payload = payload(length);
        for (int first : new int[] {0, length / 3, length}) {
            ByteBuf encoded = encode(payload, first);
            assertThat(read(encoded)).isEqualTo(payload);
            encoded.release();
        }
    }

    @Test
    void aShortFramesBufferServesAgainOnceItIsReleased() throws FrameException {
        ByteBuf first = encode(payload(100), 100);
        first.release();
        ByteBuf second = encode(payload(7), 7);
        assertThat(second).isSameAs(first);
        assertThat(read(second)).isEqualTo(payload(7));
        second.release();
    }

    @Test
    void aFrameThatIsNotSentYetKeepsItsBytes() throws FrameException {
        ByteBuf unsent = encode(payload(100), 100);
        ByteBuf next = encode(payload(50), 50);
        assertThat(read(unsent)).isEqualTo(payload(100));
        assertThat(read(next)).isEqualTo(payload(50));
        next.release();
        unsent.release();
    }

    @Test
    void aFrameThatIsNotSentYetOutlivesTheEncoder() throws FrameException {
        ByteBuf unsent = encode(payload(100), 100);
        encoder.close();
        assertThat(read(unsent)).isEqualTo(payload(100));
        unsent.release();
        assertThat(unsent.refCnt()).isZero();
    }

    @Test
    void theLongestPayloadIsTakenAndNoLongerOne() throws FrameException {
        byte[] bytes = new byte[100];
        int first = bytes.length - FrameLayout.HEADER_LENGTH;
        encoder.encode(FrameType.ERROR, bytes, bytes.length, new byte[FrameLayout.MAX_PAYLOAD - first]).release();
        assertThatThrownBy(() -> encoder.encode(FrameType.ERROR, bytes, bytes.length, new byte[FrameLayout.MAX_PAYLOAD - first + 1]))
                .isInstanceOf(FrameException.class)
                .hasMessage("the reply is too long: 16777216 bytes (expected: up to 16777215)");
    }

    @Test
    void aLongFrameForWhichThereIsNoMemoryIsRefused() {
        ByteBufAllocator exhausted = (ByteBufAllocator) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ByteBufAllocator.class}, (proxy, method, arguments) -> {
                    throw new OutOfMemoryError("none is left");
                });
        try (FrameEncoder without = new FrameEncoder(exhausted)) {
            assertThatThrownBy(() -> without.encode(FrameType.HTTP_REQ_CALL, new byte[100], 100, new byte[9_000]))
                    .isInstanceOf(FrameException.class)
                    .hasMessage("there is no memory for a reply of 9100 bytes, since too many are not read by APISIX: none is left");
        }
    }
}
