// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import a6runner.testkit.wire.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FrameLayoutTest {

    @ParameterizedTest
    @EnumSource(FrameType.class)
    void aHeaderHasTypeAndLength(FrameType type) {
        for (int length : new int[] {0, 1, 255, 256, 65_535, 65_536, FrameLayout.MAX_PAYLOAD}) {
            byte[] written = new byte[FrameLayout.HEADER_LENGTH];
            FrameLayout.putHeader(written, type, length);
            int header = ByteBuffer.wrap(written).getInt();
            assertThat(FrameLayout.type(header)).isEqualTo(type.code());
            assertThat(FrameLayout.length(header)).isEqualTo(length);
        }
    }

    @Test
    void aTypesByteIsNeverNegative() {
        assertThat(FrameLayout.type(0xFF_00_00_01)).isEqualTo(255);
        assertThat(FrameLayout.length(0xFF_FF_FF_FF)).isEqualTo(16_777_215);
    }

    @Test
    void apisixSendsFourTypes() {
        assertThat(FrameType.received(0)).isNull();
        assertThat(FrameType.received(1)).isEqualTo(FrameType.PREPARE_CONF);
        assertThat(FrameType.received(2)).isEqualTo(FrameType.HTTP_REQ_CALL);
        assertThat(FrameType.received(3)).isEqualTo(FrameType.EXTRA_INFO);
        assertThat(FrameType.received(4)).isEqualTo(FrameType.HTTP_RESP_CALL);
        assertThat(FrameType.received(5)).isNull();
        assertThat(FrameType.received(255)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300, 70_000})
    void theEncoderPutsTheHeaderBeforeThePayload(int length) throws FrameException {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        for (int first : new int[] {0, length / 3, length}) {
            byte[] bytes = new byte[FrameLayout.HEADER_LENGTH + first + 5];
            System.arraycopy(payload, 0, bytes, FrameLayout.HEADER_LENGTH, first);
            byte[] tail = Arrays.copyOfRange(payload, first, length);
            ByteBuf encoded = FrameEncoder.encode(
                    UnpooledByteBufAllocator.DEFAULT, FrameType.HTTP_REQ_CALL, bytes, FrameLayout.HEADER_LENGTH + first, tail);
            try {
                Frame frame = Frame.parse(ByteBufUtil.getBytes(encoded));
                assertThat(frame.type()).isEqualTo(2);
                assertThat(frame.payload()).isEqualTo(payload);
            } finally {
                encoded.release();
            }
        }
    }

    @Test
    void theEncoderTakesTheLongestPayloadAndNoLongerOne() throws FrameException {
        byte[] bytes = new byte[100];
        int first = bytes.length - FrameLayout.HEADER_LENGTH;
        encode(bytes, new byte[FrameLayout.MAX_PAYLOAD - first]).release();
        assertThatThrownBy(() -> encode(bytes, new byte[FrameLayout.MAX_PAYLOAD - first + 1]))
                .isInstanceOf(FrameException.class)
                .hasMessage("the reply is too long: 16777216 bytes (expected: up to 16777215)");
    }

    private static ByteBuf encode(byte[] bytes, byte[] tail) throws FrameException {
        return FrameEncoder.encode(UnpooledByteBufAllocator.DEFAULT, FrameType.ERROR, bytes, bytes.length, tail);
    }
}
