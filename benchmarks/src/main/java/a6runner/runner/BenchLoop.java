// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.spi.CallLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An event loop that is the thread of whoever asks; tasks run when they are asked for. */
final class BenchLoop implements CallLoop {

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    @Override
    public int index() {
        return 1; // 0 is the connection's where there is one
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public boolean ended() {
        return false;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
