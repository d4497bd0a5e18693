// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.FaultLog;
import a6runner.runner.plugin.PluginVersion;
import a6runner.spi.CallLoop;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks ten times a second for runs that have waited too long and for plugins that hold an event loop. Its own thread's work never waits for anything. */
public final class RunClock {

    private static final Logger LOG = LoggerFactory.getLogger(RunClock.class);
    private static final long TICK_MILLIS = 100;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Set<PluginVersion> stuck = new HashSet<>(); // the clock's thread's own
    private volatile LoopRuns[] byLoop = {};
    private volatile long epochSeconds = System.currentTimeMillis() / 1_000;

    private final FaultLog faults;

    /** A clock that ticks on the given executor until that is shut down. What the runner itself does wrong in calls is told to {@code faults}. */
    public RunClock(ScheduledExecutorService executor, FaultLog faults) {
        this.faults = faults;
        executor.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The runs of a loop. On that loop, and before it takes a snapshot of the plugins: a {@link #fence} passes through the loops that are known. */
    public LoopRuns of(CallLoop loop) {
        LoopRuns[] all = byLoop;
        int index = loop.index();
        if (index < all.length && all[index] != null && all[index].loop() == loop) {
            return all[index];
        }
        return add(loop);
    }

    private synchronized LoopRuns add(CallLoop loop) {
        LoopRuns[] all = Arrays.copyOf(byLoop, Math.max(byLoop.length, loop.index() + 1));
        LoopRuns runs = new LoopRuns(loop, faults);
        all[loop.index()] = runs;
        byLoop = all;
        return runs;
    }

    /** The time of day in seconds, at most two ticks old: for what is looked at in each call. Any thread. */
    public long epochSeconds() {
        return epochSeconds;
    }

    private void tick() {
        try {
            epochSeconds = System.currentTimeMillis() / 1_000;
            long then = System.nanoTime() - STUCK_NANOS;
            Set<PluginVersion> now = new HashSet<>();
            for (LoopRuns runs : byLoop) {
                if (runs == null) {
                    continue;
                }
                runs.sweepSoon();
                PluginVersion plugin = runs.stuckSince(then);
                if (plugin != null && now.add(plugin) && !stuck.contains(plugin)) {
                    LOG.error("{} has held event loop {} for a second; it must not block there", plugin, runs.loop().index());
                    plugin.placement().blocks();
                }
            }
            stuck.retainAll(now);
            stuck.addAll(now);
        } catch (RuntimeException e) {
            LOG.error("the clock of the calls failed once", e);
        }
    }

    /**
     * Answers the calls that still wait in one of these plugins, as those that took too long. A plugin that holds its loop can't be helped so. Any thread.
     *
     * @return completes once each loop has done so
     */
    public CompletableFuture<Void> endCallsIn(Collection<PluginVersion> plugins) {
        return CompletableFuture.allOf(Arrays.stream(byLoop).filter(runs -> runs != null).map(runs -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            runs.loop().execute(() -> {
                runs.endCallsIn(plugins);
                done.complete(null);
            });
            return done;
        }).toArray(CompletableFuture<?>[]::new));
    }

    /** Completes once each loop has run a task that comes after what it runs now. Any thread. */
    public CompletableFuture<Void> fence() {
        return CompletableFuture.allOf(Arrays.stream(byLoop).filter(runs -> runs != null).map(runs -> {
            CompletableFuture<Void> passed = new CompletableFuture<>();
            runs.loop().execute(() -> passed.complete(null));
            return passed;
        }).toArray(CompletableFuture<?>[]::new));
    }
}
