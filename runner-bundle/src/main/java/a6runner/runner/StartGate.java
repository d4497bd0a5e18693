// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds early calls until the deploy folder's first scan is through, or they have waited long enough. Any thread. */
final class StartGate {

    private static final Logger LOG = LoggerFactory.getLogger(StartGate.class);

    private final long opensAt;
    private volatile boolean open;
    private List<Runnable> waiting = new ArrayList<>(); // guarded by this; null once it is open

    StartGate(long waitNanos) {
        opensAt = System.nanoTime() + waitNanos;
        tick();
    }

    boolean isOpen() {
        return open;
    }

    /** Has a task run, on the thread that opens the gate, or here if it is open. */
    void whenOpen(Runnable task) {
        synchronized (this) {
            if (waiting != null) {
                waiting.add(task);
                return;
            }
        }
        task.run();
    }

    /** Opens the gate. */
    void open() {
        List<Runnable> tasks;
        synchronized (this) {
            tasks = waiting == null ? List.of() : waiting;
            waiting = null;
            open = true;
        }
        tasks.forEach(Runnable::run);
    }

    /** Opens the gate if it is time. */
    void tick() {
        if (!open && System.nanoTime() - opensAt >= 0) {
            if (!waiting().isEmpty()) {
                LOG.warn("the deploy folder's first scan is not through; calls are served with the plugins that are there (start.wait)");
            }
            open();
        }
    }

    private synchronized List<Runnable> waiting() {
        return waiting == null ? List.of() : waiting;
    }
}
