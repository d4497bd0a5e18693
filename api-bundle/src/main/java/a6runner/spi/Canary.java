// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * How a new version is tried: which share of the calls it gets, and what makes it worse than the version before. Immutable.
 *
 * @param share of the calls, from 0 to 1
 * @param sticky what decides instead of chance, {@code header:NAME} or {@code var:NAME}: equal values get the same version; empty for chance
 * @param windowMillis so far back it is looked
 * @param minCalls so many calls the new version must have had in that time before it is judged
 * @param errorMargin by how much its share of errors may be above that of the version before, from 0 to 1
 * @param p99Factor how many times that of the version before its 99th percentile may be; it is judged only where it is {@link #P99_LEAST_MILLIS} longer, too
 */
public record Canary(double share, String sticky, long windowMillis, int minCalls, double errorMargin, double p99Factor) {

    /** Differences of the 99th percentile below this are chance, or cold code. */
    public static final long P99_LEAST_MILLIS = 10;
    /** What holds where a key isn't given. */
    private static final Map<String, String> DEFAULTS = Map.of("sticky", "", "window", "60s", "min-calls", "200", "error-margin", "1%", "p99-factor", "2");
    private static final String SHARE = "share";

    /**
     * Reads it from texts by key.
     *
     * @throws IllegalArgumentException if a key or a value is wrong; the message is a sentence for the operator
     */
    public static Canary of(Map<String, String> texts) {
        for (String key : texts.keySet()) {
            if (!key.equals(SHARE) && !DEFAULTS.containsKey(key)) {
                String nearest = Nearest.to(key, keys());
                throw new IllegalArgumentException(key + ": there is no such key (expected: " + String.join(", ", keys()) + (nearest == null ? ")" : "; did you mean " + nearest + "?)"));
            }
        }
        if (!texts.containsKey(SHARE)) {
            throw new IllegalArgumentException("share is missing (such as share=5%): which share of the calls the newest version is to get");
        }
        Map<String, String> all = new TreeMap<>(DEFAULTS);
        texts.forEach((key, text) -> all.put(key, text.strip()));
        return new Canary(percent(SHARE, all), sticky(all.get("sticky")), window(all.get("window")), (int) number("min-calls", all, 1, 1_000_000), percent("error-margin", all),
                number("p99-factor", all, 1, 1_000));
    }

    /** The keys that there are. */
    public static List<String> keys() {
        List<String> keys = new ArrayList<>(DEFAULTS.keySet());
        keys.add(SHARE);
        keys.sort(null);
        return keys;
    }

    private static double percent(String key, Map<String, String> texts) {
        String text = texts.get(key);
        double percent = text.endsWith("%") ? parse(text.substring(0, text.length() - 1)) : -1;
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException(key + ": \"" + text + "\" (expected: a percentage from 0% to 100%, such as 5%)");
        }
        return percent / 100;
    }

    private static double number(String key, Map<String, String> texts, double least, double most) {
        double number = parse(texts.get(key));
        if (!(number >= least && number <= most)) {
            throw new IllegalArgumentException(key + ": \"" + texts.get(key) + "\" (expected: a number from " + text(least) + " to " + text(most) + ")");
        }
        return number;
    }

    private static double parse(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static long window(String text) {
        long millis = Settings.parseDuration(text);
        if (millis < 1_000 || millis > TimeUnit.HOURS.toMillis(1)) {
            throw new IllegalArgumentException("window: \"" + text + "\" (expected: a duration from 1s to 1h, such as 60s)");
        }
        return millis;
    }

    private static String sticky(String text) {
        if (!text.isEmpty() && !text.matches("(header|var):[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("sticky: \"" + text + "\" (expected: header:NAME or var:NAME, such as header:x-user or var:remote_addr)");
        }
        return text;
    }

    private static String text(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : String.format(Locale.ROOT, "%s", number);
    }

    private static String percent(double share) {
        return text(Math.round(share * 1_000_000) / 10_000.0) + "%";
    }

    /** The share as a text, such as {@code 5%}. */
    public String percent() {
        return percent(share);
    }

    /** All of it as texts, from which {@link #of} makes the same. */
    public Map<String, String> texts() {
        return new TreeMap<>(Map.of(SHARE, percent(), "sticky", sticky, "window", windowMillis + "ms", "min-calls", Integer.toString(minCalls), "error-margin", percent(errorMargin),
                "p99-factor", text(p99Factor)));
    }
}
