// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

/** A thread of {@link PluginWorkers} that knows what it works on, so that what is logged there can be told apart. */
public final class WorkerThread extends Thread {

    private Object work; // this thread's own

    WorkerThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }

    /** Says what the calling thread works on from now on, null if nothing; without effect on a thread that is none of these. */
    public static void worksOn(Object work) {
        if (Thread.currentThread() instanceof WorkerThread worker) {
            worker.work = work;
        }
    }

    /** What the calling thread works on; null if nothing, or if it is none of these. */
    public static Object work() {
        return Thread.currentThread() instanceof WorkerThread worker ? worker.work : null;
    }
}
