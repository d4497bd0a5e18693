// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Arrays;

/**
 * Names and values to be sent, in order; an entry without value tells APISIX to delete the name. An entry may also stand for one that was received,
 * so that its bytes travel on untouched. Not safe for concurrent use.
 */
public final class TextEntries {

    private static final int INITIAL = 4;

    private String[] names = new String[INITIAL];
    private String[] values = new String[INITIAL];
    private int[] received = {};
    private int size;

    /** How many entries there are. */
    public int size() {
        return size;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** The name of an entry; null for one that stands for a received entry. */
    public String name(int index) {
        return names[index];
    }

    /** The value of an entry, null for none; meaningless for one that stands for a received entry. */
    public String value(int index) {
        return values[index];
    }

    /** The index of the received entry that this one stands for, or -1. */
    public int received(int index) {
        return names[index] == null ? received[index] : -1;
    }

    /** Adds an entry; a null value means: delete. */
    public void add(String name, String value) {
        if (name == null) {
            throw new NullPointerException("name");
        }
        grow();
        names[size] = name;
        values[size++] = value;
    }

    /** Adds an entry that stands for a received one. */
    public void addReceived(int index) {
        grow();
        if (received.length < names.length) {
            received = Arrays.copyOf(received, names.length);
        }
        names[size] = null;
        values[size] = null;
        received[size++] = index;
    }

    /** The first entry of a name at or after {@code from}, or -1; entries that stand for received ones are passed over. */
    public int find(String name, int from, boolean ignoreCase) {
        for (int i = from; i < size; i++) {
            String other = names[i];
            if (other != null && (ignoreCase ? other.equalsIgnoreCase(name) : other.equals(name))) {
                return i;
            }
        }
        return -1;
    }

    /** Gives an entry of {@link #add} another value. */
    public void setValue(int index, String value) {
        values[index] = value;
    }

    /** Takes an entry out; later ones move up. */
    public void remove(int index) {
        int tail = --size - index;
        System.arraycopy(names, index + 1, names, index, tail);
        System.arraycopy(values, index + 1, values, index, tail);
        int receivedTail = Math.min(received.length, size + 1) - index - 1; // the array is as long as the last received entry needed
        if (receivedTail > 0) {
            System.arraycopy(received, index + 1, received, index, receivedTail);
        }
        names[size] = null;
        values[size] = null;
    }

    private void grow() {
        if (size == names.length) {
            names = Arrays.copyOf(names, size * 2);
            values = Arrays.copyOf(values, size * 2);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "" : ", ");
            if (names[i] == null) {
                text.append('#').append(received[i]);
            } else {
                text.append(names[i]).append('=').append(values[i]);
            }
        }
        return text.append(']').toString();
    }
}
