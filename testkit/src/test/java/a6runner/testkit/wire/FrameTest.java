// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import a6runner.testkit.wire.Message.Direction;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FrameTest {

    @Test
    void hasATypeAndThreeBytesOfLength() {
        byte[] bytes = new Frame(FrameType.HTTP_REQ_CALL, new byte[0x010203]).toBytes();

        assertThat(bytes).startsWith(2, 1, 2, 3).hasSize(4 + 0x010203);
        assertThat(Frame.parse(bytes).payload()).hasSize(0x010203);
    }

    @Test
    void refusesWhatNoHeaderCanCarryWithApisixsOwnWords() {
        assertThat(new Frame(255, new byte[Frame.MAX_PAYLOAD]).toBytes()).startsWith(0xFF, 0xFF, 0xFF, 0xFF);
        assertThatThrownBy(() -> new Frame(1, new byte[Frame.MAX_PAYLOAD + 1]))
                .hasMessage("the max length of data is 16777215 but got 16777216");
        assertThatThrownBy(() -> new Frame(256, new byte[0])).hasMessageContaining("256");
    }

    @Test
    void refusesMoreOrLessThanOneFrame() {
        assertThatThrownBy(() -> Frame.parse(new byte[] {1, 0, 0}))
                .hasMessage("A frame has a header of 4 bytes, but these are 3.");
        assertThatThrownBy(() -> Frame.parse(Frame.raw(1, 5, new byte[4])))
                .hasMessage("The header announces 5 bytes, but 4 follow it.");
    }

    @Test
    void namesTheTypesThatHaveNoMessage() {
        assertThatThrownBy(() -> Message.decode(Direction.TO_APISIX, new Frame(9, new byte[8])))
                .hasMessage("There is no message in a frame of type unknown (9).");
        assertThatThrownBy(() -> Message.decode(Direction.TO_RUNNER, new Frame(0, new byte[8])))
                .hasMessage("APISIX sends no frame of type ERROR (0).");
    }
}
