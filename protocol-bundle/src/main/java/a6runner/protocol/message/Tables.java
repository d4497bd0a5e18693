// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * FlatBuffers tables in an array of bytes: positions and numbers, no objects, no state. Reads where it is told; that positions are sound is
 * {@link Verifier}'s work, and a wrong one throws {@link IndexOutOfBoundsException}.
 */
final class Tables {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private Tables() {}

    static int int32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static int uint16(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xFFFF;
    }

    static void putInt32(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    static void putUint16(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }

    /** Where a table's field is, 0 if it is absent. */
    static int field(byte[] bytes, int table, int slot) {
        int vtable = table - int32(bytes, table);
        int entry = 4 + 2 * slot;
        if (entry >= uint16(bytes, vtable)) {
            return 0;
        }
        int offset = uint16(bytes, vtable + entry);
        return offset == 0 ? 0 : table + offset;
    }

    /** Where the thing is that an offset field points to: a table, or the length of a string or vector. */
    static int target(byte[] bytes, int field) {
        return field + int32(bytes, field);
    }

    /** Where a table's string or vector is, 0 if it is absent. */
    static int reference(byte[] bytes, int table, int slot) {
        int field = field(bytes, table, slot);
        return field == 0 ? 0 : target(bytes, field);
    }

    /** A table's uint32, 0 if it is absent. */
    static int uint32Field(byte[] bytes, int table, int slot) {
        int field = field(bytes, table, slot);
        return field == 0 ? 0 : int32(bytes, field);
    }

    /** The length of the string or vector that is here. */
    static int length(byte[] bytes, int vector) {
        return int32(bytes, vector);
    }

    /** Where the first element of the string or vector is that is here. */
    static int elements(int vector) {
        return vector + 4;
    }

    /** Where a table is that a vector of tables holds. */
    static int element(byte[] bytes, int vector, int index) {
        return target(bytes, elements(vector) + 4 * index);
    }
}
