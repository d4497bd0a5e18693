// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Iterator;
import java.util.Map;

/** Writes JSON (RFC 8259) for the answers of commands: maps, lists, texts, numbers, booleans and null; anything else by its {@code toString}. */
public final class Json {

    private Json() {
    }

    /** The value as JSON on one line; each element of an outermost list has a line of its own, so that line tools can work on it. */
    public static String of(Object value) {
        StringBuilder text = new StringBuilder();
        if (value instanceof Iterable<?> list) {
            list(text, list, ",\n ");
        } else {
            write(text, value);
        }
        return text.toString();
    }

    private static void write(StringBuilder text, Object value) {
        if (value == null || value instanceof Boolean || value instanceof Number number && !isOdd(number)) {
            text.append(value);
        } else if (value instanceof Number) {
            text.append("null"); // JSON has no NaN and no infinity
        } else if (value instanceof Map<?, ?> map) {
            String before = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                string(text.append(before), String.valueOf(entry.getKey()));
                write(text.append(": "), entry.getValue());
                before = ", ";
            }
            text.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Iterable<?> list) {
            list(text, list, ", ");
        } else {
            string(text, value.toString());
        }
    }

    private static boolean isOdd(Number number) {
        return Double.isNaN(number.doubleValue()) || Double.isInfinite(number.doubleValue());
    }

    private static void list(StringBuilder text, Iterable<?> list, String between) {
        text.append('[');
        for (Iterator<?> left = list.iterator(); left.hasNext();) {
            write(text, left.next());
            text.append(left.hasNext() ? between : "");
        }
        text.append(']');
    }

    private static void string(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || Character.isSurrogate(c) && !paired(value, i)) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean paired(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at)) ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
