// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.json;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON object (RFC 8259) whose values are strings, numbers, booleans or null: the conf of a plugin. Immutable; any thread; never blocks.
 *
 * <p>A wrong text, a missing or a mistyped value throws {@link IllegalArgumentException} with a sentence for the person who wrote the conf.
 */
public final class FlatJson {

    private final Map<String, Object> values;

    FlatJson(Map<String, Object> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    /**
     * Reads an object; a blank text is taken for an empty one, as a route may name a plugin without giving it a conf.
     *
     * @throws IllegalArgumentException if the text is not JSON, not an object or not flat; the message names the place
     */
    public static FlatJson parse(String text) {
        return new FlatJson(new FlatJsonReader(text).read());
    }

    /** The values by key, in the text's order: String, BigDecimal, Boolean or null; unmodifiable. */
    public Map<String, Object> values() {
        return values;
    }

    /**
     * Refuses keys that nobody reads, since a misspelt key would otherwise be a setting that silently doesn't work.
     *
     * @return this
     * @throws IllegalArgumentException if there is another key; the message names the nearest right one
     */
    public FlatJson only(String... keys) {
        unknownKey(keys).ifPresent(sentence -> {
            throw new IllegalArgumentException(sentence);
        });
        return this;
    }

    /** A sentence on the first key that is none of these, with the nearest right one; empty if there is no such key. For confs that may hold other keys. */
    public Optional<String> unknownKey(String... keys) {
        List<String> known = List.of(keys);
        return values.keySet().stream().filter(key -> !known.contains(key)).findFirst()
                .map(key -> "unknown key \"" + key + "\": did you mean \"" + nearest(key, known) + "\"? (expected: " + String.join(", ", known) + ")");
    }

    /** Whether the key is there, with another value than null. */
    public boolean has(String key) {
        return values.get(key) != null;
    }

    /**
     * A text.
     *
     * @return {@code otherwise} if the key is missing or null
     * @throws IllegalArgumentException if the value is a number or boolean
     */
    public String text(String key, String otherwise) {
        Object value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(key + ": " + value + " (expected: a text in quotes)");
    }

    /**
     * A whole number, as a number (401, 401.0) or as a text that holds one ("401").
     *
     * @throws IllegalArgumentException if it is missing, null or not a whole number of an int's range
     */
    public int whole(String key) {
        Object value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing (expected: a whole number)");
        }
        if (!(value instanceof Boolean)) {
            try {
                return new BigDecimal(value.toString().strip()).intValueExact();
            } catch (ArithmeticException | NumberFormatException e) {
                // Falls through to the one message for all that is not a whole number.
            }
        }
        throw new IllegalArgumentException(key + ": " + value + " (expected: a whole number)");
    }

    /**
     * A whole number of a range, as {@link #whole(String)}.
     *
     * @throws IllegalArgumentException if it is missing, null or not a whole number from {@code least} to {@code most}
     */
    public int whole(String key, int least, int most) {
        int number = whole(key);
        if (number < least || number > most) {
            throw new IllegalArgumentException(key + ": " + number + " (expected: a whole number from " + least + " to " + most + ")");
        }
        return number;
    }

    /**
     * The status of a response, as {@link #whole(String)}.
     *
     * @throws IllegalArgumentException if it is missing, null or a status with which APISIX would close the client's connection (APISIX.md §7)
     */
    public int status(String key) {
        int status = whole(key);
        if (status < 200 || status > 999 || status == 444 || status == 499) {
            throw new IllegalArgumentException(key + ": " + status + " (expected: a status from 200 to 999, but neither 444 nor 499)");
        }
        return status;
    }

    /**
     * The name of something whose value stands under a key of its own; a name may stand there without a value.
     *
     * @return null if neither is there
     * @throws IllegalArgumentException if the name is no text or empty, or if there is a value but no name
     */
    public String nameOf(String nameKey, String valueKey) {
        String name = text(nameKey, null);
        if (name == null && has(valueKey)) {
            throw new IllegalArgumentException(nameKey + " is missing (expected: the name for " + valueKey + ")");
        }
        if (name != null && name.isBlank()) {
            throw new IllegalArgumentException(nameKey + ": \"" + name + "\" (expected: a name)");
        }
        return name;
    }

    private static String nearest(String key, List<String> known) {
        String nearest = known.get(0);
        for (String candidate : known) {
            if (distance(key, candidate) < distance(key, nearest)) {
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Levenshtein's distance, row by row. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
