// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What most commands of the shell answer with: rows of named columns, as aligned text for people or as JSON for programs. Not thread-safe.
 *
 * <p>In JSON a row is an object whose keys are the columns' names, spaces as underscores; numbers stay numbers.
 */
public final class CommandTable {

    private final List<String> columns;
    private final List<Object[]> rows = new ArrayList<>();

    /** An empty table with these columns, by which text is headed. */
    public CommandTable(String... columns) {
        this.columns = List.of(columns);
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column: numbers (to the right), booleans, {@link Cell}s, lists, texts; null for nothing
     */
    public CommandTable row(Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException("cells: " + cells.length + " (expected: " + columns.size() + ")");
        }
        rows.add(cells);
        return this;
    }

    /**
     * A cell that says one thing to people and another to programs, such as a duration.
     *
     * @param text for people
     * @param value for JSON
     */
    public record Cell(String text, Object value) {

        /** A time in milliseconds: {@code 0.012 ms}, {@code 3.4 s}; null and below 0 for none. */
        public static Cell millis(double millis) {
            if (millis < 0 || Double.isNaN(millis)) {
                return new Cell("-", null);
            }
            String text = millis >= 10_000 ? String.format(Locale.ROOT, "%.1f s", millis / 1_000)
                    : millis >= 100 ? String.format(Locale.ROOT, "%.0f ms", millis)
                    : millis >= 1 ? String.format(Locale.ROOT, "%.1f ms", millis) : String.format(Locale.ROOT, "%.3f ms", millis);
            return new Cell(text, Math.round(millis * 1_000) / 1_000.0);
        }

        /** A time in nanoseconds, as milliseconds. */
        public static Cell nanos(long nanos) {
            return millis(nanos < 0 ? -1 : nanos / 1e6);
        }

        /** How long ago or how old in seconds: {@code 12 s}, {@code 5 min}, {@code 3 h}, {@code 2 d}. */
        public static Cell age(long seconds) {
            String text = seconds < 120 ? seconds + " s" : seconds < 7_200 ? seconds / 60 + " min" : seconds < 172_800 ? seconds / 3_600 + " h"
                    : seconds / 86_400 + " d";
            return new Cell(text, seconds);
        }

        boolean isRight() {
            return value instanceof Number || value == null;
        }
    }

    /** Whether there is no row. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The table for people, or for programs. */
    public String as(boolean json) {
        return json ? json() : text();
    }

    /** Aligned columns under their names; the last one as long as it is. */
    public String text() {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).length();
            for (Object[] row : rows) {
                widths[i] = Math.max(widths[i], shown(row[i]).length());
            }
        }
        StringBuilder text = new StringBuilder();
        line(text, columns.stream().map(name -> (Object) name.toUpperCase(Locale.ROOT)).toArray(), widths);
        for (Object[] row : rows) {
            line(text.append('\n'), row, widths);
        }
        return text.toString();
    }

    private void line(StringBuilder text, Object[] cells, int[] widths) {
        int begin = text.length();
        for (int i = 0; i < cells.length; i++) {
            String shown = shown(cells[i]);
            String pad = " ".repeat(widths[i] - shown.length());
            boolean right = isRight(i);
            text.append(i == 0 ? "" : "  ").append(right ? pad : "").append(shown).append(right ? "" : pad);
        }
        int end = text.length();
        while (end > begin && text.charAt(end - 1) == ' ') {
            end--;
        }
        text.setLength(end);
    }

    private boolean isRight(int column) {
        return !rows.isEmpty() && rows.stream().allMatch(row -> row[column] instanceof Number || row[column] instanceof Cell cell && cell.isRight());
    }

    private static String shown(Object cell) {
        Object shown = cell instanceof Cell two ? two.text() : cell;
        if (shown instanceof List<?> list) {
            shown = String.join(", ", list.stream().map(String::valueOf).toList());
        }
        return shown == null ? "" : printable(String.valueOf(shown));
    }

    /** What came from outside must not control a terminal. */
    static String printable(String text) {
        return text.chars().noneMatch(Character::isISOControl) ? text
                : text.chars().map(c -> Character.isISOControl(c) ? '?' : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** An array of objects. */
    public String json() {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Object[] row : rows) {
            Map<String, Object> object = new LinkedHashMap<>();
            for (int i = 0; i < row.length; i++) {
                object.put(columns.get(i).replace(' ', '_'), row[i] instanceof Cell cell ? cell.value() : row[i]);
            }
            objects.add(object);
        }
        return Json.of(objects);
    }
}
