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

    private static final Executor LATER = CompletableFuture.delayedExecutor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);

    /** A thread's walk through the queue. */
    private final class Walk implements Runnable {
        private long done; // guarded by Parsing.this
        private boolean left; // guarded by Parsing.this: another has taken over the queue

        @Override
        public void run() {
            watch(0);
            for (Runnable task = next(this); task != null; task = next(this)) {
                task.run();
            }
        }

        /** Looks later whether this walk has come on. */
        private void watch(long seen) {
            LATER.execute(() -> {
                long now = progress(this);
                if (now == seen) {
                    leave(this);
                } else if (now > seen) {
                    watch(now);
                }
            });
        }
    }

    private final PluginWorkers workers;
    private final Queue<Runnable> queue = new ArrayDeque<>(); // guarded by this
    private Walk walk; // guarded by this; null if nothing is to be done
    private int hanging; // guarded by this

    Parsing(PluginWorkers workers) {
        this.workers = workers;
    }

    void add(Runnable task) {
        Walk fresh;
        synchronized (this) {
            queue.add(task);
            if (walk != null) {
                return;
            }
            fresh = new Walk();
            walk = fresh;
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

    /** How many tasks a walk has begun; -1 if it has ended or was left. */
    private synchronized long progress(Walk of) {
        return of == walk ? of.done : -1;
    }

    private void leave(Walk stuck) {
        Walk fresh;
        synchronized (this) {
            if (walk != stuck || hanging >= MAX_LEFT) {
                return;
            }
            stuck.left = true;
            hanging++;
            fresh = queue.isEmpty() ? null : new Walk();
            walk = fresh;
        }
        if (fresh != null) {
            workers.run(fresh);
        }
    }
}
