// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.CommandFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Has a command wait for what the deployer's thread answers. */
final class Answers {

    private Answers() {}

    /**
     * Gives the answer.
     *
     * @param ask is given what the deployer completes
     * @param late says what is to be said when the time is up
     * @throws CommandFailure if the deployer refuses, or the time is up
     */
    static String await(Consumer<CompletableFuture<String>> ask, long timeoutNanos, String late) throws InterruptedException {
        CompletableFuture<String> done = new CompletableFuture<>();
        ask.accept(done);
        try {
            return done.get(timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CommandFailure failure ? new CommandFailure(failure.exitCode(), failure.getMessage()) : new CommandFailure(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            done.cancel(false);
            throw e;
        } catch (TimeoutException e) {
            done.cancel(false);
            throw new CommandFailure("it is not through after " + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos) + " s and goes on; " + late);
        }
    }

    /** The same for what takes but a moment. */
    static String await(Consumer<CompletableFuture<String>> ask) throws InterruptedException {
        return await(ask, TimeUnit.SECONDS.toNanos(10), "a6:deploys says what it has come to");
    }
}
