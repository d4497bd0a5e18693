// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a test and the plugins in its own JVM tell each other, although their class loaders differ: to be packed into the plugins' bundle. Any thread.
 */
public final class Signals {

    private static final String PROPERTY = "a6runner.itests.signals";
    private static final long LIMIT_SECONDS = 60;

    private Signals() {}

    @SuppressWarnings("unchecked") // nobody else uses that property
    private static Map<String, Object> all() {
        return (Map<String, Object>) System.getProperties().computeIfAbsent(PROPERTY, key -> new ConcurrentHashMap<String, Object>());
    }

    private static CountDownLatch latch(String name) {
        return (CountDownLatch) all().computeIfAbsent(name, key -> new CountDownLatch(1));
    }

    /** Lets all go on that wait for this. */
    public static void raise(String name) {
        latch(name).countDown();
    }

    public static boolean isRaised(String name) {
        return latch(name).getCount() == 0;
    }

    /** Waits, up to a minute; an interrupt is no reason to return earlier. */
    public static void await(String name) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!isRaised(name) && System.nanoTime() < deadline) {
            try {
                latch(name).await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // the test is to decide
            }
        }
    }

    /** Leaves a note. */
    public static void note(String name, String text) {
        all().put(name, text);
    }

    /** The last note of a name, null if there is none. */
    public static String note(String name) {
        return (String) all().get(name);
    }

    /** Forgets everything; for the end of a test. */
    static void clear() {
        System.getProperties().remove(PROPERTY);
    }
}
