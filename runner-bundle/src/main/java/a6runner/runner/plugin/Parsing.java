// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One plugin's parsing of confs, on its worker threads: one after the other, as there may be a hundred thousand; but one that takes longer than
 * {@value #PATIENCE_MILLIS} ms is left to its thread, and the others go on beside it. Any thread.
 */
final class Parsing {

    static final long PATIENCE_MILLIS = 500;
    /** So many that hang are left to threads of their own; a plugin in which more hang isn't helped by more threads. */
    private static final int MAX_LEFT = 32;

    // On the scheduler's own thread: where there are few processors, any other executor starts a thread for each look.
    private static final Executor LATER = CompletableFuture.delayedExecutor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run);

    /** A thread's walk through the queue. */
    private final class Walk implements Runnable {
        private long done; // guarded by Parsing.this
        private boolean left; // guarded by Parsing.this: another has taken over the queue

        @Override
        public void run() {
            for (Runnable task = next(this); task != null; task = next(this)) {
                task.run();
            }
        }
    }

    private final PluginWorkers workers;
    private final Executor later;
    private final Queue<Runnable> queue = new ArrayDeque<>(); // guarded by this
    private Walk walk; // guarded by this; null if nothing is to be done
    private int hanging; // guarded by this
    private boolean watched; // guarded by this: a look at the walks is due
    private Walk seen; // guarded by this: what the last look saw, and how far it was
    private long seenDone; // guarded by this

    Parsing(PluginWorkers workers) {
        this(workers, LATER);
    }

    /** With an executor that runs, after a while, what is to look whether a walk has come on. */
    Parsing(PluginWorkers workers, Executor later) {
        this.workers = workers;
        this.later = later;
    }

    void add(Runnable task) {
        Walk fresh;
        boolean watch;
        synchronized (this) {
            queue.add(task);
            if (walk != null) {
                return;
            }
            fresh = new Walk();
            walk = fresh;
            watch = !watched;
            watched = true;
        }
        if (watch) {
            later.execute(this::look);
        }
        workers.run(fresh);
    }

    private synchronized Runnable next(Walk by) {
        by.done++;
        if (by.left) {
            hanging--;
            return null;
        }
        Runnable task = queue.poll();
        if (task == null) {
            walk = null;
        }
        return task;
    }

    /** Leaves a walk that hasn't come on since the last look; looks again later, as long as there is one. On the scheduler's thread, which must not wait. */
    private void look() {
        Walk before;
        Walk now;
        synchronized (this) {
            before = walk;
            if (walk != null && walk == seen && walk.done == seenDone && hanging < MAX_LEFT) {
                walk.left = true;
                hanging++;
                walk = queue.isEmpty() ? null : new Walk();
            }
            now = walk;
            seen = now;
            seenDone = now == null ? 0 : now.done;
            watched = now != null;
        }
        if (now == null) {
            return;
        }
        later.execute(this::look);
        if (now != before) {
            CompletableFuture.runAsync(() -> workers.run(now)); // not from here: of a plugin that is gone, it runs on the thread that asks
        }
    }
}
