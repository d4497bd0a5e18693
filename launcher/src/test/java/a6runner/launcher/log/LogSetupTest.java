// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import a6runner.spi.LogLevels;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

import static org.assertj.core.api.Assertions.assertThat;

class LogSetupTest {

    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void reset() {
        LogSetup.by(LogPlan.DEFAULT);
        LogSetup.askContext(null);
        context.stop();
    }

    private static LogPlan from(Level level) {
        return new LogPlan(level, Map.of(), Level.TRACE, false, null);
    }

    private String logged(LogPlan plan, Consumer<LoggerContext> task) {
        PrintStream stdout = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            LogSetup.by(plan);
            context.setMDCAdapter(new LogbackMDCAdapter());
            LogSetup setup = new LogSetup();
            setup.setContext(context);
            setup.configure(context);
            task.accept(context);
            LogSetup.flush();
        } finally {
            System.setOut(stdout);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesOneLineForAnEvent() {
        String text = logged(from(Level.INFO), logs -> logs.getLogger("a6runner.runner.Chain").info("conf {} names\nno plugin\r\n  at all", 17));
        assertThat(text).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  conf 17 names \\| no plugin \\| at all \\[Chain .*\\]\\R");
    }

    @Test
    void keepsToTheLevel() {
        String text = logged(from(Level.WARN), logs -> {
            Logger log = logs.getLogger("a6runner.x");
            log.info("not this");
            log.warn("but this");
        });
        assertThat(text).contains("but this").doesNotContain("not this");
    }

    @Test
    void showsNoMoreThanWarningsOfLibraries() {
        String text = logged(from(Level.DEBUG), logs -> {
            logs.getLogger("a6runner.x").debug("ours");
            logs.getLogger("io.netty.channel").info("theirs");
            logs.getLogger("org.apache.felix.framework").info("theirs");
            logs.getLogger("io.netty.channel").warn("warned");
        });
        assertThat(text).contains("ours", "warned").doesNotContain("theirs");
    }

    @Test
    void keepsLibrariesQuietWhenTheLevelOfAllIsLoweredLater() {
        String text = logged(from(Level.WARN), logs -> {
            new LiveLevels(logs, "stdout").set(LogLevels.ROOT, "debug");
            logs.getLogger("a6runner.x").debug("ours");
            logs.getLogger("io.netty.channel").debug("theirs");
        });
        assertThat(text).contains("ours").doesNotContain("theirs");
    }

    @Test
    void showsWhatIsAskedForByName() {
        String text = logged(new LogPlan(Level.INFO, Map.of("io.netty", Level.DEBUG, "com.example", Level.ERROR), Level.TRACE, false, null), logs -> {
            logs.getLogger("io.netty.channel").debug("theirs");
            logs.getLogger("com.example.Chatty").warn("chatter");
        });
        assertThat(text).contains("theirs").doesNotContain("chatter");
    }

    @Test
    void asksWhatTheThreadWorksOn() {
        LogSetup.askContext(() -> "plugin=p request=7");
        String text = logged(from(Level.INFO), logs -> {
            Logger log = logs.getLogger("a6runner.x");
            log.info("one");
            LogSetup.askContext(() -> {
                throw new IllegalStateException("gone");
            });
            log.info("two");
        });
        assertThat(text).containsPattern("one \\[x \\S+ plugin=p request=7\\]").containsPattern("two \\[x \\S+\\]");
    }

    @Test
    void writesAFileAndRenamesItWhenItGetsTooLong(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a (1).log");
        LogPlan plan = new LogPlan(Level.INFO, Map.of(), Level.WARN, true, new LogPlan.RotatedFile(file, 10_000, 2));
        String stdout = logged(plan, logs -> {
            Logger log = logs.getLogger("a6runner.x");
            log.info("for the file alone");
            log.warn("for both", new IllegalStateException("why"));
            for (int i = 0; !Files.exists(folder.resolve("a (1).log.2")); i++) {
                log.info("line {}", i); // its length is looked at twice a second
            }
        });
        assertThat(stdout).startsWith("WARN  for both | java.lang.IllegalStateException: why, at a6runner.launcher.log.LogSetupTest").hasLineCount(1);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("a (1).log", "a (1).log.1", "a (1).log.2");
        }
        assertThat(Files.readString(folder.resolve("a (1).log.2"))).contains("for the file alone", "WARN  for both", "\tat a6runner.launcher.log.LogSetupTest");
    }

    @Test
    void writesNothingToStdoutThatIsTurnedOff(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("log");
        String stdout = logged(new LogPlan(Level.INFO, Map.of(), Level.OFF, false, new LogPlan.RotatedFile(file, 10_000, 2)),
                logs -> logs.getLogger("a6runner.x").error("failed"));
        assertThat(stdout).isEmpty();
        assertThat(Files.readString(file)).contains("ERROR failed");
    }
}
