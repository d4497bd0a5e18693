// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.protocol.frame.FrameEncoder;
import a6runner.protocol.frame.FrameException;
import a6runner.protocol.frame.FrameLayout;
import a6runner.protocol.frame.FrameType;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes one FlatBuffers message after the other, each into the same array with room for the frame's header before it, so that a reply costs no objects but
 * the buffer it is sent from. Front to back: a table has room for all of its fields, and what it refers to comes after it. Used by one thread.
 */
final class FlatWriter {

    /** Where a table's fields are, counted from its beginning, by slot. */
    record Layout(int size, int... fields) {}

    private static final int FIRST_ARRAY = 4 * 1024;
    private static final int KEPT_ARRAY = 64 * 1024;
    private static final int ROOT = FrameLayout.HEADER_LENGTH;
    private static final int VTABLE_HEAD = 4;
    private static final byte[] NONE = {};

    private final FrameEncoder frames;
    private byte[] bytes = new byte[FIRST_ARRAY];
    private int end;
    private byte[] tail = NONE;

    FlatWriter(FrameEncoder frames) {
        this.frames = frames;
    }

    /** Begins a message, with its root table; the table's position. */
    int begin(Layout layout) {
        end = ROOT + 4;
        tail = NONE;
        int table = table(layout);
        Tables.putInt32(bytes, ROOT, table - ROOT);
        return table;
    }

    /** A table without fields yet; its position. */
    int table(Layout layout) {
        int vtableSize = VTABLE_HEAD + 2 * layout.fields.length;
        int table = aligned(end + vtableSize);
        int vtable = table - vtableSize;
        grow(table + layout.size);
        Arrays.fill(bytes, end, table + layout.size, (byte) 0);
        Tables.putUint16(bytes, vtable, vtableSize);
        Tables.putUint16(bytes, vtable + 2, layout.size);
        Tables.putInt32(bytes, table, vtableSize);
        end = table + layout.size;
        return table;
    }

    /** A table like an earlier one, with the same fields; its position. */
    int tableLike(int other, Layout layout) {
        int vtable = other - Tables.int32(bytes, other);
        int table = aligned(end);
        grow(table + layout.size);
        Arrays.fill(bytes, end, table, (byte) 0);
        Tables.putInt32(bytes, table, table - vtable);
        end = table + layout.size;
        return table;
    }

    private int field(int table, Layout layout, int slot) {
        int offset = layout.fields[slot];
        int vtable = table - Tables.int32(bytes, table);
        Tables.putUint16(bytes, vtable + VTABLE_HEAD + 2 * slot, offset);
        return table + offset;
    }

    /** A field of one byte. */
    void int8(int table, Layout layout, int slot, int value) {
        bytes[field(table, layout, slot)] = (byte) value;
    }

    /** A field of two bytes. */
    void int16(int table, Layout layout, int slot, int value) {
        Tables.putUint16(bytes, field(table, layout, slot), value);
    }

    /** A field of four bytes. */
    void int32(int table, Layout layout, int slot, int value) {
        Tables.putInt32(bytes, field(table, layout, slot), value);
    }

    /** A field that refers to what stands at a position behind it. */
    void reference(int table, Layout layout, int slot, int position) {
        int field = field(table, layout, slot);
        Tables.putInt32(bytes, field, position - field);
    }

    /**
     * A string; its position.
     *
     * @throws IllegalArgumentException if it has half of a surrogate pair, which is no character
     */
    int string(String text) {
        return string(text, false);
    }

    /** As {@link #string(String)}, in lower case. */
    int lowerCaseString(String text) {
        return string(text, true);
    }

    private int string(String text, boolean lowerCase) {
        int length = text.length();
        int string = beginString(length);
        int at = Tables.elements(string);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c > 0x7F) {
                end = string;
                byte[] encoded = utf8(lowerCase ? text.toLowerCase(Locale.ROOT) : text);
                return string(encoded, 0, encoded.length);
            }
            bytes[at + i] = (byte) (lowerCase && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        }
        return string;
    }

    private static byte[] utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isHighSurrogate(text.charAt(i)) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(++i))) {
                    throw new IllegalArgumentException("half of a surrogate pair in \"" + text + "\" (expected: whole characters)");
                }
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A string of bytes as they are; its position. */
    int string(byte[] from, int begin, int length) {
        int string = beginString(length);
        System.arraycopy(from, begin, bytes, Tables.elements(string), length);
        return string;
    }

    private int beginString(int length) {
        int string = aligned(end);
        int after = Tables.elements(string) + length + 1;
        grow(after);
        Arrays.fill(bytes, end, string, (byte) 0);
        Tables.putInt32(bytes, string, length);
        bytes[after - 1] = 0;
        end = after;
        return string;
    }

    /** A vector of references, to be filled by {@link #element}; its position. */
    int vector(int count) {
        int vector = aligned(end);
        int after = Tables.elements(vector) + 4 * count;
        grow(after);
        Arrays.fill(bytes, end, vector, (byte) 0);
        Tables.putInt32(bytes, vector, count);
        end = after;
        return vector;
    }

    /** Has an element of a vector refer to what stands at a position behind it. */
    void element(int vector, int index, int position) {
        int element = Tables.elements(vector) + 4 * index;
        Tables.putInt32(bytes, element, position - element);
    }

    /** A vector of bytes, the last thing of the message; its position. The array is read when the message is finished. */
    int last(byte[] content) {
        int vector = aligned(end);
        int after = Tables.elements(vector);
        grow(after);
        Arrays.fill(bytes, end, vector, (byte) 0);
        Tables.putInt32(bytes, vector, content.length);
        end = after;
        tail = content;
        return vector;
    }

    private static int aligned(int position) {
        return position + 3 & ~3;
    }

    private void grow(int needed) {
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
        }
    }

    /** The message as a frame in one buffer, which the caller owns. */
    ByteBuf frame(FrameType type) throws FrameException {
        try {
            return frames.encode(type, bytes, end, tail);
        } finally {
            tail = NONE;
            if (bytes.length > KEPT_ARRAY) {
                bytes = new byte[FIRST_ARRAY];
            }
        }
    }
}
