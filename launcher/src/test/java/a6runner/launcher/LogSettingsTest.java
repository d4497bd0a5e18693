// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.log.LogPlan;
import ch.qos.logback.classic.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LogSettingsTest {

    @TempDir
    private Path home;

    private LogPlan plan(boolean managed, String... settings) {
        String[] words = new String[settings.length * 2];
        for (int i = 0; i < settings.length; i++) {
            words[i * 2] = "--set";
            words[i * 2 + 1] = settings[i];
        }
        Distribution distribution = new Distribution(home);
        return LogSettings.plan(ResolvedSettings.resolve(CommandLine.parse(words), Map.of(), distribution, home), distribution, managed);
    }

    @ParameterizedTest
    @CsvSource({
        // without a file, what is logged is what goes to stdout
        "false, ,      ,        INFO,  TRACE",
        "false, debug, ,        DEBUG, TRACE",
        "false, ,      warn,    WARN,  TRACE",
        "false, error, info,    ERROR, TRACE",
        "false, ,      off,     OFF,   OFF",
        "true,  ,      ,        WARN,  TRACE",
        "true,  info,  ,        INFO,  TRACE",
        "true,  ,      error,   ERROR, TRACE"})
    void decidesWhatIsLoggedToStdoutAlone(boolean managed, String level, String stdout, String root, String shown) {
        LogPlan plan = plan(managed, "log.level=" + (level == null ? "info" : level), "log.stdout=" + (stdout == null ? "auto" : stdout));
        if (level == null) {
            plan = plan(managed, "log.stdout=" + (stdout == null ? "auto" : stdout));
        }
        assertThat(plan.root()).isEqualTo(Level.valueOf(root));
        assertThat(plan.stdout()).isEqualTo(Level.valueOf(shown));
        assertThat(plan.file()).isNull();
        assertThat(plan.terse()).isEqualTo(managed);
    }

    @ParameterizedTest
    @CsvSource({
        "false, auto, TRACE",
        "false, off,  OFF",
        "true,  auto, WARN",
        "true,  info, INFO"})
    void decidesWhatOfAFileGoesToStdoutToo(boolean managed, String stdout, String shown) {
        LogPlan plan = plan(managed, "log.file=run.log", "log.stdout=" + stdout, "log.file.size=1MB", "log.file.count=3");
        assertThat(plan.root()).isEqualTo(Level.INFO);
        assertThat(plan.stdout()).isEqualTo(Level.valueOf(shown));
        assertThat(plan.file()).isEqualTo(new LogPlan.RotatedFile(home.resolve("run.log"), 1_000_000, 3));
    }

    @Test
    void takesLevelsOfSingleLoggers() {
        assertThat(plan(false, "log.level.com.example=debug", "log.level.a6runner.runner.chain=error").loggers())
                .isEqualTo(Map.of("com.example", Level.DEBUG, "a6runner.runner.chain", Level.ERROR));
        assertThatThrownBy(() -> plan(false, "log.level.com.example=loud")).isInstanceOf(Refusal.class)
                .hasMessage("--set: log.level.com.example: \"loud\" (expected: error, warn, info or debug)");
    }

    @Test
    void refusesAFileThatCantBeWritten() throws Exception {
        assertThatThrownBy(() -> plan(false, "log.file=no/such/folder/x.log")).isInstanceOf(Refusal.class)
                .hasMessage("--set: the log file's folder doesn't exist: " + home.resolve("no/such/folder"));
        Files.createDirectory(home.resolve("a-folder"));
        assertThatThrownBy(() -> plan(false, "log.file=a-folder")).isInstanceOf(Refusal.class).hasMessageStartingWith("--set: the log file can't be written by");
        assertThatThrownBy(() -> plan(false, "log.file=100%.log")).isInstanceOf(Refusal.class).hasMessageContaining("must have no % and no backslash");
    }
}
