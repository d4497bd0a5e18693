// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.fake.FakeBundle;
import a6runner.runner.fake.TestFilter;
import a6runner.spi.Canary;
import a6runner.spi.Settings;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When a version that is tried is found worse. Time and counts are given. */
class TrialWatchTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final PluginVersion before = Plugins.version(new TestFilter("p"), new Settings(key -> null));
    private final PluginVersion candidate = Plugins.version(new TestFilter("p"), new Settings(key -> null));
    private final Trial trial = new Trial(FakeBundle.of("test.p", "2.0.0", 8), Canary.of(Map.of("share", "5%", "window", "10s")), Map.of("p", candidate), Map.of("p", before),
            new AtomicBoolean());
    private final TrialWatch watch = new TrialWatch();
    private long now = 77;

    @AfterEach
    void close() {
        before.close();
        candidate.close();
    }

    private static void calls(PluginVersion version, int count, long nanos) {
        for (int i = 0; i < count; i++) {
            version.ran(0, nanos);
        }
    }

    private static void errors(PluginVersion version, int count) {
        for (int i = 0; i < count; i++) {
            version.ran(0, MILLI);
            version.stoppedByError();
        }
    }

    private Optional<String> look() {
        return watch.look(trial, now);
    }

    @Test
    void isNotJudgedBeforeItHadEnoughCalls() {
        look();
        calls(candidate, 150, MILLI);
        errors(candidate, 49);
        assertThat(look()).isEmpty();
        errors(candidate, 1);
        assertThat(look()).contains("its error rate is 25.0 % (50 of 200 calls), that of the version before 0.0 % (0 of 0 calls)");
    }

    @Test
    void errorsWithinTheMarginPass() {
        look();
        calls(before, 990, MILLI);
        errors(before, 10);
        calls(candidate, 198, MILLI);
        errors(candidate, 4);
        assertThat(look()).as("2 % where the version before has 1 %, and 1 % is allowed").isEmpty();
        errors(candidate, 1);
        assertThat(look()).isPresent();
    }

    @Test
    void whatLiesBehindTheWindowIsForgotten() {
        look();
        errors(candidate, 100);
        calls(candidate, 99, MILLI);
        for (int i = 0; i < 12; i++) {
            now += SECOND;
            assertThat(look()).isEmpty();
        }
        calls(candidate, 1_000, MILLI);
        assertThat(look()).as("the errors are older than 10 s").isEmpty();
    }

    @Test
    void isWorseIfItIsSlowOnceItsCodeIsWarm() {
        look();
        calls(before, 1_000, 2 * MILLI);
        calls(candidate, 100, 900 * MILLI);
        assertThat(look()).isEmpty();
        now += SECOND;
        calls(candidate, 300, 2 * MILLI);
        assertThat(look()).as("the first 100 were cold").isEmpty();
        calls(before, 1_000, 2 * MILLI);
        calls(candidate, 30, 100 * MILLI);
        assertThat(look()).hasValueSatisfying(why -> assertThat(why).startsWith("its 99th percentile is").contains("(of 330 calls), that of the version before"));
    }

    @Test
    void fewMillisecondsMoreAreNothing() {
        look();
        calls(candidate, 100, MILLI);
        look();
        calls(before, 1_000, MILLI);
        calls(candidate, 1_000, 8 * MILLI);
        assertThat(look()).as("eight times as long, but no 10 ms more").isEmpty();
    }
}
