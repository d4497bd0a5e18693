// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

import static org.assertj.core.api.Assertions.assertThat;

class LogSetupTest {

    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void resetLevel() {
        LogSetup.from("info");
        context.stop();
    }

    private String logged(String level, Consumer<LoggerContext> task) {
        PrintStream stdout = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            LogSetup.from(level);
            context.setMDCAdapter(new LogbackMDCAdapter());
            LogSetup setup = new LogSetup();
            setup.setContext(context);
            setup.configure(context);
            task.accept(context);
        } finally {
            System.setOut(stdout);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesOneLineForAnEvent() {
        String text = logged("info", logs -> logs.getLogger("a6runner.runner.Chain").info("conf {} names\nno plugin\r\n  at all", 17));
        assertThat(text).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  conf 17 names \\| no plugin \\| at all \\[Chain .*\\]\\R");
    }

    @Test
    void keepsToTheLevel() {
        String text = logged("warn", logs -> {
            Logger log = logs.getLogger("a6runner.x");
            log.info("not this");
            log.warn("but this");
        });
        assertThat(text).contains("but this").doesNotContain("not this");
    }

    @Test
    void showsNoMoreThanWarningsOfLibraries() {
        String text = logged("debug", logs -> {
            logs.getLogger("a6runner.x").debug("ours");
            logs.getLogger("io.netty.channel").info("theirs");
            logs.getLogger("org.apache.felix.framework").info("theirs");
            logs.getLogger("io.netty.channel").warn("warned");
        });
        assertThat(text).contains("ours", "warned").doesNotContain("theirs");
    }

    @Test
    void showsStackTraces() {
        String text = logged("info", logs -> logs.getLogger("a6runner.x").error("failed", new IllegalStateException("why")));
        assertThat(text).contains("ERROR failed").contains("java.lang.IllegalStateException: why").contains("at a6runner.launcher.log.LogSetupTest");
    }
}
