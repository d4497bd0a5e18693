// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import org.osgi.framework.Bundle;
import org.osgi.service.log.FormatterLogger;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerConsumer;
import org.osgi.service.log.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;

/**
 * OSGi's log service, which Declarative Services and Configuration Admin log to where there is one, and to stderr otherwise: takes their
 * messages to where all others go. Loggers have the same methods for each level, hence one handler behind a proxy; none of this is on the
 * path of a call.
 */
public final class OsgiLog implements LoggerFactory {

    /** Before the names of loggers that one bundle uses on behalf of another, as Declarative Services does: {@link LogSetup} quietens them. */
    static final String ON_BEHALF = "osgi.";

    private final Predicate<Bundle> core;

    /** An exception in a component of a bundle that {@code core} knows is said in one line, as the launcher's own are. */
    public OsgiLog(Predicate<Bundle> core) {
        this.core = core;
    }

    @Override
    public Logger getLogger(String name) {
        return getLogger(name, Logger.class);
    }

    @Override
    public Logger getLogger(Class<?> type) {
        return getLogger(type.getName(), Logger.class);
    }

    @Override
    public <L extends Logger> L getLogger(Class<?> type, Class<L> loggerType) {
        return getLogger(type.getName(), loggerType);
    }

    @Override
    public <L extends Logger> L getLogger(String name, Class<L> loggerType) {
        return logger(name, loggerType, false);
    }

    @Override
    public <L extends Logger> L getLogger(Bundle bundle, String name, Class<L> loggerType) {
        return logger(ON_BEHALF + name, loggerType, core.test(bundle));
    }

    private static <L extends Logger> L logger(String name, Class<L> loggerType, boolean oneLine) {
        if (loggerType != Logger.class && loggerType != FormatterLogger.class) {
            throw new IllegalArgumentException("loggerType: " + loggerType + " (expected: Logger or FormatterLogger)");
        }
        Handler handler = new Handler(org.slf4j.LoggerFactory.getLogger(name), loggerType == FormatterLogger.class, oneLine);
        return loggerType.cast(Proxy.newProxyInstance(OsgiLog.class.getClassLoader(), new Class<?>[] {loggerType}, handler::invoke));
    }

    private record Handler(org.slf4j.Logger log, boolean printf, boolean oneLine) {

        Object invoke(Object logger, Method method, Object[] arguments) throws Exception {
            String name = method.getName();
            switch (name) {
                case "getName":
                    return log.getName();
                case "equals":
                    return logger == arguments[0];
                case "hashCode":
                    return System.identityHashCode(logger);
                case "toString":
                    return "Logger " + log.getName();
                default:
                    break;
            }
            boolean asksLevel = name.startsWith("is");
            Level level = level(asksLevel ? name.substring("is".length(), name.length() - "Enabled".length()) : name);
            boolean enabled = log.isEnabledForLevel(level);
            if (asksLevel) {
                return enabled;
            }
            if (enabled && arguments[0] instanceof LoggerConsumer) {
                accept((LoggerConsumer<?>) arguments[0], (Logger) logger);
            } else if (enabled) {
                log(level, (String) arguments[0], flat(arguments));
            }
            return null;
        }

        private static Level level(String name) {
            return name.equals("audit") ? Level.INFO : Level.valueOf(name.toUpperCase(Locale.ROOT));
        }

        private static void accept(LoggerConsumer<?> consumer, Logger logger) throws Exception {
            consumer.accept(logger);
        }

        /** What comes after the format: one or two values, or an array of them. */
        private static Object[] flat(Object[] arguments) {
            return arguments.length == 2 && arguments[1] instanceof Object[] ? (Object[]) arguments[1] : Arrays.copyOfRange(arguments, 1, arguments.length);
        }

        private void log(Level level, String format, Object[] values) {
            Object last = values.length == 0 ? null : values[values.length - 1];
            Throwable thrown = last instanceof Throwable ? (Throwable) last : null;
            Object[] named = thrown == null ? values : Arrays.copyOf(values, values.length - 1);
            String message = printf ? String.format(Locale.ROOT, format, named) : MessageFormatter.basicArrayFormat(format, named);
            if (thrown != null && oneLine) {
                log.atLevel(level).log("{}: {}", message, OneLine.of(root(thrown)));
            } else {
                log.atLevel(level).setCause(thrown).log("{}", message);
            }
        }

        private static Throwable root(Throwable thrown) {
            Throwable root = thrown;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return root;
        }
    }
}
