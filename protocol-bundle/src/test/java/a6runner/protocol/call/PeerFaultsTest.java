// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.LoggedLines;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class PeerFaultsTest {

    private long now;
    private final PeerFaults faults = new PeerFaults(LoggerFactory.getLogger(PeerFaultsTest.class), () -> now);

    @Test
    void logsSoManyLinesOfAKindInAWindowAndTellsHowManyItKeptBack() {
        try (LoggedLines log = new LoggedLines(PeerFaultsTest.class)) {
            for (int i = 0; i < PeerFaults.LINES + 7; i++) {
                faults.warn("unknown frame type " + i);
            }
            assertThat(log.lines()).hasSize(PeerFaults.LINES);

            faults.warn("another kind");
            assertThat(log.lines()).hasSize(PeerFaults.LINES + 1).last().asString().endsWith("another kind");

            now += PeerFaults.WINDOW_NANOS;
            faults.warn("unknown frame type 9");
            faults.warn("unknown frame type 10");
            assertThat(log.lines()).hasSize(PeerFaults.LINES + 3);
            assertThat(log.lines().get(PeerFaults.LINES + 1)).endsWith("unknown frame type 9 (and 7 more such lines before, not shown)");
            assertThat(log.lines().get(PeerFaults.LINES + 2)).endsWith("unknown frame type 10");
        }
    }
}
