// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import java.util.function.BiPredicate;
import java.util.function.ToIntFunction;

/**
 * Elements of which no two are the same by a rule of the set's own. There are no nodes: with a hundred thousand confs those weigh as much as the confs.
 * Open addressing in an array that is never more than two thirds full. Not safe for concurrent use.
 */
final class ProbedSet<T> {

    private static final int FIRST_CAPACITY = 64;

    private final ToIntFunction<T> hash;
    private final BiPredicate<T, T> same;
    private Object[] slots = new Object[FIRST_CAPACITY];
    private int size;

    /** An empty set; elements that are the same have the same hash. */
    ProbedSet(ToIntFunction<T> hash, BiPredicate<T, T> same) {
        this.hash = hash;
        this.same = same;
    }

    /** The element that is the same as this one, or null. */
    T find(T like) {
        return at(place(like));
    }

    /** Puts an element in; the one that is the same goes. */
    void put(T element) {
        int i = place(element);
        boolean isNew = slots[i] == null;
        slots[i] = element;
        if (isNew && ++size * 3 > slots.length * 2) {
            grow();
        }
    }

    /** Takes out this very element, if it is there. */
    void remove(T element) {
        int i = place(element);
        if (slots[i] != element) {
            return;
        }
        size--;
        int mask = slots.length - 1;
        slots[i] = null;
        // Who stands behind the gap and came to stand there because of it moves up, else he would not be found.
        for (int j = i + 1 & mask; slots[j] != null; j = j + 1 & mask) {
            int home = home(at(j), mask);
            if ((j - home & mask) >= (j - i & mask)) {
                slots[i] = slots[j];
                slots[j] = null;
                i = j;
            }
        }
    }

    int size() {
        return size;
    }

    private void grow() {
        Object[] old = slots;
        slots = new Object[old.length * 2];
        int mask = slots.length - 1;
        for (Object element : old) {
            if (element != null) {
                int i = home(cast(element), mask);
                while (slots[i] != null) {
                    i = i + 1 & mask;
                }
                slots[i] = element;
            }
        }
    }

    /** Where the same element is, or else would be. */
    private int place(T like) {
        int mask = slots.length - 1;
        int i = home(like, mask);
        while (slots[i] != null && !same.test(at(i), like)) {
            i = i + 1 & mask;
        }
        return i;
    }

    private int home(T element, int mask) {
        int mixed = hash.applyAsInt(element) * 0x9E3779B9;
        return (mixed ^ mixed >>> 15) & mask;
    }

    private T at(int i) {
        return cast(slots[i]);
    }

    @SuppressWarnings("unchecked")
    private T cast(Object element) {
        return (T) element; // only put stores any
    }
}
