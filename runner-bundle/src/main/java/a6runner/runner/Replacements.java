// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Holds calls of plugins that are being replaced, until something has changed or they have waited long enough. Any thread. */
final class Replacements {

    private record Waiting(long until, Runnable task) {}

    private final List<Waiting> waiting = new ArrayList<>(); // guarded by this

    /** Has a task run once plugins have come or gone, or the time is up; the task looks itself which it is. */
    synchronized void await(long nanos, Runnable task) {
        waiting.add(new Waiting(System.nanoTime() + nanos, task));
    }

    /** Plugins have come or gone: all look again. */
    void changed() {
        List<Waiting> all;
        synchronized (this) {
            all = List.copyOf(waiting);
            waiting.clear();
        }
        all.forEach(one -> one.task.run());
    }

    /** Lets those go whose time is up. To be called a few times a second. */
    void tick() {
        List<Waiting> due = new ArrayList<>();
        long now = System.nanoTime();
        synchronized (this) {
            for (Iterator<Waiting> all = waiting.iterator(); all.hasNext();) {
                Waiting one = all.next();
                if (one.until - now <= 0) {
                    due.add(one);
                    all.remove();
                }
            }
        }
        due.forEach(one -> one.task.run());
    }
}
