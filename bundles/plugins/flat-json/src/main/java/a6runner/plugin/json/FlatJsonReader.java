// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.json;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads one text, front to back. Positions in messages count characters from 1. */
final class FlatJsonReader {

    private final String text;
    private int at;

    FlatJsonReader(String text) {
        this.text = text;
    }

    Map<String, Object> read() {
        Map<String, Object> values = new LinkedHashMap<>();
        if (text.isBlank()) {
            return values;
        }
        expect('{');
        if (!next('}')) {
            do {
                int start = skipBlanks();
                String key = string("a key in quotes");
                expect(':');
                Object value = value();
                if (values.containsKey(key)) {
                    throw wrong(start, "the key \"" + key + "\" stands there twice");
                }
                values.put(key, value);
            } while (next(','));
            expect('}');
        }
        if (skipBlanks() < text.length()) {
            throw expected("the end of the text");
        }
        return values;
    }

    private Object value() {
        int start = skipBlanks();
        char c = peek();
        if (c == '"') {
            return string("a text");
        }
        if (c == '{' || c == '[') {
            throw wrong(start, "objects and lists are not possible inside this conf");
        }
        while (at < text.length() && ",}] \t\r\n:\"{[".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        switch (word) {
            case "true":
                return Boolean.TRUE;
            case "false":
                return Boolean.FALSE;
            case "null":
                return null;
            default:
                if (word.length() <= 64 && word.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d{1,9})?")) {
                    return new BigDecimal(word);
                }
                at = start;
                throw expected("a text in quotes, a number, true, false or null");
        }
    }

    private String string(String what) {
        int start = skipBlanks();
        if (peek() != '"') {
            throw expected(what);
        }
        at++;
        StringBuilder string = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return string.toString();
            }
            if (c < ' ') {
                throw wrong(at - 1, "a control character in a text must be written as \\u" + String.format("%04x", (int) c));
            }
            string.append(c == '\\' ? escaped() : c);
        }
        throw wrong(start, "the text that begins here has no closing quote");
    }

    private char escaped() {
        int start = at - 1;
        char c = peek();
        at++;
        int plain = "\"\\/bfnrt".indexOf(c);
        if (plain >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(plain);
        }
        if (c == 'u' && at + 4 <= text.length() && text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        throw wrong(start, "no such escape (expected: one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t, or \\u and four hex digits)");
    }

    private void expect(char c) {
        if (!next(c)) {
            throw expected("'" + c + "'");
        }
    }

    private boolean next(char c) {
        skipBlanks();
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private int skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    /** The character at hand, 0 at the end, which no JSON text holds. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private IllegalArgumentException expected(String what) {
        return wrong(at, what + " expected, but " + (at < text.length() ? "'" + text.charAt(at) + "' found" : "the text ends"));
    }

    private static IllegalArgumentException wrong(int position, String what) {
        return new IllegalArgumentException("not a flat JSON object: at character " + (position + 1) + ": " + what);
    }
}
