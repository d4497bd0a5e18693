// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings in force: framework properties named {@value #PREFIX} + key, defaults where there is none. Immutable; any thread. Values were checked
 * by the launcher; one that is wrong all the same throws {@link IllegalArgumentException} naming key and value.
 */
public final class Settings {

    /** What stands before a key in a framework property's name. */
    public static final String PREFIX = "a6runner.";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,12})(|kB|MB|GB)");

    private static final long MAX_MILLIS = 8_760 * 3_600_000L; // in nanoseconds, and added to a clock, it must not overflow

    private final UnaryOperator<String> properties;

    /** Reads through a function from property name to value or null, such as {@code bundleContext::getProperty}. */
    public Settings(UnaryOperator<String> properties) {
        this.properties = properties;
    }

    /** The value as text. */
    public String text(Setting setting) {
        String value = properties.apply(PREFIX + setting.key());
        return value == null ? setting.defaultValue() : checked(setting.key(), setting.kind(), value);
    }

    /** A duration in nanoseconds. */
    public long nanos(Setting setting) {
        return parseDuration(text(setting)) * 1_000_000;
    }

    /** A whole number. */
    public int count(Setting setting) {
        return Integer.parseInt(text(setting));
    }

    /** A size in bytes. */
    public long bytes(Setting setting) {
        return parseBytes(text(setting));
    }

    /** A value for one plugin as text, null if there is none for this plugin. */
    public String ofPlugin(String plugin, Setting.OfPlugin setting) {
        String key = setting.key(plugin);
        String value = properties.apply(PREFIX + key);
        return value == null ? null : checked(key, setting.kind(), value);
    }

    private static String checked(String key, Setting.Kind kind, String value) {
        if (!kind.accepts(value)) {
            throw new IllegalArgumentException(key + ": \"" + value + "\" (expected: " + kind.expected() + ")");
        }
        return value;
    }

    /** Milliseconds of a duration such as {@code 30s}; -1 if it is none, or longer than a year. */
    public static long parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return -1;
        }
        long number = Long.parseLong(matcher.group(1));
        long millis;
        switch (matcher.group(2)) {
            case "ms":
                millis = number;
                break;
            case "s":
                millis = number * 1_000;
                break;
            case "m":
                millis = number * 60_000;
                break;
            default:
                millis = number * 3_600_000;
        }
        return millis <= MAX_MILLIS ? millis : -1;
    }

    /** Bytes of a size such as {@code 16MB} (1 kB is 1,000 bytes); -1 if it is none. */
    public static long parseBytes(String text) {
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            return -1;
        }
        long number = Long.parseLong(matcher.group(1));
        switch (matcher.group(2)) {
            case "kB":
                return number * 1_000;
            case "MB":
                return number * 1_000_000;
            case "GB":
                return number * 1_000_000_000;
            default:
                return number;
        }
    }
}
