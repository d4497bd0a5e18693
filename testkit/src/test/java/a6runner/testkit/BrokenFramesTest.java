// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.BrokenFrames.BrokenFrame;
import a6runner.testkit.BrokenFrames.Expectation;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import a6runner.testkit.wire.WireException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BrokenFramesTest {

    static final List<BrokenFrame> FRAMES = BrokenFrames.all(17);

    @Test
    void namesAreDistinctAndBytesTheSameEachTime() {
        assertThat(FRAMES).extracting(BrokenFrame::name).doesNotHaveDuplicates();
        assertThat(BrokenFrames.all(17)).extracting(frame -> Arrays.hashCode(frame.bytes()))
                .isEqualTo(FRAMES.stream().map(frame -> Arrays.hashCode(frame.bytes())).toList());
    }

    @Test
    void framesAreWholeSoThatTheNextOneIsFound() {
        assertThat(FRAMES).allSatisfy(frame -> assertThat(Frame.parse(frame.bytes()).toBytes()).isEqualTo(frame.bytes()));
    }

    @ParameterizedTest
    @FieldSource("FRAMES")
    void ourOwnReaderAgreesWithTheExpectation(BrokenFrame broken) {
        Frame frame = Frame.parse(broken.bytes());
        if (broken.expectation() == Expectation.SERVED) {
            assertThat(Message.decode(Direction.TO_RUNNER, frame)).isNotNull();
        } else if (broken.expectation() == Expectation.ERROR) {
            assertThatThrownBy(() -> Message.decode(Direction.TO_RUNNER, frame)).isInstanceOf(WireException.class);
        }
    }
}
