// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import java.util.function.LongSupplier;

/**
 * Makes conf tokens: 32 bits, never 0, rising with time, so that runner processes which follow each other don't use the same ones although they share
 * nothing (APISIX.md §4: APISIX keeps tokens over a restart of the runner); two that overlap make even and odd ones. They begin anew after 2^24 ms, 4.7
 * hours, more than twice as long as APISIX uses one. Not safe for concurrent use.
 */
final class TokenSource {

    private static final int PER_MILLISECOND = 256;

    private final LongSupplier epochMillis;
    private int parity;
    private long last;

    TokenSource(LongSupplier epochMillis) {
        this.epochMillis = epochMillis;
    }

    /** Whether even (0) or odd (1) ones are made. */
    int parity() {
        return parity;
    }

    void parity(int newParity) {
        parity = newParity & 1;
    }

    int next() {
        do {
            last = Math.max(last + 1, PER_MILLISECOND * epochMillis.getAsLong());
            last += (last & 1) == parity ? 0 : 1;
        } while ((int) last == 0);
        return (int) last;
    }
}
