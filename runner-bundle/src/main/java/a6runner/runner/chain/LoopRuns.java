// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.FaultLog;
import a6runner.runner.plugin.PluginVersion;
import a6runner.spi.CallFailure;
import a6runner.spi.CallLoop;
import a6runner.spi.ExchangeCall;
import a6runner.spi.RequestCall;
import a6runner.spi.RunnerView.CallInFlight;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;

/** The runs of one event loop that wait for something, and the plugin that runs on it at this moment. The loop's own but where it says so. */
public final class LoopRuns {

    private static final VarHandle RUNNING;

    static {
        try {
            RUNNING = MethodHandles.lookup().findVarHandle(LoopRuns.class, "running", PluginVersion.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final ThreadLocal<LoopRuns> HERE = new ThreadLocal<>();

    private final CallLoop loop;
    private final FaultLog faults;
    private final int stripe;
    private final AtomicLongArray outcomes;
    private final SlowCalls slowest = new SlowCalls();
    private Tracer tracer; // null while nobody watches
    private final List<CallRun> waiting = new ArrayList<>();
    private volatile int waitingCount;
    private final AtomicBoolean sweepDue = new AtomicBoolean();
    private PluginVersion running; // by RUNNING, but for the loop's own look
    private long runningSince; // written before running is, which publishes it
    private CallRun call; // whose plugin is running

    /** On the loop. */
    LoopRuns(CallLoop loop, int stripe, FaultLog faults, AtomicLongArray outcomes) {
        this.loop = loop;
        this.stripe = stripe;
        this.faults = faults;
        this.outcomes = outcomes;
        HERE.set(this);
    }

    /** The call that a plugin runs for on the calling thread at this moment; null if the thread is no event loop, or runs no plugin. */
    static CallRun callHere() {
        LoopRuns here = HERE.get();
        return here == null ? null : here.call;
    }

    CallLoop loop() {
        return loop;
    }

    /** What the runner itself does wrong. */
    FaultLog faults() {
        return faults;
    }

    /** The stripe of counters that is this loop's until it has ended: small, from 0. */
    int stripe() {
        return stripe;
    }

    /** One more call came to this. */
    public void count(Outcome outcome) {
        int at = outcome.ordinal();
        outcomes.setOpaque(at, outcomes.getPlain(at) + 1);
    }

    SlowCalls slowest() {
        return slowest;
    }

    /** Who watches, or null. */
    Tracer tracer() {
        return tracer;
    }

    void watch(Tracer.Watch watch) {
        if (tracer == null) {
            tracer = new Tracer();
        }
        tracer.add(watch);
    }

    void unwatch(Tracer.Watch watch) {
        if (tracer != null) {
            tracer.remove(watch);
            tracer = tracer.isEmpty() ? null : tracer;
        }
    }

    /** A call is refused before it has a run. */
    public void refused(ExchangeCall call, String key, CallFailure failure) {
        count(Outcome.of(failure));
        if (tracer != null) {
            RequestCall request = call instanceof RequestCall is ? is : null;
            tracer.refused(call.id(), request == null ? "response" : "request", key, request == null ? "" : RequestRun.in(request), failure);
        }
    }

    /** The calls that wait for something, or run on a worker. */
    List<CallInFlight> inFlight(long now) {
        return waiting.stream().map(run -> run.inFlight(now)).toList();
    }

    /** The plugin that runs on the loop at this moment, as a call of which no more is known; null if there is none. Any thread. */
    CallInFlight running(long now) {
        PluginVersion plugin = (PluginVersion) RUNNING.getAcquire(this);
        return plugin == null ? null : new CallInFlight(-1, "", "", plugin.name(), "holds the loop", now - runningSince, loop.index());
    }

    void add(CallRun run) {
        run.place = waiting.size();
        waiting.add(run);
        waitingCount = waiting.size();
    }

    void remove(CallRun run) {
        CallRun last = waiting.remove(waiting.size() - 1);
        if (last != run) {
            waiting.set(run.place, last);
            last.place = run.place;
        }
        run.place = -1;
        waitingCount = waiting.size();
    }

    /** Has the loop look for runs that have waited too long. From the clock's thread. */
    void sweepSoon() {
        if (waitingCount > 0 && sweepDue.compareAndSet(false, true)) {
            loop.execute(() -> {
                sweepDue.set(false);
                long now = System.nanoTime();
                for (CallRun run : List.copyOf(waiting)) {
                    run.sweep(now);
                }
            });
        }
    }

    void endCallsIn(Collection<PluginVersion> plugins) {
        for (CallRun run : List.copyOf(waiting)) {
            run.endIn(plugins);
        }
    }

    void began(PluginVersion plugin, CallRun run, long now) {
        runningSince = now;
        call = run;
        RUNNING.setRelease(this, plugin); // a volatile write would cost a fence in each step, and the clock is in no hurry
    }

    void ended() {
        RUNNING.setRelease(this, null);
        call = null; // else it would hold a plugin that is gone until the next call
    }

    boolean inPlugin() {
        return running != null;
    }

    /** The plugin that has held the loop since before {@code then}, or null. From the clock's thread. */
    PluginVersion stuckSince(long then) {
        PluginVersion plugin = (PluginVersion) RUNNING.getAcquire(this);
        return plugin != null && runningSince - then < 0 && RUNNING.getAcquire(this) == plugin ? plugin : null;
    }
}
