// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import java.time.Duration;

/** APISIX's one lock for preparing confs: who waits too long gets none, and who never gives it back loses it after a while (APISIX.md §4). Any thread. */
final class PrepareLock {

    private static final long FREE = -1;

    private final long waitNanos;
    private final long holdNanos;
    private boolean held;
    private long heldSince;

    PrepareLock(Duration wait, Duration hold) {
        waitNanos = wait.toNanos();
        holdNanos = hold.toNanos();
    }

    /** Takes it; false if it isn't free in time. */
    synchronized boolean acquire() {
        long deadline = System.nanoTime() + waitNanos;
        while (leftNanos() != FREE) {
            long nanos = Math.min(deadline - System.nanoTime(), leftNanos());
            if (deadline - System.nanoTime() <= 0) {
                return false;
            }
            try {
                wait(Math.max(1, nanos / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        held = true;
        heldSince = System.nanoTime();
        return true;
    }

    /** Gives it back. */
    synchronized void release() {
        held = false;
        notifyAll();
    }

    private long leftNanos() {
        long left = holdNanos - (System.nanoTime() - heldSince);
        return held && left > 0 ? left : FREE;
    }
}
