// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The worker threads of one plugin version: made when needed, gone after ten idle seconds. They are platform threads, so that a plugin that blocks or loops
 * takes nothing from the others but its share of the processors (docs/decisions/0002). Any thread.
 */
public final class PluginWorkers {

    private static final long IDLE_SECONDS = 10;

    private final int maxCalls;
    private final AtomicInteger calls = new AtomicInteger();
    private final ThreadPoolExecutor threads;

    PluginWorkers(String plugin, int maxCalls, ClassLoader contextClassLoader) {
        this.maxCalls = maxCalls;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new WorkerThread(task, "a6runner-worker-" + plugin + "-" + number.incrementAndGet());
            thread.setContextClassLoader(contextClassLoader); // else it is the launcher's, which plugins must not see
            return thread;
        });
    }

    /** Runs a call's step on a worker thread; false if the plugin holds as many as it may, or is gone. */
    public boolean tryRun(Runnable step) {
        if (calls.incrementAndGet() > maxCalls) {
            calls.decrementAndGet();
            return false;
        }
        try {
            threads.execute(() -> {
                try {
                    step.run();
                } finally {
                    calls.decrementAndGet();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            calls.decrementAndGet();
            return false;
        }
    }

    /** Runs a short task on a worker thread, whatever the limit; on the calling thread if the plugin is gone. */
    public void run(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    /** How many calls hold a worker thread. */
    int calls() {
        return calls.get();
    }

    /** Ends the threads; those that run are interrupted. */
    void stop() {
        threads.shutdownNow();
    }
}
