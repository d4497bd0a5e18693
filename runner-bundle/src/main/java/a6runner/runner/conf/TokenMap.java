// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * Confs by token, without boxed numbers: found by any thread without a lock, changed by one thread at a time (the table's lock).
 *
 * <p>Open addressing in an array that is never more than half full; a conf that was taken out leaves a marker until the array is made anew.
 */
final class TokenMap {

    private static final int FIRST_CAPACITY = 256;
    private static final PreparedConf REMOVED = new PreparedConf(0, "", null, 0);

    private volatile AtomicReferenceArray<PreparedConf> slots = new AtomicReferenceArray<>(FIRST_CAPACITY);
    private int taken; // with markers
    private int size;

    PreparedConf find(int token) {
        AtomicReferenceArray<PreparedConf> array = slots;
        int mask = array.length() - 1;
        for (int i = place(token, mask); ; i = i + 1 & mask) {
            PreparedConf conf = array.get(i);
            if (conf == null) {
                return null;
            }
            if (conf.token() == token && conf != REMOVED) {
                return conf;
            }
        }
    }

    void put(PreparedConf conf) {
        if ((taken + 1) * 2 > slots.length()) {
            rebuild();
        }
        insert(slots, conf);
        taken++;
        size++;
    }

    private static void insert(AtomicReferenceArray<PreparedConf> array, PreparedConf conf) {
        int mask = array.length() - 1;
        int i = place(conf.token(), mask);
        while (array.get(i) != null) {
            i = i + 1 & mask;
        }
        array.setRelease(i, conf);
    }

    private void rebuild() {
        int capacity = FIRST_CAPACITY;
        while (capacity < size * 4) {
            capacity *= 2;
        }
        AtomicReferenceArray<PreparedConf> array = new AtomicReferenceArray<>(capacity);
        forEach(conf -> insert(array, conf));
        slots = array;
        taken = size;
    }

    void remove(PreparedConf conf) {
        AtomicReferenceArray<PreparedConf> array = slots;
        int mask = array.length() - 1;
        for (int i = place(conf.token(), mask); array.get(i) != null; i = i + 1 & mask) {
            if (array.get(i) == conf) {
                array.setRelease(i, REMOVED);
                size--;
                return;
            }
        }
    }

    int size() {
        return size;
    }

    /** Each conf, some of those that come or go meanwhile among them. Any thread. */
    void forEach(Consumer<PreparedConf> action) {
        AtomicReferenceArray<PreparedConf> array = slots;
        for (int i = 0; i < array.length(); i++) {
            PreparedConf conf = array.get(i);
            if (conf != null && conf != REMOVED) {
                action.accept(conf);
            }
        }
    }

    private static int place(int token, int mask) {
        int mixed = token * 0x9E3779B9; // tokens follow each other: spread them
        return (mixed ^ mixed >>> 15) & mask;
    }
}
