// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.fake.LogLines;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class FaultLogTest {

    private final LogLines log = new LogLines();
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may wrap
    private final FaultLog faults = new FaultLog(LoggerFactory.getLogger("a6runner.plugin"), TimeUnit.SECONDS.toNanos(60), clock::get);

    @AfterEach
    void close() {
        log.close();
    }

    private void pass(int seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void tellsInOneLinePerIntervalHowManyMoreThereWere() {
        for (int minute = 0; minute < 2; minute++) {
            for (int i = 0; i < 500; i++) {
                faults.error("late", "was late in call " + minute + "." + i, null);
            }
            pass(59);
            faults.report();
            pass(1);
            faults.report();
        }
        assertThat(log.all()).containsExactly("ERROR was late in call 0.0",
                "ERROR was late in call 0.499 (the last of 499 more of this kind within 60 s)",
                "ERROR was late in call 1.499 (the last of 500 more of this kind within 60 s)");
    }

    @Test
    void logsInFullAgainAfterAnIntervalWithoutOne() {
        for (int i = 0; i < 2; i++) {
            faults.error("any", "threw in call " + i, new IllegalStateException());
            faults.error("any", "threw later", null);
            pass(60);
            faults.report();
            pass(60);
            faults.report();
        }
        assertThat(log.all()).containsExactly("ERROR threw in call 0 [java.lang.IllegalStateException]", "ERROR threw later",
                "ERROR threw in call 1 [java.lang.IllegalStateException]", "ERROR threw later");
    }

    @Test
    void tellsNothingOfWhatCameOnce() {
        faults.warn("slow", "was slow");
        pass(61);
        faults.report();
        faults.close();
        assertThat(log.all()).containsExactly("WARN was slow");
    }

    @Test
    void isKeptSmallAndLosesNoCount() {
        for (int i = 0; i < 1_000; i++) {
            faults.error("kind " + i, "failed by " + i, null);
            faults.error("kind " + i, "failed by " + i + " again", null);
        }
        faults.close();
        assertThat(log.all()).hasSize(2_000).contains("ERROR failed by 0", "ERROR failed by 0 again (the last of 1 more of this kind within 1 s)");
    }

    @Test
    void toldAtTheEnd() {
        faults.warn("slow", "was slow");
        faults.warn("slow", "was slow, too");
        pass(3);
        faults.close();
        assertThat(log.all()).containsExactly("WARN was slow", "WARN was slow, too (the last of 1 more of this kind within 3 s)");
    }
}
