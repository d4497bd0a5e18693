// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import java.nio.charset.StandardCharsets;

/**
 * Checks that a payload's tables, vectors and strings lie within it, so that reading them later can't leave it. Follows FlatBuffers' internals as its
 * own verifiers do, but for strings' closing zero, which APISIX leaves out (APISIX.md §2). No state; any thread.
 *
 * <p>What is read through references is bounded by the payload: no vector can claim more elements than there are bytes, and entries that share their
 * bytes, which APISIX never sends, can't multiply them.
 */
final class Verifier {

    private static final int SLOT_NAME = 0;
    private static final int SLOT_VALUE = 1;
    private static final int LEAST_ENTRY = 8; // its place in the vector, and a table without fields
    private static final int SHARED = 64 * 1024;

    private Verifier() {}

    /** The root table's position. */
    static int root(byte[] bytes, int length, String message) throws MessageException {
        if (length < 8) {
            throw new MessageException(message + ": " + length + " bytes are too few for a message");
        }
        return table(bytes, length, target(bytes, 0), message);
    }

    // Unsigned: a reference never leads back.
    private static long target(byte[] bytes, int field) {
        return field + (Tables.int32(bytes, field) & 0xFFFF_FFFFL);
    }

    private static int table(byte[] bytes, int length, long position, String message) throws MessageException {
        if (position < 4 || position > length - 4) {
            throw outside(message, "table", position, length);
        }
        int table = (int) position;
        long vtable = (long) table - Tables.int32(bytes, table);
        if (vtable < 0 || vtable > length - 4) {
            throw outside(message, "vtable", vtable, length);
        }
        int vtableSize = Tables.uint16(bytes, (int) vtable);
        int tableSize = Tables.uint16(bytes, (int) vtable + 2);
        if (vtableSize < 4 || (vtableSize & 1) != 0 || vtable + vtableSize > length) {
            throw outside(message, "vtable of " + vtableSize + " bytes", vtable, length);
        }
        if (tableSize < 4 || table + tableSize > length) {
            throw outside(message, "table of " + tableSize + " bytes", table, length);
        }
        return table;
    }

    /** A field of the given size, if present, lies within its table. */
    static void scalar(byte[] bytes, int table, int slot, int size, String message) throws MessageException {
        int field = Tables.field(bytes, table, slot);
        if (field == 0) {
            return;
        }
        int tableSize = Tables.uint16(bytes, table - Tables.int32(bytes, table) + 2);
        if (field - table < 4 || field - table + size > tableSize) {
            throw new MessageException(message + ": field " + slot + " lies outside of its table");
        }
    }

    /** A string or vector of bytes, if present, lies within the payload. */
    static void bytes(byte[] bytes, int length, int table, int slot, String message) throws MessageException {
        scalar(bytes, table, slot, 4, message);
        vector(bytes, length, Tables.field(bytes, table, slot), 1, slot, message);
    }

    /** A vector of text entries, if present, lies within the payload with all that it refers to. */
    static void entries(byte[] bytes, int length, int table, int slot, String message) throws MessageException {
        scalar(bytes, table, slot, 4, message);
        int field = Tables.field(bytes, table, slot);
        if (field == 0) {
            return;
        }
        vector(bytes, length, field, 4, slot, message);
        int vector = Tables.target(bytes, field);
        int count = Tables.length(bytes, vector);
        // Entries share their vtable, as a rule all of them: what it says is looked at once.
        int vtable = -1;
        int size = 0;
        int name = 0;
        int value = 0;
        long referred = 0;
        for (int i = 0; i < count; i++) {
            long position = target(bytes, Tables.elements(vector) + 4 * i);
            if (vtable < 0 || position > length - size || (int) position - Tables.int32(bytes, (int) position) != vtable) {
                int entry = table(bytes, length, position, message);
                scalar(bytes, entry, SLOT_NAME, 4, message);
                scalar(bytes, entry, SLOT_VALUE, 4, message);
                vtable = entry - Tables.int32(bytes, entry);
                size = Tables.uint16(bytes, vtable + 2);
                name = offset(bytes, entry, SLOT_NAME);
                value = offset(bytes, entry, SLOT_VALUE);
            }
            int entry = (int) position;
            referred += LEAST_ENTRY;
            if (name != 0) {
                referred += 4 + vector(bytes, length, entry + name, 1, SLOT_NAME, message);
            }
            if (value != 0) {
                referred += 4 + vector(bytes, length, entry + value, 1, SLOT_VALUE, message);
            }
            if (referred > length + SHARED) {
                throw new MessageException(message + ": the entries of field " + slot + " refer to more bytes than the message's " + length);
            }
        }
    }

    private static int offset(byte[] bytes, int table, int slot) {
        int field = Tables.field(bytes, table, slot);
        return field == 0 ? 0 : field - table;
    }

    /** What a field refers to lies within the payload; how many elements it has, 0 if the field is absent. */
    private static int vector(byte[] bytes, int length, int field, int elementSize, int slot, String message) throws MessageException {
        if (field == 0) {
            return 0;
        }
        long target = target(bytes, field);
        if (target < 4 || target > length - 4) {
            throw outside(message, "field " + slot, target, length);
        }
        int count = Tables.int32(bytes, (int) target);
        if (count < 0 || target + 4 + (long) count * elementSize > length) {
            throw new MessageException(
                    message + ": field " + slot + " says it has " + (count & 0xFFFF_FFFFL) + " elements, the message has " + length + " bytes");
        }
        return count;
    }

    private static MessageException outside(String message, String what, long at, int length) {
        return new MessageException(message + ": " + what + " at " + at + " lies outside of the message's " + length + " bytes");
    }

    /** The text of a verified string or vector of bytes. */
    static String text(byte[] bytes, int string) {
        return new String(bytes, Tables.elements(string), Tables.length(bytes, string), StandardCharsets.UTF_8);
    }
}
