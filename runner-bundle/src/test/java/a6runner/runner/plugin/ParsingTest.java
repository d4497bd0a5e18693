// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;

class ParsingTest {

    private final CountDownLatch go = new CountDownLatch(1);
    private final PluginWorkers workers = new PluginWorkers("p", 2, getClass().getClassLoader());
    private final Parsing parsing = new Parsing(workers);

    @AfterEach
    void stop() {
        go.countDown();
        workers.stop();
    }

    @Test
    void parsesOneAfterTheOther() {
        List<Integer> ran = new CopyOnWriteArrayList<>();
        AtomicReference<Thread> running = new AtomicReference<>();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            parsing.add(() -> {
                assertThat(running.getAndSet(Thread.currentThread())).isNull();
                ran.add(number);
                running.set(null);
            });
        }
        until("all ran", () -> ran.size() == 1_000);
        assertThat(ran).isSorted();
    }

    @Test
    void goesOnBesideOneThatHangs() {
        parsing.add(() -> latch(go));
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        parsing.add(() -> waiting.complete(null));
        value(waiting);
        CompletableFuture<Void> late = new CompletableFuture<>();
        parsing.add(() -> latch(go));
        parsing.add(() -> late.complete(null));
        value(late);
    }

    @Test
    void goesOnInOrderAfterOneThatHungHasReturned() {
        CompletableFuture<Void> back = new CompletableFuture<>();
        parsing.add(() -> {
            latch(go);
            back.complete(null);
        });
        CompletableFuture<Void> beside = new CompletableFuture<>();
        parsing.add(() -> beside.complete(null));
        value(beside);
        go.countDown();
        value(back);
        CompletableFuture<Void> after = new CompletableFuture<>();
        parsing.add(() -> after.complete(null));
        value(after);
    }

    @Test
    void hasOneLookDueHoweverManyConfsComeOneByOne() {
        Queue<Runnable> looks = new ConcurrentLinkedQueue<>();
        Parsing watched = new Parsing(workers, looks::add);
        for (int i = 0; i < 1_000; i++) {
            CompletableFuture<Void> parsed = new CompletableFuture<>();
            watched.add(() -> parsed.complete(null));
            value(parsed);
        }
        assertThat(looks).hasSize(1);
        until("nothing is left to look at", () -> {
            looks.remove().run();
            return looks.isEmpty();
        });
        CompletableFuture<Void> hangs = new CompletableFuture<>();
        watched.add(() -> {
            hangs.complete(null);
            latch(go);
        });
        value(hangs);
        assertThat(looks).hasSize(1);
    }
}
