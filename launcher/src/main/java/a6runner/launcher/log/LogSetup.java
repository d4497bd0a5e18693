// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import a6runner.spi.LogLevels;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * Sets logging up for core and plugins. Logback finds this class as a service before it looks for files, so none is searched for or parsed. What is logged
 * before {@link #by} goes to stdout.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

    private static final Duration LAST_LINES = Duration.ofSeconds(1);

    private static final int SIZE_LOOK_MILLIS = 500;

    private static volatile LogPlan plan = LogPlan.DEFAULT;
    private static volatile Supplier<String> context = () -> "";
    private static volatile Stdout stdout;

    /** Says what is logged and where; to be called before the first logger is asked for. */
    public static void by(LogPlan newPlan) {
        plan = newPlan;
        System.setProperty("slf4j.provider", LogProvider.class.getName());
        System.setProperty("slf4j.internal.verbosity", "WARN"); // else slf4j tells that it does so
    }

    /** Says whom to ask, on the thread that logs, what that thread works on; null for nobody. */
    public static void askContext(Supplier<String> newContext) {
        context = newContext == null ? () -> "" : newContext;
    }

    /** The levels, to be looked at and changed while the runner runs. */
    public static LogLevels levels() {
        return new LiveLevels((LoggerContext) LoggerFactory.getILoggerFactory(), plan.destination());
    }

    /** Prints a line on stdout that is the program's own word and not an event, behind what was logged before. */
    public static void say(String line) {
        Stdout own = stdout;
        if (own == null) {
            System.out.println(line);
        } else {
            own.say(line);
        }
    }

    /** Waits a moment for what is to go to stdout; to be called before the program ends. */
    public static void flush() {
        Stdout own = stdout;
        if (own != null) {
            own.flush(LAST_LINES);
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext logback) {
        LogPlan by = plan;
        Logger root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(by.root());
        Stdout out = new Stdout(layout(logback, by.terse()), System.out);
        out.setContext(logback);
        out.start();
        stdout = out;
        if (by.stdout() != Level.OFF) {
            if (by.file() != null) {
                only(by.stdout(), out, logback);
            }
            root.addAppender(out);
        }
        if (by.file() != null) {
            root.addAppender(file(logback, by.file()));
        }
        by.loggers().forEach((name, level) -> logback.getLogger(name).setLevel(level));
        quieten(logback, by, "io.netty");
        quieten(logback, by, "org.apache.felix");
        quieten(logback, by, OsgiLog.ON_BEHALF.replace(".", ""));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static LineLayout layout(LoggerContext logback, boolean terse) {
        LineLayout layout = new LineLayout(terse, LogSetup::here);
        layout.setContext(logback);
        layout.start();
        return layout;
    }

    private static String here() {
        try {
            return context.get();
        } catch (RuntimeException | LinkageError e) {
            return ""; // whoever is asked is going
        }
    }

    private static void only(Level least, Appender<ILoggingEvent> appender, LoggerContext logback) {
        ThresholdFilter filter = new ThresholdFilter();
        filter.setContext(logback);
        filter.setLevel(least.toString());
        filter.start();
        appender.addFilter(filter);
    }

    // On a disk, and with logback's own: a write may be slow, but it doesn't wait for anybody.
    private static RollingFileAppender<ILoggingEvent> file(LoggerContext logback, LogPlan.RotatedFile rotated) {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(logback);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout(logback, false));
        encoder.start();

        RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
        file.setContext(logback);
        file.setName("file");
        file.setFile(rotated.path().toString());
        file.setEncoder(encoder);

        FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
        rolling.setContext(logback);
        rolling.setParent(file);
        rolling.setFileNamePattern(rotated.path().toString() + ".%i");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(rotated.kept());
        rolling.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(logback);
        size.setCheckIncrement(ch.qos.logback.core.util.Duration.buildByMilliseconds(SIZE_LOOK_MILLIS)); // else a minute, in which a flood may fill the disk
        size.setMaxFileSize(new FileSize(rotated.bytes()));
        size.start();
        file.setRollingPolicy(rolling);
        file.setTriggeringPolicy(size);
        file.start();
        return file;
    }

    /** Of these only warnings are of use to an operator, whatever the level of all else; unless they are asked for by name. */
    private static void quieten(LoggerContext logback, LogPlan by, String name) {
        if (!by.loggers().containsKey(name)) {
            logback.getLogger(name).setLevel(by.root().isGreaterOrEqual(Level.WARN) ? by.root() : Level.WARN);
        }
    }
}
