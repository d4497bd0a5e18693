// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a line looks like; and that nothing that a plugin logs makes a line that looks as if somebody else had logged it. */
class LineLayoutTest {

    private static final String FORGED = "2026-11-22 00:21:13.103 ERROR all is lost [Forged main]";

    private final LoggerContext logs = new LoggerContext();
    private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();
    private final Logger log = logs.getLogger("com.example.Some");
    private String context = "";

    private String line(boolean terse, String message, Throwable thrown) {
        logs.setMDCAdapter(mdc);
        return new LineLayout(terse, () -> context).doLayout(new LoggingEvent(null, log, Level.WARN, message, thrown, null));
    }

    @Test
    void saysWhenWhatAndWho() {
        context = "plugin=p request=7";
        mdc.put("tenant", "x");
        assertThat(line(false, "it is so", null)).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  it is so \\[Some \\S+ plugin=p request=7 tenant=x\\]\n");
        assertThat(line(true, "it is so", null)).isEqualTo("WARN  it is so [Some plugin=p request=7 tenant=x]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085", "\u000b", "\f", "\n\t\n"})
    void neverBeginsALineWithWhatAMessageSays(String lineBreak) {
        String message = "first" + lineBreak + FORGED;
        mdc.put("key" + lineBreak + FORGED, lineBreak + FORGED);
        context = "plugin=" + lineBreak + FORGED;
        Throwable thrown = new IllegalStateException(message, new IllegalArgumentException(message));
        for (boolean terse : new boolean[] {false, true}) {
            String[] lines = line(terse, message, thrown).split("\\R|\u000b|\f");
            assertThat(lines[0]).contains("first", FORGED);
            for (int i = 1; i < lines.length; i++) {
                assertThat(lines[i]).startsWith("\t");
            }
        }
    }

    @Test
    void takesTheTeethOutOfWhatControlsATerminal() {
        assertThat(line(true, "a\u001b[2Jb\u009b31mc\u202egnp\tz\0", null)).startsWith("WARN  a?[2Jb?31mc?gnp\tz?").doesNotContain("\u001b", "\u009b", "\u202e");
    }

    @Test
    void putsAnExceptionsBonesIntoATerseLine() {
        Throwable thrown = new IllegalStateException("it failed", new IllegalArgumentException());
        assertThat(line(true, "called", thrown)).matches("WARN  called \\| java.lang.IllegalStateException: it failed, caused by java.lang.IllegalArgumentException, at "
                + "a6runner.launcher.log.LineLayoutTest\\S+ < .+ < .+ \\[Some\\]\n");
    }

    @Test
    void keepsATerseLineWithinOnePieceOfApisixsLog() {
        Throwable thrown = new IllegalStateException("x".repeat(5_000), new IllegalStateException("y".repeat(5_000), new IllegalStateException("z".repeat(5_000))));
        assertThat(line(true, "m".repeat(5_000), thrown)).hasSizeLessThan(3_500).contains("cut").endsWith("[Some]\n");
    }

    @Test
    void cutsWhatNobodyReads() {
        assertThat(line(false, "m".repeat(100_000), null)).hasSizeLessThan(17_000).contains("… (cut, 84000 more)");
        assertThat(line(false, "", endless(1_000))).satisfies(text -> assertThat(text.lines().count()).isLessThan(110)).contains("java.lang.StackOverflowError");
    }

    private static Throwable endless(int depth) {
        if (depth > 0) {
            return endless(depth - 1);
        }
        return new StackOverflowError();
    }
}
