// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * An event as text: when, how grave, what, and in brackets who says it, on which thread, and what is in the context. One line, and behind it a line for each
 * of its exception's, which begins with a tab; nothing that is logged can make a line that begins otherwise, nor control a terminal. The terse form leaves out
 * the time, which the log it goes into has, and puts an exception's bare bones into the line.
 *
 * <p>Called on the thread that logs. Any thread.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {

    /** APISIX's agent hands on what a runner prints in pieces of 3,800 bytes (APISIX.md §10). */
    static final int TERSE_MAX = 3_000;
    static final int MESSAGE_MAX = 16_000;
    private static final int TRACE_LINES_MAX = 100;
    private static final int TERSE_FRAMES = 3;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

    private final boolean terse;
    private final Supplier<String> context;

    /** A layout; {@code context} is asked on the thread that logs what that works on, "" if on nothing that is known. */
    LineLayout(boolean terse, Supplier<String> context) {
        this.terse = terse;
        this.context = context;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(256);
        if (!terse) {
            TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()).atZone(ZoneId.systemDefault()), line);
            line.append(' ');
        }
        line.append(event.getLevel()).append(event.getLevel().toString().length() < 5 ? "  " : " ");
        append(line, event.getFormattedMessage(), terse ? TERSE_MAX / 2 : MESSAGE_MAX);
        if (terse && event.getThrowableProxy() != null) {
            appendBones(line, event.getThrowableProxy());
            cut(line, TERSE_MAX - TERSE_MAX / 10);
        }
        appendSource(line, event);
        line.append('\n');
        if (!terse && event.getThrowableProxy() != null) {
            appendTrace(line, event.getThrowableProxy());
        }
        return line.toString();
    }

    private void appendSource(StringBuilder line, ILoggingEvent event) {
        String name = event.getLoggerName();
        line.append(" [");
        append(line, name.substring(name.lastIndexOf('.') + 1), 100);
        if (!terse) {
            line.append(' ');
            append(line, event.getThreadName(), 100);
        }
        String here = context.get();
        if (!here.isEmpty()) {
            line.append(' ');
            append(line, here, 200);
        }
        Map<String, String> own = event.getMDCPropertyMap();
        if (!own.isEmpty()) {
            new TreeMap<>(own).forEach((key, value) -> {
                line.append(' ');
                append(line, key + "=" + value, 100);
            });
        }
        line.append(']');
    }

    private static void appendTrace(StringBuilder text, IThrowableProxy thrown) {
        int lines = 0;
        for (String traced : ThrowableProxyUtil.asString(thrown).split("\\R")) {
            if (++lines > TRACE_LINES_MAX) {
                text.append("\t… (cut)\n");
                return;
            }
            text.append('\t');
            append(text, traced.stripLeading(), MESSAGE_MAX);
            text.append('\n');
        }
    }

    /** Classes and messages of an exception and its causes, and where the last of them was thrown. */
    private static void appendBones(StringBuilder line, IThrowableProxy thrown) {
        IThrowableProxy root = thrown;
        for (IThrowableProxy each = thrown; each != null; each = each.getCause()) {
            line.append(each == thrown ? " | " : ", caused by ");
            append(line, each.getClassName() + (each.getMessage() == null ? "" : ": " + each.getMessage()), TERSE_MAX / 4);
            root = each;
        }
        StackTraceElementProxy[] frames = root.getStackTraceElementProxyArray();
        for (int i = 0; i < Math.min(TERSE_FRAMES, frames.length); i++) {
            line.append(i == 0 ? ", at " : " < ");
            append(line, frames[i].getStackTraceElement().toString(), 200);
        }
    }

    private static void cut(StringBuilder line, int max) {
        if (line.length() > max) {
            line.setLength(max);
            line.append("… (cut)");
        }
    }

    /** Appends a text that may say anything: as one line of what can be printed. */
    private static void append(StringBuilder line, String text, int max) {
        String said = String.valueOf(text);
        boolean broken = false;
        for (int i = 0; i < said.length(); i++) {
            if (i >= max) {
                line.append("… (cut, ").append(said.length() - max).append(" more)");
                return;
            }
            char c = said.charAt(i);
            if (c == '\n' || c == '\r') {
                broken = true;
                continue;
            }
            if (broken && Character.isWhitespace(c)) {
                continue;
            }
            if (broken) {
                line.append(" | ");
                broken = false;
            }
            line.append(harmless(c) ? c : '?');
        }
    }

    private static boolean harmless(char c) {
        if (c == '\t') {
            return true;
        }
        int type = Character.getType(c); // FORMAT: what makes text run backwards, or hides
        return type != Character.CONTROL && type != Character.FORMAT && type != Character.LINE_SEPARATOR && type != Character.PARAGRAPH_SEPARATOR;
    }
}
