// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A stage that a plugin got from {@code var()} or {@code body()}, and all that it derives from it. Waiting on one is allowed on a worker thread, where it is
 * noted, and refused on the event loop, which would wait for itself.
 */
final class StepStage<T> extends CompletableFuture<T> {

    private final CallRun run;
    private final int index;

    StepStage(CallRun run, int index) {
        this.run = run;
        this.index = index;
    }

    int step() {
        return index;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new StepStage<>(run, index);
    }

    @Override
    public T join() {
        beforeWaiting();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        beforeWaiting();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        beforeWaiting();
        return super.get(timeout, unit);
    }

    private void beforeWaiting() {
        if (!isDone()) {
            run.chain.plugin(index).placement().waits();
            if (run.call.loop().inLoop()) {
                throw new IllegalStateException("waiting here would block the event loop for ever: use thenAccept and call the chain there, or set plugin."
                        + run.chain.plugin(index).name() + ".execution = worker");
            }
        }
    }
}
