// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Predicate;

/**
 * Confs by token, and beside each what every call reads or writes of it: its chain, what the plugins have parsed, and when it was last used. Looked at by
 * any thread without a lock; confs come and go by one thread at a time (the table's lock), the rest is written by any.
 *
 * <p>What a call needs stands in arrays, twenty bytes a conf, so that of a hundred thousand confs it stays in the processor's caches. In an object for each
 * it would not, and calls would wait for memory. So nothing here looks into a {@link PreparedConf}, not even by a cast.
 *
 * <p>Open addressing in arrays that are at most four fifths full. A place belongs to one conf for good: where that was taken out, it stays taken until the
 * arrays are made anew.
 */
final class TokenMap {

    /** Is shown each conf, and when it was last used in seconds. */
    interface Visitor {
        void visit(PreparedConf conf, int lastUsed);
    }

    private static final int FIRST_CAPACITY = 256;
    private static final int FREE = 0; // which is no token
    private static final int NOWHERE = -1;
    private static final VarHandle MARKS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle KEPT = MethodHandles.arrayElementVarHandle(Object[].class);

    /** The arrays of one capacity. */
    private static final class Places {

        private final int shift;
        private final int[] marks; // of each place the token, written after all else, and the last use
        private final PreparedConf[] confs; // null where it was taken out
        private final Object[] kept; // of each place the chain and what is parsed, which belong together: by the sequence lock below
        private volatile int changes; // written under the lock; odd while one is under way

        Places(int capacity) {
            shift = Integer.numberOfLeadingZeros(capacity) + 1;
            marks = new int[2 * capacity];
            confs = new PreparedConf[capacity];
            kept = new Object[2 * capacity];
        }

        /** Where a token's conf is, or NOWHERE. */
        int find(int token) {
            int mask = confs.length - 1;
            for (int i = home(token); ; i = i + 1 & mask) {
                int there = (int) MARKS.getAcquire(marks, 2 * i);
                if (there == token && confs[i] != null) {
                    return i;
                }
                if (there == FREE) {
                    return NOWHERE;
                }
            }
        }

        void put(PreparedConf conf, int lastUsed) {
            int mask = confs.length - 1;
            int i = home(conf.token());
            while (marks[2 * i] != FREE) {
                i = i + 1 & mask;
            }
            confs[i] = conf;
            marks[2 * i + 1] = lastUsed;
            MARKS.setRelease(marks, 2 * i, conf.token());
        }

        Object chain(int i) {
            return KEPT.getAcquire(kept, 2 * i);
        }

        /** What is parsed for a chain, null if that is not the one that is kept, or might not be. */
        Object parsed(int i, Object chain) {
            int before = changes;
            Object found = kept[2 * i] == chain ? kept[2 * i + 1] : null;
            VarHandle.loadLoadFence();
            return changes == before && (before & 1) == 0 ? found : null;
        }

        synchronized void keep(int i, Object chain, Object parsed) {
            changes++;
            VarHandle.storeStoreFence();
            KEPT.setRelease(kept, 2 * i, chain);
            kept[2 * i + 1] = parsed;
            changes++;
        }

        synchronized void forget(int i, Object chain) {
            if (kept[2 * i] == chain) {
                keep(i, null, null);
            }
        }

        private int home(int token) {
            return token * 0x9E3779B9 >>> shift; // tokens follow each other: this spreads them evenly
        }
    }

    private volatile Places places = new Places(FIRST_CAPACITY);
    private int taken; // places, with those of confs that were taken out
    private int size;

    /** The conf of a token, or null. */
    PreparedConf find(int token) {
        Places now = places;
        int i = now.find(token);
        return i == NOWHERE ? null : now.confs[i];
    }

    void put(PreparedConf conf, int lastUsed) {
        if ((taken + 1) * 5L > places.confs.length * 4L) {
            rebuild();
        }
        places.put(conf, lastUsed);
        taken++;
        size++;
    }

    // Chains are left behind, for a sweep of the old arrays would not reach those in the new ones; the next calls bring them.
    private void rebuild() {
        int capacity = FIRST_CAPACITY;
        while (capacity < size * 2) {
            capacity *= 2;
        }
        Places fresh = new Places(capacity);
        forEach(fresh::put);
        places = fresh;
        taken = size;
    }

    void remove(PreparedConf conf) {
        Places now = places;
        int i = now.find(conf.token());
        if (i != NOWHERE && now.confs[i] == conf) {
            now.confs[i] = null;
            now.keep(i, null, null);
            size--;
        }
    }

    int size() {
        return size;
    }

    /** Each conf, some of those that come or go meanwhile among them. Any thread. */
    void forEach(Visitor visitor) {
        Places now = places;
        for (int i = 0; i < now.confs.length; i++) {
            if ((int) MARKS.getAcquire(now.marks, 2 * i) != FREE) {
                PreparedConf conf = now.confs[i];
                if (conf != null) {
                    visitor.visit(conf, now.marks[2 * i + 1]);
                }
            }
        }
    }

    // ---- what calls read and write, any thread

    /** The chain that {@link #keep} was last given for a token; null if none, or if it was forgotten. */
    Object chain(int token) {
        Places now = places;
        int i = now.find(token);
        return i == NOWHERE ? null : now.chain(i);
    }

    /** What came with this chain, if it is still the one that is kept; else null. */
    Object parsed(int token, Object chain) {
        Places now = places;
        int i = now.find(token);
        return i == NOWHERE ? null : now.parsed(i, chain);
    }

    /** Keeps a chain and what its plugins have parsed for the calls to come, if the token is there. */
    void keep(int token, Object chain, Object parsed) {
        Places now = places;
        int i = now.find(token);
        if (i != NOWHERE) {
            now.keep(i, chain, parsed);
        }
    }

    /** Forgets the chains for which the predicate holds. */
    void sweepChains(Predicate<Object> stale) {
        Places now = places;
        for (int i = 0; i < now.confs.length; i++) {
            Object chain = now.chain(i);
            if (chain != null && stale.test(chain)) {
                now.forget(i, chain);
            }
        }
    }

    /** When the conf of a token was last used, in seconds; {@code otherwise} if it is not there. */
    int lastUsed(int token, int otherwise) {
        Places now = places;
        int i = now.find(token);
        return i == NOWHERE ? otherwise : now.marks[2 * i + 1];
    }

    /** A call uses the conf of a token. */
    void used(int token, int seconds) {
        Places now = places;
        int i = now.find(token);
        if (i != NOWHERE && now.marks[2 * i + 1] != seconds) { // a race that does no harm: it is a second's error
            now.marks[2 * i + 1] = seconds;
        }
    }
}
