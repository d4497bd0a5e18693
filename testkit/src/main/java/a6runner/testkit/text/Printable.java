// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HexFormat;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Bytes of a runner, made safe for a terminal. */
public final class Printable {

    private static final int SHOWN_TEXT = 4096;
    private static final int SHOWN_BINARY = 64;

    private Printable() {}

    /** The text if the bytes are UTF-8, else null. */
    public static String utf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** A value on one line: what is no visible text is written as {@code \xNN}. */
    public static String line(byte[] bytes) {
        String text = utf8(bytes);
        if (text == null) {
            StringBuilder out = new StringBuilder();
            for (byte b : bytes) {
                out.append(b >= 0x20 && b < 0x7F ? String.valueOf((char) b) : String.format("\\x%02X", b));
            }
            return out.toString();
        }
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isVisible(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(String.format("\\x%02X", c));
            }
        });
        return out.toString();
    }

    /** A body on lines of its own, each with the indent; shortened if it is long, in hex if it is no text. */
    public static String block(byte[] bytes, String indent) {
        byte[] shown = bytes.length <= SHOWN_TEXT ? bytes : Arrays.copyOf(bytes, textEnd(bytes));
        String text = utf8(shown);
        String rest = bytes.length > shown.length ? indent + "… " + (bytes.length - shown.length) + " bytes more\n" : "";
        if (text != null && text.codePoints().allMatch(c -> isVisible(c) || c == '\n' || c == '\r' || c == '\t')) {
            return indent + text.stripTrailing().replace("\r\n", "\n").replace("\r", "\\x0D").replace("\n", "\n" + indent) + "\n" + rest;
        }
        byte[] start = Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN_BINARY));
        return indent + "binary: " + HexFormat.ofDelimiter(" ").formatHex(start)
                + (bytes.length > start.length ? " … " + (bytes.length - start.length) + " bytes more" : "") + "\n";
    }

    /** Where to cut a long text: not within a character. */
    private static int textEnd(byte[] bytes) {
        int end = SHOWN_TEXT;
        while (end > SHOWN_TEXT - 4 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return end;
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
