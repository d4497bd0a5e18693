// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;

/** Counts the collections that free classes nobody holds any more. Any thread; the first call loads the JDK's management classes. */
final class FullCollections {

    /** The collectors that do them, and how many must have ended to be sure that one of them began later: one that stops the world can't be under way. */
    private static final Map<String, Integer> COLLECTORS = Map.of(
            "MarkSweepCompact", 1, "PS MarkSweep", 1, "G1 Old Generation", 1, // Serial, Parallel, G1 when it can't do without
            "G1 Concurrent GC", 4, // two pauses of each cycle are counted
            "ZGC Cycles", 2, "ZGC Major Cycles", 2, "Shenandoah Cycles", 2);

    private FullCollections() {}

    /** How many have ended since the JVM's start, those that may have been under way at some moment counted in parts. */
    static double count() {
        double count = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            Integer enough = COLLECTORS.get(collector.getName());
            if (enough != null && collector.getCollectionCount() > 0) {
                count += (double) collector.getCollectionCount() / enough;
            }
        }
        return count;
    }
}
