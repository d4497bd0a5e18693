// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits with a deadline and a message. */
public final class Await {

    public static final long SECONDS = 20;

    private Await() {}

    /** Waits until something holds. */
    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(200_000);
        }
    }

    /** What a stage completes with. */
    public static <T> T value(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError("not completed within " + SECONDS + " s", e);
        } catch (ExecutionException e) {
            throw new AssertionError("completed exceptionally: " + e.getCause(), e.getCause());
        }
    }

    /** What a stage fails with. */
    public static Throwable failure(CompletionStage<?> stage) {
        try {
            Object value = stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("completed with " + value + " (expected: a failure)");
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError("not completed within " + SECONDS + " s", e);
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    /** Waits for a latch; for use within plugins too, where an interrupt ends it. */
    public static void latch(CountDownLatch latch) {
        try {
            if (!latch.await(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("latch not open within " + SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
