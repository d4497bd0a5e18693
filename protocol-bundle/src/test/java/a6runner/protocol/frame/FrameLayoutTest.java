// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

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
}
