// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StdoutTest {

    private static final int LONG = 1_000;

    private final PipedInputStream read = new PipedInputStream(100);
    private final Stdout stdout;

    StdoutTest() throws IOException {
        stdout = new Stdout(new LayoutBase<ILoggingEvent>() {
            @Override
            public String doLayout(ILoggingEvent event) {
                return event.getFormattedMessage();
            }
        }, new PrintStream(new PipedOutputStream(read), true, StandardCharsets.UTF_8));
        stdout.start();
    }

    @Test
    void neitherWaitsForWhoDoesNotReadNorHidesWhatIsLostByThat() throws Exception {
        int lines = 3_000;
        for (int i = 0; i < lines; i++) {
            stdout.say("x".repeat(LONG)); // returns, though nobody reads
        }
        stdout.flush(Duration.ofMillis(1));
        StringBuilder text = new StringBuilder();
        byte[] bytes = new byte[LONG];
        while (text.indexOf("are lost") < 0) {
            text.append(new String(bytes, 0, read.read(bytes), StandardCharsets.UTF_8));
        }
        List<String> told = text.toString().lines().filter(line -> line.contains("lost")).toList();
        assertThat(told).hasSize(1);
        long lost = Long.parseLong(told.get(0).replaceAll(".* (\\d+) lines.*", "$1"));
        assertThat(lost).isBetween(1_900L, 2_100L);
    }

    @Test
    void flushReturnsWhenAllIsWritten() throws Exception {
        stdout.say("one");
        stdout.flush(Duration.ofSeconds(20));
        assertThat(read.available()).isEqualTo("one".length() + System.lineSeparator().length());
    }
}
