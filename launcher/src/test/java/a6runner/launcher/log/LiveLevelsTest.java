// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import a6runner.spi.LogLevels;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LiveLevelsTest {

    private final LoggerContext context = new LoggerContext();
    private LogLevels levels;

    @BeforeEach
    void setUp() {
        context.getLogger(LogLevels.ROOT).setLevel(Level.INFO);
        levels = new LiveLevels(context, "stdout");
    }

    @Test
    void setsTheLevelOfAPackageAndOfWhatIsInIt() {
        levels.set("a6runner.runner", "DEBUG");
        assertThat(context.getLogger("a6runner.runner.chain.Chains").isDebugEnabled()).isTrue();
        assertThat(context.getLogger("a6runner.protocol").isDebugEnabled()).isFalse();
        assertThat(levels.level("a6runner.runner.chain.Chains")).isEqualTo("debug");
        assertThat(levels.levels()).isEqualTo(Map.of("ROOT", "info", "a6runner.runner", "debug"));
    }

    @Test
    void takesALevelAwayAgain() {
        levels.set("a6runner.runner", "trace");
        levels.set("a6runner.runner", null);
        assertThat(levels.level("a6runner.runner")).isEqualTo("info");
        assertThat(levels.levels()).containsOnlyKeys("ROOT");
    }

    @Test
    void setsTheRootBackToWhatTheSettingsSay() {
        levels.set("root", "error");
        assertThat(levels.level("com.example")).isEqualTo("error");
        levels.set("ROOT", null);
        assertThat(levels.level("com.example")).isEqualTo("info");
    }

    @Test
    void makesNoLoggerByBeingAskedForOne() {
        levels.level("com.example.Some");
        levels.set("com.example.Other", null);
        assertThat(context.exists("com.example.Some")).isNull();
        assertThat(context.exists("com.example.Other")).isNull();
    }

    @Test
    void refusesWhatIsNoLevel() {
        assertThatIllegalArgumentException().isThrownBy(() -> levels.set("a6runner", "verbose"))
                .withMessage("level: \"verbose\" (expected: error, warn, info, debug, trace)");
        assertThat(levels.levels()).containsOnlyKeys("ROOT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a6runner "})
    void refusesWhatIsNoLogger(String logger) {
        assertThatIllegalArgumentException().isThrownBy(() -> levels.set(logger, "info")).withMessageStartingWith("logger: \"" + logger + "\"");
    }
}
