// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A FlatBuffers table to be read, field by field. It trusts nothing: every offset and length is checked against the bytes there are before it is
 * followed, wherever it is aligned; what doesn't fit throws a {@link WireException} that names the table, the slot and the numbers.
 */
public final class FlatReader {

    /** How a string must end. */
    public enum Strings {
        /** With a zero byte, as FlatBuffers has it and a runner's frames must. */
        TERMINATED,
        /** With anything: APISIX's own empty strings have no zero byte (APISIX.md §2). */
        ANY_END
    }

    private final byte[] bytes;
    private final Strings strings;
    private final String name;
    private final int table;
    private final int tableLength;
    private final int vtable;
    private final int vtableLength;

    private FlatReader(byte[] bytes, Strings strings, String name, int table) {
        this.bytes = bytes;
        this.strings = strings;
        this.name = name;
        this.table = table;
        check(table >= 0 && table <= bytes.length - 4, "the table is said to be at %d of %d bytes", table, bytes.length);
        long vtableAt = (long) table - (int) number(table, 4);
        check(vtableAt >= 0 && vtableAt <= bytes.length - 4, "the vtable is said to be at %d of %d bytes", vtableAt, bytes.length);
        this.vtable = (int) vtableAt;
        this.vtableLength = (int) number(vtable, 2);
        this.tableLength = (int) number(vtable + 2, 2);
        check(vtableLength >= 4 && vtableLength % 2 == 0 && vtable + vtableLength <= bytes.length,
                "the vtable at %d is said to have %d of %d bytes", vtable, vtableLength, bytes.length);
        check(tableLength >= 4 && table + tableLength <= bytes.length,
                "the table at %d is said to have %d of %d bytes", table, tableLength, bytes.length);
    }

    /** The root table of a message; {@code name} is for the exceptions. */
    public static FlatReader root(byte[] payload, String name, Strings strings) {
        if (payload.length < 8) {
            throw new WireException(name + ": " + payload.length + " bytes can't hold a table.");
        }
        FlatReader start = new FlatReader(payload, strings, name);
        return new FlatReader(payload, strings, name, start.follow(0, "the root"));
    }

    /** A reader without a table, to find the root with. */
    private FlatReader(byte[] bytes, Strings strings, String name) {
        this.bytes = bytes;
        this.strings = strings;
        this.name = name;
        this.table = 0;
        this.tableLength = 0;
        this.vtable = 0;
        this.vtableLength = 0;
    }

    /** Whether the table has the field. */
    public boolean has(int slot) {
        return offset(slot, 1) != 0;
    }

    /** An unsigned byte, 0 if absent. */
    public int u8(int slot) {
        return (int) scalar(slot, 1);
    }

    /** An unsigned 16-bit number, 0 if absent. */
    public int u16(int slot) {
        return (int) scalar(slot, 2);
    }

    /** An unsigned 32-bit number, 0 if absent. */
    public long u32(int slot) {
        return scalar(slot, 4);
    }

    /** A string, null if absent. */
    public Text string(int slot) {
        int at = reference(slot);
        if (at < 0) {
            return null;
        }
        int end = vectorEnd(slot, at, 1);
        if (strings == Strings.TERMINATED) {
            check(end < bytes.length && bytes[end] == 0, "the string in slot %d at %d has no zero byte behind it", slot, at);
        }
        return new Text(Arrays.copyOfRange(bytes, at + 4, end));
    }

    /** A vector of bytes, null if absent. */
    public byte[] bytes(int slot) {
        int at = reference(slot);
        return at < 0 ? null : Arrays.copyOfRange(bytes, at + 4, vectorEnd(slot, at, 1));
    }

    /** A table, null if absent. */
    public FlatReader table(int slot, String childName) {
        int at = reference(slot);
        return at < 0 ? null : new FlatReader(bytes, strings, childName, at);
    }

    /** A vector of tables, null if absent. */
    public List<FlatReader> tables(int slot, String childName) {
        int at = reference(slot);
        if (at < 0) {
            return null;
        }
        int end = vectorEnd(slot, at, 4);
        List<FlatReader> tables = new ArrayList<>((end - at - 4) / 4);
        for (int element = at + 4; element < end; element += 4) {
            String elementName = childName + " " + tables.size();
            tables.add(new FlatReader(bytes, strings, elementName, follow(element, elementName)));
        }
        return tables;
    }

    private long scalar(int slot, int width) {
        int offset = offset(slot, width);
        return offset == 0 ? 0 : number(table + offset, width);
    }

    /** Where a field is in the table, 0 if it is absent. */
    private int offset(int slot, int width) {
        int entry = 4 + 2 * slot;
        if (entry + 2 > vtableLength) {
            return 0;
        }
        int offset = (int) number(vtable + entry, 2);
        check(offset == 0 || offset >= 4 && offset + width <= tableLength,
                "slot %d is said to be at %d of the table's %d bytes", slot, offset, tableLength);
        return offset;
    }

    /** Where what a field refers to begins, -1 if the field is absent. */
    private int reference(int slot) {
        int offset = offset(slot, 4);
        return offset == 0 ? -1 : follow(table + offset, "slot " + slot);
    }

    /** Follows the offset at a place that is within the bytes; what it leads to has at least four. */
    private int follow(int place, String what) {
        long distance = number(place, 4);
        check(distance >= 4 && place + distance <= bytes.length - 4L,
                "%s refers from %d to %d of %d bytes", what, place, place + distance, bytes.length);
        return (int) (place + distance);
    }

    private int vectorEnd(int slot, int at, int width) {
        long length = number(at, 4);
        long end = at + 4L + length * width;
        check(end <= bytes.length, "the vector in slot %d at %d is said to have %d elements of %d bytes each, but %d bytes are left",
                slot, at, length, width, bytes.length - at - 4);
        return (int) end;
    }

    private long number(int at, int width) {
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }

    private void check(boolean right, String sentence, Object... facts) {
        if (!right) {
            throw new WireException(name + ": " + String.format(sentence, facts) + ".");
        }
    }
}
