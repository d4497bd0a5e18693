// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.golden;

import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class GoldenFramesTest {

    static final List<Scenario> SCENARIOS = GoldenScenarios.load();

    static Stream<GoldenFrame> frames() {
        return SCENARIOS.stream().flatMap(scenario -> scenario.frames().stream());
    }

    static Stream<GoldenFrame> readableFrames() {
        return frames().filter(GoldenFrame::isReadable);
    }

    @Test
    void allScenariosAreHere() {
        assertThat(SCENARIOS).hasSize(160);
        assertThat(frames()).hasSize(760);
        assertThat(frames().filter(frame -> frame.bytes() == null)).hasSize(5);
    }

    @Test
    void everyFrameIsReadableButThoseThatAreWrongOnPurpose() {
        assertThat(frames().filter(frame -> frame.bytes() != null && !frame.isReadable()).map(GoldenFrame::file)).containsExactlyInAnyOrder(
                "error-empty-payload.04.error.resp.bin", "reply-empty-payload.04.http_req_call.resp.bin",
                "reply-garbage.04.http_req_call.resp.bin", "reply-garbage-degr.04.http_req_call.resp.bin", "reply-type-9.04.type9.resp.bin");
    }

    @ParameterizedTest
    @MethodSource("readableFrames")
    void decodesToWhatTheIndexStates(GoldenFrame frame) {
        assertThat(frame.frame().payload()).hasSize(frame.payloadLength());
        assertThat(DecodedFields.differences(frame.decoded(), frame.decode())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("readableFrames")
    void survivesOurOwnEncoding(GoldenFrame frame) {
        Message message = frame.decode();

        Message again = Message.decode(frame.direction(), message.frame());

        assertThat(again).isEqualTo(message);
        assertThat(DecodedFields.differences(frame.decoded(), again)).isEmpty();
    }

    @ParameterizedTest
    @FieldSource("SCENARIOS")
    void requestsComeFromApisix(Scenario scenario) {
        assertThat(scenario.frames()).allSatisfy(frame -> {
            assertThat(frame.file()).startsWith(scenario.name() + ".");
            assertThat(frame.file()).endsWith(frame.direction() == Direction.TO_RUNNER ? ".req.bin" : ".resp.bin");
        });
    }
}
