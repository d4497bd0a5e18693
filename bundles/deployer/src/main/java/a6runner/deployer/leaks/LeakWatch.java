// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import java.lang.ref.WeakReference;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the versions of plugins that were stopped, by nothing that holds them, and names what does: once a full collection that began later has left one in
 * memory. It forces none. The newest {@value #REMEMBERED} are remembered.
 *
 * <p>{@link #stopped} and {@link #leaks} on any thread; {@link #tend} on the deployer's, which doesn't wait for the search.
 */
public final class LeakWatch {

    private static final Logger LOG = LoggerFactory.getLogger(LeakWatch.class);
    private static final int REMEMBERED = 200;
    /** What a version has set going at its end is given so long to come to it. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long TEND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * A version that is still in memory, though a full collection has passed.
     *
     * @param bundle symbolic name and version
     * @param file the file that it served for
     * @param stopped when it was stopped
     * @param holders what holds it, sentences; empty if that is unknown
     */
    public record Leak(String bundle, String file, Instant stopped, List<String> holders) {

        /** What holds it, or how to find out. */
        public String says() {
            return holders.isEmpty() ? "unknown holder (jcmd " + ProcessHandle.current().pid() + " GC.heap_dump /tmp/a6runner.hprof writes what a heap analyzer needs)"
                    : String.join("; ", holders);
        }
    }

    private static final class Stopped {
        final WeakReference<ClassLoader> loader;
        final String bundle;
        final String file;
        final Instant when = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        final long nanos;
        double collections = -1; // that had ended when it was first seen
        Leak leak; // once it is judged

        Stopped(ClassLoader loader, String bundle, String file, long nanos) {
            this.loader = new WeakReference<>(loader);
            this.bundle = bundle;
            this.file = file;
            this.nanos = nanos;
        }
    }

    private final Predicate<Bundle> plugins;
    private final DoubleSupplier fullCollections;
    private final LongSupplier nanoTime;
    private final List<Stopped> versions = new ArrayList<>(); // guarded by this
    private long nextTend;
    private long leaked; // guarded by this
    private volatile boolean searching;

    /** {@code plugins} tells which bundles are plugins. */
    public LeakWatch(Predicate<Bundle> plugins) {
        this(plugins, FullCollections::count, System::nanoTime);
    }

    LeakWatch(Predicate<Bundle> plugins, DoubleSupplier fullCollections, LongSupplier nanoTime) {
        this.plugins = plugins;
        this.fullCollections = fullCollections;
        this.nanoTime = nanoTime;
        this.nextTend = nanoTime.getAsLong();
    }

    /** A version was stopped; nothing should hold its classes from now on. */
    public synchronized void stopped(ClassLoader loader, String bundle, String file) {
        versions.add(new Stopped(loader, bundle, file, nanoTime.getAsLong()));
        if (versions.size() > REMEMBERED) {
            versions.remove(0);
        }
    }

    /** Judges those that it is time for, on a thread of its own. */
    public void tend() {
        long now = nanoTime.getAsLong();
        if (searching || now - nextTend < 0) {
            return;
        }
        nextTend = now + TEND_NANOS;
        List<Stopped> due = due(now);
        if (!due.isEmpty()) {
            searching = true;
            Thread thread = new Thread(() -> {
                try {
                    due.forEach(this::judge);
                } finally {
                    searching = false;
                }
            }, "a6runner-leaks");
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.start();
        }
    }

    private synchronized List<Stopped> due(long now) {
        versions.removeIf(version -> version.loader.refersTo(null));
        List<Stopped> old = versions.stream().filter(version -> version.leak == null && now - version.nanos >= GRACE_NANOS).toList();
        if (old.isEmpty()) {
            return List.of(); // without a look at the collectors: the JDK's management needs not be loaded
        }
        double collections = fullCollections.getAsDouble();
        old.stream().filter(version -> version.collections < 0).forEach(version -> version.collections = collections);
        return old.stream().filter(version -> collections - version.collections >= 1).toList();
    }

    private void judge(Stopped version) {
        ClassLoader loader = version.loader.get();
        if (loader == null) {
            return;
        }
        List<String> found;
        try {
            found = Holders.of(loader, plugins);
        } catch (RuntimeException | Error e) { // No memory, for one; it must not be tried again each second.
            LOG.debug("what holds {} could not be looked for", version.bundle, e);
            found = List.of();
        }
        Leak leak = new Leak(version.bundle, version.file, version.when, found);
        synchronized (this) {
            version.leak = leak;
            leaked++;
        }
        LOG.warn("{}: {} was stopped at {} and is still in memory: {}", leak.file(), leak.bundle(), leak.stopped(), leak.says());
    }

    /** The versions that are in memory now, though they should not be. */
    public synchronized List<Leak> leaks() {
        return versions.stream().filter(version -> version.leak != null && !version.loader.refersTo(null)).map(version -> version.leak).toList();
    }

    /** How many there have been since the start, also those that have gone since. */
    public synchronized long leaked() {
        return leaked;
    }
}
