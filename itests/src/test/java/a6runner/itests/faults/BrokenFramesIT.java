// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Container;
import a6runner.testkit.A6Client;
import a6runner.testkit.BrokenFrames;
import a6runner.testkit.BrokenFrames.BrokenFrame;
import a6runner.testkit.BrokenFrames.Expectation;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static a6runner.itests.Container.core;
import static a6runner.itests.Container.plugin;
import static org.assertj.core.api.Assertions.assertThat;

/** Frames that are wrong in one way each: an error frame or a closed connection, one short line in the log, and nothing else harmed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BrokenFramesIT {

    private static final int SHORT_LINE = 250;

    private Container container;
    private Bystander bystander;
    private long token;

    @BeforeAll
    void start() throws IOException {
        container = Container.start(core(), plugin("noop"));
        bystander = new Bystander(container.connect(), "noop");
        try (A6Client apisix = container.connect()) {
            token = Calls.prepare(apisix, "noop", "{}");
        }
    }

    @AfterAll
    void stop() {
        try {
            bystander.close();
        } finally {
            container.close();
        }
    }

    List<BrokenFrame> frames() {
        return BrokenFrames.all(token);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void aBrokenFrameHarmsNobodyElse(BrokenFrame broken) throws IOException {
        int logged = container.log().size();
        try (A6Client apisix = container.connect()) {
            apisix.sendRaw(broken.bytes());
            Optional<Frame> reply = apisix.receive();
            if (broken.expectation() == Expectation.ERROR_OR_CLOSE) {
                reply.ifPresent(frame -> Calls.assertError(frame, Err.BAD_REQUEST));
                apisix.assertClosed();
            } else {
                Frame frame = reply.orElseThrow(() -> new AssertionError("The runner closed the connection (expected: one reply)."));
                assertThat(frame.type()).as("type of the reply to " + broken).isIn(expectedTypes(broken.expectation()));
                assertThat(frame.payload()).as("payload: APISIX breaks on an empty one").isNotEmpty();
                Calls.assertServes(apisix, token);
            }
        }
        assertLogged(container.log().subList(logged, container.log().size()), broken.expectation());
        bystander.awaitServed(1);
    }

    @Test
    void aConnectionThatSendsOneBrokenFrameAfterTheOtherIsServedInBetween() throws IOException {
        try (A6Client apisix = container.connect()) {
            for (BrokenFrame broken : frames()) {
                if (broken.expectation() == Expectation.ERROR) {
                    apisix.sendRaw(broken.bytes());
                    Calls.assertError(apisix, Err.BAD_REQUEST);
                    Calls.assertServes(apisix, token);
                }
            }
            Calls.assertNothingElse(apisix);
        }
    }

    @Test
    void brokenFramesSentTogetherGetOneReplyEachInTheirOrder() throws IOException {
        List<BrokenFrame> errors = frames().stream().filter(frame -> frame.expectation() == Expectation.ERROR).toList();
        try (A6Client apisix = container.connect()) {
            apisix.sendRaw(errors.stream().map(BrokenFrame::bytes).toArray(byte[][]::new));
            for (int i = 0; i < errors.size(); i++) {
                Calls.assertError(apisix, Err.BAD_REQUEST);
            }
            Calls.assertServes(apisix, token);
            Calls.assertNothingElse(apisix);
        }
    }

    private static List<Integer> expectedTypes(Expectation expectation) {
        return switch (expectation) {
            case SERVED -> List.of(FrameType.HTTP_REQ_CALL);
            case ERROR -> List.of(FrameType.ERROR);
            default -> List.of(FrameType.HTTP_REQ_CALL, FrameType.ERROR);
        };
    }

    private static void assertLogged(List<String> lines, Expectation expectation) {
        if (expectation == Expectation.SERVED) {
            assertThat(lines).isEmpty();
        } else if (expectation == Expectation.SERVED_OR_ERROR) {
            assertThat(lines).hasSizeLessThanOrEqualTo(1);
        } else {
            assertThat(lines).hasSize(1);
        }
        assertThat(lines).allSatisfy(line -> assertThat(line).startsWith("WARN ").hasSizeLessThan(SHORT_LINE).doesNotContain("\n", " | "));
    }
}
