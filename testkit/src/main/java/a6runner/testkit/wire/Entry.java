// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * A name with a value ({@code A6.TextEntry}): one header, argument, or plugin of a conf.
 *
 * @param name null if the entry has none, which APISIX never sends and never survives (APISIX.md §3)
 * @param value null if the entry has none: a valueless argument, or a deletion
 */
public record Entry(Text name, Text value) {

    private static final int NAME = 0;
    private static final int VALUE = 1;

    /** An entry of strings, either of them null for absent. */
    public static Entry of(String name, String value) {
        return new Entry(Text.of(name), Text.of(value));
    }

    /** Entries from name, value, name, value … */
    public static List<Entry> list(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("names and values: " + namesAndValues.length + " strings (expected: an even number)");
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            entries.add(of(namesAndValues[i], namesAndValues[i + 1]));
        }
        return entries;
    }

    /** Whether the entry has this name, ASCII letters in either case. */
    public boolean isNamed(String other) {
        return name != null && name.toString().equalsIgnoreCase(other);
    }

    static List<FlatTable> tables(List<Entry> entries) {
        return entries == null ? null : entries.stream().map(entry -> new FlatTable().string(NAME, entry.name).string(VALUE, entry.value)).toList();
    }

    static List<Entry> read(List<FlatReader> tables) {
        return tables == null ? null : tables.stream().map(table -> new Entry(table.string(NAME), table.string(VALUE))).toList();
    }

    /** {@code name=value}, or the name alone. */
    @Override
    public String toString() {
        return value == null ? String.valueOf(name) : name + "=" + value;
    }
}
