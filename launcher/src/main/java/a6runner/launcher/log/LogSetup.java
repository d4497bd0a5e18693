// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import a6runner.spi.LogLevels;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/**
 * Sets logging up for core and plugins: one line per event on stdout, as service managers, containers and APISIX's agent want it.
 * Logback finds this class as a service before it looks for files, so none is searched for or parsed.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

    /** When, how grave, what, and who says it; line breaks within a message can't forge a second event, nor control
     * characters a terminal's screen. */
    private static final String PATTERN = "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %replace(%replace(%msg){'\\s*[\\r\\n]+\\s*', ' | '}){'[\\x00-\\x08\\x0b-\\x1f\\x7f]', '?'} [%logger{0} %thread]%n%ex";

    private static volatile Level level = Level.INFO;

    /** Says from which level on events are logged; to be called before the first logger is asked for. */
    public static void from(String leastLevel) {
        level = Level.toLevel(leastLevel, Level.INFO);
    }

    /** The levels, to be looked at and changed while the runner runs. */
    public static LogLevels levels() {
        return new LiveLevels((LoggerContext) LoggerFactory.getILoggerFactory(), "stdout");
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(PATTERN);
        encoder.start();

        ConsoleAppender<ILoggingEvent> stdout = new ConsoleAppender<>();
        stdout.setContext(context);
        stdout.setName("stdout");
        stdout.setEncoder(encoder);
        stdout.start();

        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(stdout);
        root.setLevel(level);
        quieten(context, "io.netty");
        quieten(context, "org.apache.felix");
        quieten(context, OsgiLog.ON_BEHALF.replace(".", ""));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Of these only warnings are of use to an operator, whatever the level of all else. */
    private static void quieten(LoggerContext context, String name) {
        if (!level.isGreaterOrEqual(Level.WARN)) {
            context.getLogger(name).setLevel(Level.WARN);
        }
    }
}
