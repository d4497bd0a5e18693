// SPDX-License-Identifier: Apache-2.0
package a6runner.itests;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for what must come, up to a deadline. */
public final class Await {

    /** Long enough for anything on a busy machine; a test that waits that long has failed. */
    public static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final long LOOK_MILLIS = 5;

    private Await() {}

    /** Returns when the condition holds; throws {@link AssertionError} saying what was awaited if it doesn't by {@link #DEADLINE}. */
    public static void until(String what, Callable<Boolean> condition) {
        within(DEADLINE, () -> what, condition);
    }

    /** Returns, with the time it took, when the condition holds. */
    public static Duration within(Duration deadline, Supplier<String> what, Callable<Boolean> condition) {
        long start = System.nanoTime();
        try {
            while (!condition.call()) {
                if (System.nanoTime() - start > deadline.toNanos()) {
                    throw new AssertionError("not within " + deadline.toMillis() + " ms: " + what.get());
                }
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (Exception e) {
            throw new AssertionError("while waiting for: " + what.get(), e);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
