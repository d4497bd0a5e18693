// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.spi.ReceivedEntries;

/** A vector of {@code A6.TextEntry} in a received message. Any thread; as {@link ReceivedMessage} says. */
final class EntriesView implements ReceivedEntries {

    private static final int SLOT_NAME = 0;
    private static final int SLOT_VALUE = 1;

    private final ReceivedMessage message;
    private final int vector;
    private final int size;

    EntriesView(ReceivedMessage message, int vector) {
        this.message = message;
        this.vector = vector;
        this.size = vector == 0 ? 0 : Tables.length(message.bytes, vector);
    }

    @Override
    public int size() {
        message.check();
        return size;
    }

    @Override
    public String name(int index) {
        String name = text(index, SLOT_NAME);
        return name == null ? "" : name;
    }

    @Override
    public String value(int index) {
        return text(index, SLOT_VALUE);
    }

    private String text(int index, int slot) {
        try {
            int string = string(index, slot);
            String text = string == 0 ? null : message.textAt(string);
            message.check();
            return text;
        } catch (IndexOutOfBoundsException e) {
            throw message.failed(e);
        }
    }

    /** Where an entry's name or value is, 0 if it has none. */
    private int string(int index, int slot) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("entry " + index + " of " + size);
        }
        return Tables.reference(message.bytes, Tables.element(message.bytes, vector, index), slot);
    }

    /** The bytes that the positions are in. */
    byte[] bytes() {
        return message.bytes;
    }

    /** Where an entry's name is, 0 if it has none; for the encoder, on the loop, before the end. */
    int namePosition(int index) {
        return string(index, SLOT_NAME);
    }

    /** Where an entry's value is, 0 if it has none; for the encoder, on the loop, before the end. */
    int valuePosition(int index) {
        return string(index, SLOT_VALUE);
    }

    @Override
    public int find(String name, int from, boolean ignoreCase) {
        try {
            int found = -1;
            for (int i = from; i < size; i++) {
                if (same(i, name, ignoreCase)) {
                    found = i;
                    break;
                }
            }
            message.check();
            return found;
        } catch (IndexOutOfBoundsException e) {
            throw message.failed(e);
        }
    }

    @Override
    public boolean named(int index, String name, boolean ignoreCase) {
        try {
            boolean named = same(index, name, ignoreCase);
            message.check();
            return named;
        } catch (IndexOutOfBoundsException e) {
            throw message.failed(e);
        }
    }

    private boolean same(int index, String name, boolean ignoreCase) {
        int string = string(index, SLOT_NAME);
        if (string == 0) {
            return false;
        }
        byte[] bytes = message.bytes;
        int length = Tables.length(bytes, string);
        int begin = Tables.elements(string);
        if (length != name.length()) {
            return length > name.length() && sameBeyondAscii(string, name, ignoreCase);
        }
        for (int i = 0; i < length; i++) {
            byte have = bytes[begin + i];
            char want = name.charAt(i);
            if (have != want) {
                if (have < 0 || want > 0x7F) {
                    return sameBeyondAscii(string, name, ignoreCase);
                }
                if (!ignoreCase || lower(have) != lower(want)) {
                    return false;
                }
            }
        }
        return true;
    }

    // Rare: a name that is not ASCII is compared as text, since its length in bytes is not its length in chars.
    private boolean sameBeyondAscii(int string, String name, boolean ignoreCase) {
        if (isAscii(name)) {
            return false;
        }
        String text = message.textAt(string);
        if (text.length() != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char have = text.charAt(i);
            char want = name.charAt(i);
            if (have != want && (!ignoreCase || lower(have) != lower(want))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) > 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static int lower(int c) {
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }
}
