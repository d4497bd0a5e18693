// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import java.util.Arrays;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A string of the wire: raw bytes, not always UTF-8 (APISIX.md §2). Two texts are equal if their bytes are.
 *
 * @param bytes the bytes as they are on the wire, not copied
 */
public record Text(byte[] bytes) {

    /** The text of a string, in UTF-8; null for null. */
    public static Text of(String string) {
        return string == null ? null : new Text(string.getBytes(UTF_8));
    }

    /** How many bytes it has. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && Arrays.equals(bytes, text.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The text in UTF-8; bytes that are none become U+FFFD. */
    @Override
    public String toString() {
        return new String(bytes, UTF_8);
    }
}
