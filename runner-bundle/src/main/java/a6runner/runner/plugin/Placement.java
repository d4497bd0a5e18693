// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a plugin version runs: on the event loop or on worker threads. By the rule {@code auto} it starts on workers; over a thousand calls with a mean
 * under 200 µs it moves to the loop, and back for a while when its mean there is above that or three calls within a minute take over 20 ms. Any thread.
 */
public final class Placement {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    static final int TRIAL_CALLS = 1_000;
    static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    static final int SLOW_CALLS = 3;
    private static final long SLOW_WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long FIRST_BACK_OFF_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long LAST_BACK_OFF_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int STRIPES = 16;
    private static final int PER_STRIPE = 16; // longs: two cache lines
    private static final int SMOOTHING = 10; // the mean of about the last thousand calls

    private final String plugin;
    private final boolean auto;
    private final LongSupplier nanoTime;
    private volatile boolean onLoop;
    private final long[] loopMeans = new long[STRIPES * PER_STRIPE]; // each written by one loop

    // Guarded by this.
    private boolean pinned;
    private int trialCalls;
    private long trialNanos;
    private final long[] slow = new long[SLOW_CALLS];
    private int slowCalls;
    private long backOff = FIRST_BACK_OFF_NANOS;
    private long notBefore;
    private boolean hasBackOff;

    /** A placement by a setting: event-loop, worker or auto. */
    Placement(String plugin, String setting) {
        this(plugin, setting, System::nanoTime);
    }

    Placement(String plugin, String setting, LongSupplier nanoTime) {
        this.plugin = plugin;
        this.auto = setting.equals("auto");
        this.nanoTime = nanoTime;
        this.onLoop = setting.equals("event-loop");
    }

    /** Whether the next step runs on the event loop. */
    public boolean onLoop() {
        return onLoop;
    }

    /** Takes over from the version before: its place, and for a minute at most that it has to stay off the loop, for the new one may have mended that. */
    void inherit(Placement before) {
        if (!auto || !before.auto) {
            return;
        }
        boolean wasOnLoop;
        boolean wasPinned;
        boolean backsOff;
        long until;
        synchronized (before) {
            wasOnLoop = before.onLoop;
            wasPinned = before.pinned;
            backsOff = before.hasBackOff;
            until = before.notBefore;
        }
        synchronized (this) {
            onLoop = wasOnLoop;
            pinned = wasPinned;
            hasBackOff = backsOff;
            long latest = nanoTime.getAsLong() + FIRST_BACK_OFF_NANOS;
            notBefore = until - latest < 0 ? until : latest;
        }
    }

    /** A step ran on a worker for so long. */
    public void ranOnWorker(long nanos) {
        if (!auto) {
            return;
        }
        synchronized (this) {
            trialNanos += nanos;
            if (++trialCalls < TRIAL_CALLS) {
                return;
            }
            boolean quick = trialNanos / trialCalls < QUICK_NANOS;
            trialCalls = 0;
            trialNanos = 0;
            if (quick && !pinned && !onLoop && (!hasBackOff || nanoTime.getAsLong() - notBefore > 0)) {
                Arrays.fill(loopMeans, 0);
                onLoop = true;
                LOG.debug("plugin {} is quick: it runs on the event loop from now on", plugin);
            }
        }
    }

    /** A step ran on an event loop for so long. */
    public void ranOnLoop(int loopStripe, long nanos) {
        if (!auto) {
            return;
        }
        if (nanos > SLOW_NANOS) {
            slow(nanos); // and not in the mean: a busy machine takes the processor away for longer than that now and then
            return;
        }
        int stripe = (loopStripe & STRIPES - 1) * PER_STRIPE;
        long mean = loopMeans[stripe];
        mean += (nanos - mean) >> SMOOTHING;
        loopMeans[stripe] = mean;
        if (mean > QUICK_NANOS) {
            leaveLoop("its calls take " + mean / 1_000 + " µs on average (expected there: under " + QUICK_NANOS / 1_000 + ")");
        }
    }

    /** A callback of a step ran on a worker for so long: the step's call took that longer. */
    public synchronized void calledBackOnWorker(long nanos) {
        trialNanos += nanos;
    }

    /** A callback of a step ran on an event loop for so long. */
    public void calledBackOnLoop(int loopStripe, long nanos) {
        if (!auto) {
            return;
        }
        if (nanos > SLOW_NANOS) {
            slow(nanos);
        } else {
            loopMeans[(loopStripe & STRIPES - 1) * PER_STRIPE] += nanos >> SMOOTHING; // the next step looks at the mean
        }
    }

    private synchronized void slow(long nanos) {
        long now = nanoTime.getAsLong();
        slow[slowCalls++ % SLOW_CALLS] = now;
        if (slowCalls >= SLOW_CALLS && now - slow[slowCalls % SLOW_CALLS] < SLOW_WINDOW_NANOS) { // the next to be written over is the oldest
            leaveLoop(SLOW_CALLS + " of its calls took over 20 ms within a minute, the last one " + nanos / 1_000_000 + " ms");
        }
    }

    /** A call blocks the event loop at this moment. */
    public void blocks() {
        if (auto) {
            leaveLoop("it has held an event loop for a second");
        }
    }

    /** A filter waited for a stage on a worker, or tried to on the event loop: it has to stay on workers. */
    public synchronized void waits() {
        if (auto && !pinned) {
            pinned = true;
            leaveLoop("it waits for APISIX's answers (join or get on a stage)");
        }
    }

    private synchronized void leaveLoop(String why) {
        if (!onLoop) {
            return;
        }
        onLoop = false;
        slowCalls = 0;
        notBefore = nanoTime.getAsLong() + backOff;
        hasBackOff = true;
        LOG.warn("plugin {} runs on worker threads from now on: {}{}", plugin, why,
                pinned ? "" : "; back on the event loop in " + backOff / 60_000_000_000L + " min at the earliest");
        backOff = Math.min(backOff * 2, LAST_BACK_OFF_NANOS);
    }
}
