// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows every buffer of Netty's that is not released yet: a leak detector that needn't wait for the collector. Netty makes one for each kind of thing
 * that can leak, as the system property {@code io.netty.customResourceLeakDetector} says. Any thread.
 */
public final class OpenBuffers<T> extends ResourceLeakDetector<T> {

    private static final Set<Tracked<?>> OPEN = ConcurrentHashMap.newKeySet();

    private static final class Tracked<T> implements ResourceLeakTracker<T> {
        final Throwable made;

        Tracked(T resource) {
            made = new Throwable("made here: " + resource.getClass().getSimpleName());
            OPEN.add(this);
        }

        @Override
        public void record() {}

        @Override
        public void record(Object hint) {}

        @Override
        public boolean close(T resource) {
            OPEN.remove(this);
            return true;
        }
    }

    public OpenBuffers(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    @Override
    public ResourceLeakTracker<T> track(T resource) {
        return new Tracked<>(resource);
    }

    @Override
    public ResourceLeakTracker<T> trackForcibly(T resource) {
        return track(resource);
    }

    /** Where those were made that are not released; they count as released from now on. */
    static List<Throwable> forget() {
        List<Throwable> made = new ArrayList<>();
        OPEN.removeIf(tracked -> made.add(tracked.made));
        return made;
    }

    static boolean isEmpty() {
        return OPEN.isEmpty();
    }
}
