// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import a6runner.spi.LogLevels;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The levels of logback's loggers, as those who look into a running runner see and change them. */
final class LiveLevels implements LogLevels {

    private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");

    private final LoggerContext context;
    private final Level rootAtStart;
    private final String destination;

    LiveLevels(LoggerContext context, String destination) {
        this.context = context;
        this.rootAtStart = context.getLogger(ROOT).getLevel();
        this.destination = destination;
    }

    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new LinkedHashMap<>();
        for (Logger logger : context.getLoggerList()) { // the root comes first
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), text(logger.getLevel()));
            }
        }
        return levels;
    }

    @Override
    public String level(String logger) {
        String name = name(logger);
        for (Logger known = context.exists(name); ; known = context.exists(name)) { // to ask for a logger would make one
            if (known != null) {
                return text(known.getEffectiveLevel());
            }
            int dot = name.lastIndexOf('.');
            name = dot < 0 ? ROOT : name.substring(0, dot);
        }
    }

    @Override
    public void set(String logger, String level) {
        String name = name(logger);
        if (level == null) {
            boolean root = name.equals(ROOT);
            Logger known = context.exists(name);
            if (known != null) {
                known.setLevel(root ? rootAtStart : null);
            }
            return;
        }
        String word = level.toLowerCase(Locale.ROOT);
        if (!LEVELS.contains(word)) {
            throw new IllegalArgumentException("level: \"" + level + "\" (expected: " + String.join(", ", LEVELS) + ")");
        }
        context.getLogger(name).setLevel(Level.valueOf(word));
    }

    @Override
    public String destination() {
        return destination;
    }

    private static String name(String logger) {
        if (logger == null || logger.isEmpty() || !logger.strip().equals(logger)) {
            throw new IllegalArgumentException("logger: " + (logger == null ? "null" : "\"" + logger + "\"") + " (expected: a class or package, or " + ROOT + ")");
        }
        return logger.equalsIgnoreCase(ROOT) ? ROOT : logger;
    }

    private static String text(Level level) {
        return level.toString().toLowerCase(Locale.ROOT);
    }
}
