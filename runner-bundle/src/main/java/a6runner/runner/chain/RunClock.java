// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.FaultLog;
import a6runner.runner.plugin.PluginVersion;
import a6runner.spi.CallLoop;
import a6runner.spi.RunnerControl.TraceEvent;
import a6runner.spi.RunnerView.CallInFlight;
import a6runner.spi.RunnerView.SlowCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks ten times a second for runs that have waited too long and for plugins that hold an event loop. Its own thread's work never waits for anything. */
public final class RunClock {

    private static final Logger LOG = LoggerFactory.getLogger(RunClock.class);
    private static final long TICK_MILLIS = 100;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Set<PluginVersion> stuck = new HashSet<>(); // the clock's thread's own
    private volatile LoopRuns[] byLoop = {}; // by the loop's number
    private volatile List<LoopRuns> all = List.of(); // of loops that have not ended, so far as was looked; more than byLoop after a restart of the server
    private final List<Tracer.Watch> watches = new CopyOnWriteArrayList<>();
    private final List<AtomicLongArray> outcomes = new CopyOnWriteArrayList<>(); // of all loops that ever were
    private volatile long epochSeconds = System.currentTimeMillis() / 1_000;

    private final FaultLog faults;

    /** A clock that ticks on the given executor until that is shut down. What the runner itself does wrong in calls is told to {@code faults}. */
    public RunClock(ScheduledExecutorService executor, FaultLog faults) {
        this.faults = faults;
        executor.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The runs of a loop. On that loop, and before it takes a snapshot of the plugins: a {@link #fence} passes through the loops that are known. */
    public LoopRuns of(CallLoop loop) {
        LoopRuns[] known = byLoop;
        int index = loop.index();
        if (index < known.length && known[index] != null && known[index].loop() == loop) {
            return known[index];
        }
        return add(loop);
    }

    private synchronized LoopRuns add(CallLoop loop) {
        List<LoopRuns> living = living();
        AtomicLongArray counts = new AtomicLongArray(Outcome.values().length);
        outcomes.add(counts);
        LoopRuns runs = new LoopRuns(loop, freeStripe(living), faults, counts);
        watches.forEach(runs::watch);
        LoopRuns[] known = Arrays.copyOf(byLoop, Math.max(byLoop.length, loop.index() + 1));
        known[loop.index()] = runs;
        living.add(runs);
        all = List.copyOf(living);
        byLoop = known;
        return runs;
    }

    // A loop that a plugin has held over a restart of the server still has calls to count, and loops of the new one have the same numbers.
    private static int freeStripe(List<LoopRuns> living) {
        Set<Integer> taken = living.stream().map(LoopRuns::stripe).collect(Collectors.toSet());
        return IntStream.iterate(0, stripe -> stripe + 1).filter(stripe -> !taken.contains(stripe)).findFirst().orElseThrow();
    }

    private List<LoopRuns> living() {
        return all.stream().filter(runs -> !runs.loop().ended()).collect(Collectors.toCollection(ArrayList::new));
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
            for (LoopRuns runs : all) {
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
        return CompletableFuture.allOf(living().stream().map(runs -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            runs.loop().execute(() -> {
                runs.endCallsIn(plugins);
                done.complete(null);
            });
            return done;
        }).toArray(CompletableFuture<?>[]::new));
    }

    /** How many calls have come to an outcome. Any thread. */
    public long counted(Outcome outcome) {
        return outcomes.stream().mapToLong(counts -> counts.getOpaque(outcome.ordinal())).sum();
    }

    /** The calls in flight; of a loop that doesn't answer in time only what holds it. Any thread but a loop's; waits up to {@code patience}. */
    public List<CallInFlight> inFlight(Duration patience) {
        List<CallInFlight> all = new ArrayList<>();
        ask(patience, (runs, answered) -> {
            if (answered) {
                all.addAll(runs.inFlight(System.nanoTime()));
            } else if (runs.running(System.nanoTime()) != null) {
                all.add(runs.running(System.nanoTime()));
            }
        });
        return all;
    }

    /** The slowest calls of all loops that answer in time. Any thread but a loop's; waits up to {@code patience}. */
    public List<SlowCall> slowest(Duration patience) {
        List<SlowCall> all = new ArrayList<>();
        ask(patience, (runs, answered) -> all.addAll(answered ? runs.slowest().copy() : List.of()));
        return all;
    }

    /** Begins anew with {@link #slowest}. Any thread. */
    public void forgetSlowest() {
        onEach(runs -> runs.slowest().forget());
    }

    /** Tells of steps until the handle is closed, as {@link a6runner.spi.RunnerControl#trace} says. Any thread. */
    public AutoCloseable trace(String matches, Consumer<TraceEvent> sink) {
        Tracer.Watch watch = new Tracer.Watch(matches, sink);
        watches.add(watch); // for loops that come later
        onEach(runs -> runs.watch(watch));
        return () -> {
            watches.remove(watch);
            onEach(runs -> runs.unwatch(watch));
        };
    }

    private void onEach(Consumer<LoopRuns> task) {
        living().forEach(runs -> runs.loop().execute(() -> task.accept(runs)));
    }

    /** Has a task run on each loop; on this thread for a loop that doesn't answer in time. One runs at a time. */
    private void ask(Duration patience, BiConsumer<LoopRuns, Boolean> task) {
        Object one = new Object();
        List<LoopRuns> asked = living();
        CountDownLatch done = new CountDownLatch(asked.size());
        Set<LoopRuns> silent = new HashSet<>(asked);
        for (LoopRuns runs : asked) {
            runs.loop().execute(() -> {
                synchronized (one) {
                    if (silent.remove(runs)) {
                        task.accept(runs, true);
                    }
                }
                done.countDown();
            });
        }
        try {
            done.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (one) {
            silent.forEach(runs -> task.accept(runs, false));
            silent.clear();
        }
    }

    /** Completes once each loop has run a task that comes after what it runs now. Any thread. */
    public CompletableFuture<Void> fence() {
        return CompletableFuture.allOf(living().stream().map(runs -> {
            CompletableFuture<Void> passed = new CompletableFuture<>();
            runs.loop().execute(() -> passed.complete(null));
            return passed;
        }).toArray(CompletableFuture<?>[]::new));
    }
}
