// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * A FlatBuffers table to be written: put fields in by slot, then take {@link #toBytes}. A null and a zero are left out, as FlatBuffers leaves out
 * defaults.
 *
 * <p>The bytes come out front to back: each table's vtable, the table, then what it refers to. That is unlike the usual writers, which build from the
 * end, and as valid. Not for use by several threads.
 */
public final class FlatTable {

    /** What follows an empty string. */
    public enum EmptyStrings {
        /** A zero byte, as FlatBuffers has it. */
        TERMINATED,
        /** The characters "/0" and stale bytes, as APISIX's own library writes (APISIX.md §2). */
        AS_APISIX
    }

    private enum Kind { SCALAR, STRING, BYTES, TABLE, TABLES }

    private record Field(Kind kind, int width, long scalar, Object value) {}

    private final TreeMap<Integer, Field> fields = new TreeMap<>();

    /** Puts an unsigned byte in. */
    public FlatTable u8(int slot, int value) {
        return scalar(slot, 1, value);
    }

    /** Puts an unsigned 16-bit number in. */
    public FlatTable u16(int slot, int value) {
        return scalar(slot, 2, value);
    }

    /** Puts an unsigned 32-bit number in. */
    public FlatTable u32(int slot, long value) {
        return scalar(slot, 4, value);
    }

    /** Puts a string in. */
    public FlatTable string(int slot, Text value) {
        return reference(slot, Kind.STRING, value == null ? null : value.bytes());
    }

    /** Puts a vector of bytes in. */
    public FlatTable bytes(int slot, byte[] value) {
        return reference(slot, Kind.BYTES, value);
    }

    /** Puts a table in. */
    public FlatTable table(int slot, FlatTable value) {
        return reference(slot, Kind.TABLE, value);
    }

    /** Puts a vector of tables in. */
    public FlatTable tables(int slot, List<FlatTable> value) {
        return reference(slot, Kind.TABLES, value);
    }

    private FlatTable scalar(int slot, int width, long value) {
        if (value < 0 || value >= 1L << 8 * width) {
            throw new IllegalArgumentException("slot " + slot + ": " + value + " (expected: 0 to 2^" + 8 * width + "-1)");
        }
        if (value != 0) {
            fields.put(slot, new Field(Kind.SCALAR, width, value, null));
        }
        return this;
    }

    private FlatTable reference(int slot, Kind kind, Object value) {
        if (value != null) {
            fields.put(slot, new Field(kind, 4, 0, value));
        }
        return this;
    }

    /** The message whose root this table is, with strings as FlatBuffers has them. */
    public byte[] toBytes() {
        return toBytes(EmptyStrings.TERMINATED);
    }

    /** The message whose root this table is. */
    public byte[] toBytes(EmptyStrings emptyStrings) {
        Output out = new Output(emptyStrings);
        out.put(4, 0);
        out.patch(0, write(out));
        return out.bytes();
    }

    /** Writes the table and all below it; returns where the table itself begins. */
    private int write(Output out) {
        int slots = fields.isEmpty() ? 0 : fields.lastKey() + 1;
        int vtableLength = 4 + 2 * slots;
        out.alignSoThat(vtableLength);
        int vtable = out.position();
        int table = vtable + vtableLength;

        int[] offsets = new int[slots];
        int length = 4;
        for (int width : new int[] {4, 2, 1}) {
            for (var field : fields.entrySet()) {
                if (field.getValue().width == width) {
                    offsets[field.getKey()] = length;
                    length += width;
                }
            }
        }
        out.put(2, vtableLength);
        out.put(2, length);
        for (int offset : offsets) {
            out.put(2, offset);
        }
        out.put(4, table - vtable);
        for (int width : new int[] {4, 2, 1}) {
            for (Field field : fields.values()) {
                if (field.width == width) {
                    out.put(width, field.scalar);
                }
            }
        }
        fields.forEach((slot, field) -> {
            if (field.kind != Kind.SCALAR) {
                out.patch(table + offsets[slot], writeReferred(out, field));
            }
        });
        return table;
    }

    private static int writeReferred(Output out, Field field) {
        if (field.kind == Kind.TABLE) {
            return ((FlatTable) field.value).write(out);
        }
        out.alignSoThat(0);
        int start = out.position();
        if (field.kind == Kind.TABLES) {
            List<?> tables = (List<?>) field.value;
            out.put(4, tables.size());
            tables.forEach(table -> out.put(4, 0));
            for (int i = 0; i < tables.size(); i++) {
                out.patch(start + 4 + 4 * i, ((FlatTable) tables.get(i)).write(out));
            }
            return start;
        }
        byte[] bytes = (byte[]) field.value;
        out.put(4, bytes.length);
        out.put(bytes);
        if (field.kind == Kind.STRING) {
            out.endString(bytes.length == 0);
        }
        return start;
    }

    /** Bytes that grow, little endian. */
    private static final class Output {

        private final EmptyStrings emptyStrings;
        private byte[] bytes = new byte[256];
        private int position;

        Output(EmptyStrings emptyStrings) {
            this.emptyStrings = emptyStrings;
        }

        int position() {
            return position;
        }

        /** Pads until what follows the next {@code length} bytes is at a multiple of four. */
        void alignSoThat(int length) {
            while ((position + length) % 4 != 0) {
                put(1, 0);
            }
        }

        void put(int width, long value) {
            reserve(width);
            for (int i = 0; i < width; i++) {
                bytes[position++] = (byte) (value >> 8 * i);
            }
        }

        void put(byte[] more) {
            reserve(more.length);
            System.arraycopy(more, 0, bytes, position, more.length);
            position += more.length;
        }

        void endString(boolean empty) {
            if (empty && emptyStrings == EmptyStrings.AS_APISIX) {
                put(new byte[] {'/', '0', 4, 0});
            } else {
                put(1, 0);
            }
        }

        /** Has the offset at {@code place} refer to {@code target}. */
        void patch(int place, int target) {
            for (int i = 0; i < 4; i++) {
                bytes[place + i] = (byte) (target - place >> 8 * i);
            }
        }

        void reserve(int more) {
            if (bytes.length - position < more) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, position + more));
            }
        }

        byte[] bytes() {
            alignSoThat(0);
            return Arrays.copyOf(bytes, position);
        }
    }
}
