// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import a6runner.spi.CallLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** An event loop that is one real thread. */
public final class FakeLoop implements CallLoop, AutoCloseable {

    private final int index;
    private final ExecutorService executor;
    private volatile Thread thread;

    public FakeLoop(int index) {
        this.index = index;
        this.executor = Executors.newSingleThreadExecutor(task -> {
            thread = new Thread(task, "fake-loop-" + index);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public boolean ended() {
        return executor.isTerminated();
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // dropped, as CallLoop says
        }
    }

    /** Runs something on the loop and waits for it. */
    public <T> T call(Callable<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        execute(() -> {
            try {
                done.complete(task.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return Await.value(done);
    }

    /** Waits until everything that is in the loop's queue now has run. */
    public void pass() {
        call(() -> null);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
