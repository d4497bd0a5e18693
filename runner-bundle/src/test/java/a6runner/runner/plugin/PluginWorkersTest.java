// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;

class PluginWorkersTest {

    private final PluginWorkers workers = new PluginWorkers("p", 2, PluginWorkersTest.class.getClassLoader());
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void stop() {
        go.countDown();
        workers.stop();
    }

    @Test
    void runsAtMostAsManyCallsAsItMay() {
        assertThat(workers.tryRun(() -> latch(go))).isTrue();
        assertThat(workers.tryRun(() -> latch(go))).isTrue();
        assertThat(workers.tryRun(() -> {})).isFalse();
        assertThat(workers.calls()).isEqualTo(2);
        go.countDown();
        until("both threads free", () -> workers.calls() == 0);
        assertThat(workers.tryRun(() -> {})).isTrue();
    }

    @Test
    void givesAPlaceBackThatAFailedStepHeld() {
        for (int i = 0; i < 10; i++) {
            until("a place", () -> workers.tryRun(() -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> {});
                throw new IllegalStateException("of the step");
            }));
        }
        until("all places back", () -> workers.calls() == 0);
    }

    @Test
    void runsShortTasksWhateverTheLimit() {
        workers.tryRun(() -> latch(go));
        workers.tryRun(() -> latch(go));
        CompletableFuture<String> thread = new CompletableFuture<>();
        workers.run(() -> thread.complete(Thread.currentThread().getName()));
        assertThat(value(thread)).startsWith("a6runner-worker-p-");
    }

    @Test
    void refusesCallsOnceItIsStopped() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CountDownLatch began = new CountDownLatch(1);
        workers.tryRun(() -> {
            began.countDown();
            try {
                go.await();
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        latch(began);
        workers.stop();
        assertThat(value(interrupted)).isTrue();
        assertThat(workers.tryRun(() -> {})).isFalse();
        until("no call counted", () -> workers.calls() == 0);
    }
}
