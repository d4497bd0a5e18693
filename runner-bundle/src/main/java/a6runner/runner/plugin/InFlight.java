// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many calls are in flight in something, striped per event loop so that loops don't share a cache line. A loop is the only one to write its stripe and
 * needs no locked instruction for it; loops beyond the stripes share the last one, and do. {@link #sum} from any thread.
 */
final class InFlight {

    private static final int STRIPES = 16;
    private static final int SHARED = STRIPES - 1;
    private static final int PER_STRIPE = 32; // ints: two cache lines, for the prefetcher takes pairs

    private final AtomicIntegerArray counts = new AtomicIntegerArray(STRIPES * PER_STRIPE);

    /** One more. On the loop that has the stripe. */
    void enter(int stripe) {
        add(stripe, 1);
    }

    /** One less. On the loop that has the stripe. */
    void leave(int stripe) {
        add(stripe, -1);
    }

    private void add(int stripe, int one) {
        if (stripe < SHARED) {
            int at = stripe * PER_STRIPE;
            counts.setRelease(at, counts.getPlain(at) + one);
        } else {
            counts.getAndAdd(SHARED * PER_STRIPE, one);
        }
    }

    int sum() {
        int sum = 0;
        for (int i = 0; i < STRIPES; i++) {
            sum += counts.get(i * PER_STRIPE);
        }
        return sum;
    }
}
