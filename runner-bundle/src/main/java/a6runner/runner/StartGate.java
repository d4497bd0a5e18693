// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.runner.conf.PreparedConf;
import a6runner.spi.PrepareCall.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds early calls until the deploy folder's first scan is through, or has brought their plugins and can bring nothing in place of those, or they have waited long
 * enough. Any thread.
 */
final class StartGate {

    private static final Logger LOG = LoggerFactory.getLogger(StartGate.class);

    /** A call that waits, or if there is no conf, somebody who waits for the whole folder. */
    private record Waiting(PreparedConf conf, Runnable task) {}

    private volatile long opensAt; // moved forward by the end alone
    private volatile String waited = "the deploy folder's first scan is not through; calls are served with the plugins that are there (start.wait)";
    private volatile boolean open;
    private volatile Set<String> settled = Set.of(); // plugins
    private List<Waiting> waiting = new ArrayList<>(); // guarded by this; null once it is open

    StartGate(long waitNanos) {
        opensAt = System.nanoTime() + waitNanos;
        tick();
    }

    /** Whether calls of a conf need not wait. */
    boolean isOpen(PreparedConf conf) {
        return open || names(conf).stream().allMatch(settled::contains);
    }

    /** Has a task run, on the thread that opens the gate, or here if it is open. */
    void whenOpen(Runnable task) {
        whenOpen(null, task);
    }

    /** The same when calls of a conf need not wait any more. */
    void whenOpen(PreparedConf conf, Runnable task) {
        synchronized (this) {
            if (waiting != null && (conf == null || !isOpen(conf))) {
                waiting.add(new Waiting(conf, task));
                return;
            }
        }
        task.run();
    }

    /** Opens the gate. */
    void open() {
        List<Waiting> all;
        synchronized (this) {
            all = waiting == null ? List.of() : waiting;
            waiting = null;
            open = true;
        }
        all.forEach(one -> one.task().run());
    }

    /** Opens it for the calls of confs that name no other plugins than these, and those that it was opened for before. */
    void open(Collection<String> plugins) {
        List<Waiting> now;
        synchronized (this) {
            if (waiting == null || settled.containsAll(plugins)) {
                return;
            }
            Set<String> all = new HashSet<>(settled);
            all.addAll(plugins);
            settled = all;
            Map<Boolean, List<Waiting>> byOpen = waiting.stream().collect(Collectors.partitioningBy(one -> one.conf() != null && isOpen(one.conf())));
            now = byOpen.get(true);
            waiting = new ArrayList<>(byOpen.get(false));
        }
        now.forEach(one -> one.task().run());
    }

    /** The plugins of the calls that wait. */
    synchronized Set<String> awaited() {
        return waiting == null ? Set.of() : waiting.stream().filter(one -> one.conf() != null).flatMap(one -> names(one.conf()).stream()).collect(Collectors.toSet());
    }

    /** The runner ends, and waits for the calls: opens the gate after so long at the latest. To be called once. */
    void hurry(long nanos) {
        long soon = System.nanoTime() + nanos;
        if (soon - opensAt < 0) {
            opensAt = soon;
            waited = "the runner stops before the deploy folder's first scan is through; calls that waited for it are served with the plugins that are there";
        }
    }

    /** Opens the gate if it is time. */
    void tick() {
        if (!open && System.nanoTime() - opensAt >= 0) {
            if (isAwaited()) {
                LOG.warn(waited);
            }
            open();
        }
    }

    private synchronized boolean isAwaited() {
        return waiting != null && !waiting.isEmpty();
    }

    private static List<String> names(PreparedConf conf) {
        return conf.content().entries().stream().map(Entry::name).toList();
    }
}
