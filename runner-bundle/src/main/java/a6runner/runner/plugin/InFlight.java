// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many calls are in flight in something, striped per event loop so that loops don't share a cache line. Loops beyond the stripes share one, which costs
 * time but no correctness. Any thread.
 */
final class InFlight {

    private static final int STRIPES = 16;
    private static final int PER_STRIPE = 32; // ints: two cache lines, for the prefetcher takes pairs

    private final AtomicIntegerArray counts = new AtomicIntegerArray(STRIPES * PER_STRIPE);

    void enter(int loop) {
        counts.getAndIncrement((loop & STRIPES - 1) * PER_STRIPE);
    }

    void leave(int loop) {
        counts.getAndDecrement((loop & STRIPES - 1) * PER_STRIPE);
    }

    int sum() {
        int sum = 0;
        for (int i = 0; i < STRIPES; i++) {
            sum += counts.get(i * PER_STRIPE);
        }
        return sum;
    }
}
