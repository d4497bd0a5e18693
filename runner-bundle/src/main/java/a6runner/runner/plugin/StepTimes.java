// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long steps took, as a histogram whose buckets are an eighth apart, from 128 ns to two minutes. Striped per event loop as {@link InFlight} is: a loop
 * is the only one to write its stripe and needs no locked instruction for it; nothing is allocated but a stripe when a loop first comes. {@link #read} from
 * any thread.
 */
final class StepTimes {

    private static final int STRIPES = 16;
    private static final int SHARED = STRIPES - 1; // of loops beyond
    private static final int LEAST_BITS = 10; // below 1024 ns the buckets are even
    private static final int MOST_BITS = 37;
    private static final int SUB_BITS = 3;
    private static final int SUB = 1 << SUB_BITS;
    static final int BUCKETS = SUB + (MOST_BITS - LEAST_BITS) * SUB;

    private final AtomicLongArray[] stripes = new AtomicLongArray[STRIPES];

    /** A step took so long. On the loop that has the stripe. */
    void record(int loopStripe, long nanos) {
        int stripe = Math.min(loopStripe, SHARED);
        AtomicLongArray counts = stripes[stripe];
        if (counts == null) {
            counts = add(stripe);
        }
        int bucket = bucket(nanos);
        if (stripe < SHARED) {
            counts.setOpaque(bucket, counts.getPlain(bucket) + 1);
        } else {
            counts.getAndIncrement(bucket);
        }
    }

    private synchronized AtomicLongArray add(int stripe) {
        if (stripes[stripe] == null) {
            stripes[stripe] = new AtomicLongArray(BUCKETS);
        }
        return stripes[stripe];
    }

    static int bucket(long nanos) {
        if (nanos < 1L << LEAST_BITS) {
            return nanos < 0 ? 0 : (int) (nanos >>> LEAST_BITS - SUB_BITS);
        }
        int bits = 63 - Long.numberOfLeadingZeros(nanos);
        if (bits >= MOST_BITS) {
            return BUCKETS - 1;
        }
        return SUB + (bits - LEAST_BITS) * SUB + (int) (nanos >>> bits - SUB_BITS & SUB - 1);
    }

    /** The least time of a bucket. */
    static long least(int bucket) {
        if (bucket < SUB) {
            return (long) bucket << LEAST_BITS - SUB_BITS;
        }
        int bits = LEAST_BITS + (bucket - SUB) / SUB;
        return (SUB + (bucket - SUB) % SUB + 0L) << bits - SUB_BITS;
    }

    /** All stripes together, as they are about now. */
    synchronized Sums read() {
        long[] sums = new long[BUCKETS];
        long count = 0;
        for (AtomicLongArray counts : stripes) {
            for (int i = 0; counts != null && i < BUCKETS; i++) {
                sums[i] += counts.getOpaque(i);
            }
        }
        for (long sum : sums) {
            count += sum;
        }
        return new Sums(sums, count);
    }

    /** A histogram of one moment. */
    record Sums(long[] buckets, long count) {

        static final Sums NONE = new Sums(new long[BUCKETS], 0);

        /** Both together. */
        Sums plus(Sums other) {
            return combined(other, 1);
        }

        /** What came since an earlier moment. */
        Sums minus(Sums earlier) {
            return combined(earlier, -1);
        }

        private Sums combined(Sums other, int sign) {
            long[] all = new long[BUCKETS];
            for (int i = 0; i < BUCKETS; i++) {
                all[i] = buckets[i] + sign * other.buckets[i];
            }
            return new Sums(all, count + sign * other.count);
        }

        /** The time within which this share of the steps was done, from 0 to 1; -1 if there was none. */
        long within(double share) {
            long rank = Math.max(1, (long) Math.ceil(share * count));
            long seen = 0;
            for (int i = 0; i < BUCKETS && count > 0; i++) {
                seen += buckets[i];
                if (seen >= rank) {
                    return (least(i) + (i + 1 < BUCKETS ? least(i + 1) : 2 * least(i))) / 2;
                }
            }
            return -1;
        }
    }
}
