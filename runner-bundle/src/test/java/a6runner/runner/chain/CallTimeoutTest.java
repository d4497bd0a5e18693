// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.Plugins;
import a6runner.spi.CallFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;

/** Plugins that take too long, hold too much, or block where they must not; and that the others don't notice. */
class CallTimeoutTest {

    private static final Outcome GO_ON = new Outcome.GoOn();
    private static final Outcome TIMEOUT = new Outcome.Failed(CallFailure.TIMEOUT);

    private final CountDownLatch release = new CountDownLatch(1);
    private Rig rig;

    private Rig rig(String execution) {
        rig = new Rig(execution).set("call.timeout", "300ms");
        return rig;
    }

    @AfterEach
    void close() {
        release.countDown();
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void refusesACallWhosePluginNeverGoesOn(String execution) {
        CompletableFuture<Runnable> late = new CompletableFuture<>();
        rig(execution).plugin(new TestFilter("p").onRequest((request, response, chain) -> late.complete(() -> chain.filter(request, response))));
        FakeRequestCall call = rig.request();
        assertThat(rig.run(call, "p=conf")).isEqualTo(TIMEOUT);
        assertThat(rig.log.with("ERROR plugin p (test.p 1.2.3) did not go on within 300 ms (call.timeout)", "route#1#ext-plugin-pre-req#p=conf")).hasSize(1);
        value(late).run();
        rig.loop.pass();
        assertThat(call.outcomes()).as("the late result is dropped").hasSize(1);
        assertThat(rig.log.with("WARN plugin p", "after the call was answered")).hasSize(1);
        until("nothing in flight", () -> !Plugins.busy(rig.version("p")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void tellsOfASlowStepOnce(String execution) {
        rig(execution).set("plugin.slow", "2ms").plugin(new TestFilter("p").onRequest((request, response, chain) -> {
            for (long end = System.nanoTime() + 3_000_000; System.nanoTime() - end < 0;) {
                Thread.onSpinWait();
            }
            chain.filter(request, response);
        }));
        assertThat(rig.run(rig.request(), "p")).isEqualTo(GO_ON);
        assertThat(rig.run(rig.request(), "p")).isEqualTo(GO_ON);
        assertThat(rig.log.with("WARN plugin p (test.p 1.2.3) took", "ms for a call of route#1#ext-plugin-pre-req#p", "(plugin.slow)")).hasSize(1);
    }

    @Test
    void refusesACallWhosePluginBlocksOnAWorkerAndDropsItsLateResult() {
        CompletableFuture<Throwable> late = new CompletableFuture<>();
        rig("worker").plugin(new TestFilter("p").onRequest((request, response, chain) -> {
            latch(release);
            try {
                response.setStatusCode(403);
                late.complete(null);
            } catch (Throwable e) {
                late.complete(e);
                throw e;
            }
        }));
        FakeRequestCall call = rig.request();
        assertThat(rig.run(call, "p")).isEqualTo(TIMEOUT);
        assertThat(Plugins.busy(rig.version("p"))).as("the worker is still in it").isTrue();
        release.countDown();
        assertThat(value(late)).isInstanceOf(IllegalStateException.class);
        until("nothing in flight", () -> !Plugins.busy(rig.version("p")));
        rig.loop.pass();
        assertThat(call.outcomes()).hasSize(1);
        assertThat(rig.log.with("ERROR")).as("the timeout alone, not the exception that followed from it").hasSize(1);
    }

    @Test
    void goesByAPluginsOwnTimeout() {
        rig("worker").set("call.timeout", "15s").set("plugin.p.timeout", "150ms").plugin(new TestFilter("p").onRequest((request, response, chain) -> {}));
        long began = System.nanoTime();
        assertThat(rig.run(rig.request(), "p")).isEqualTo(TIMEOUT);
        assertThat(System.nanoTime() - began).isLessThan(10_000_000_000L);
        assertThat(rig.log.with("ERROR plugin p", "within 150 ms (plugin.p.timeout)")).hasSize(1);
    }

    @Test
    void letsAPluginHaveMoreTimeThanOthers() {
        CompletableFuture<Runnable> late = new CompletableFuture<>();
        rig("worker").set("plugin.patient.timeout", "15s")
                .plugin(new TestFilter("patient").onRequest((request, response, chain) -> late.complete(() -> chain.filter(request, response))))
                .plugin(new TestFilter("p").onRequest((request, response, chain) -> {}));
        FakeRequestCall patient = rig.start(rig.request(), "patient");
        assertThat(rig.run(rig.request(), "p")).as("call.timeout has passed").isEqualTo(TIMEOUT);
        assertThat(rig.run(rig.request(), "p")).isEqualTo(TIMEOUT);
        value(late).run();
        assertThat(patient.outcome()).isEqualTo(GO_ON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void doesNotCountTheTimeThatApisixTakesToAnswer(String execution) {
        rig(execution).plugin(new TestFilter("declares").vars("a").wantsBody());
        rig.plugin(new TestFilter("asks").onRequest((request, response, chain) -> request.var("a").thenRun(() -> chain.filter(request, response))));
        rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {}));
        List<FakeRequestCall> waiting = new ArrayList<>();
        for (String plugin : List.of("declares", "asks")) {
            FakeRequestCall call = rig.request();
            call.holdAnswers();
            waiting.add(rig.start(call, plugin));
            until("asked", () -> call.asked().contains("flush"));
        }
        assertThat(rig.run(rig.request(), "p")).as("call.timeout has passed").isEqualTo(TIMEOUT);
        assertThat(rig.run(rig.request(), "p")).isEqualTo(TIMEOUT);
        waiting.forEach(FakeRequestCall::release);
        waiting.forEach(call -> assertThat(call.outcome()).isEqualTo(GO_ON));
    }

    @Test
    void countsAPluginsTimeAgainOnceApisixHasAnswered() {
        rig("event-loop").plugin(new TestFilter("asks").onRequest((request, response, chain) -> request.var("a")));
        assertThat(rig.run(rig.request(), "asks")).isEqualTo(TIMEOUT);
        assertThat(rig.log.with("ERROR plugin asks", "call.timeout")).hasSize(1);
    }

    @Test
    void doesNotGiveAStepTheTimeThatAnEarlierStepsQuestionTook() {
        CompletableFuture<Runnable> goOn = new CompletableFuture<>();
        CountDownLatch neverBegan = new CountDownLatch(1);
        rig("event-loop").plugin(new TestFilter("asks").onRequest((request, response, chain) -> {
            request.var("a"); // nobody waits for it
            goOn.complete(() -> chain.filter(request, response));
        }));
        rig.plugin(new TestFilter("never").onRequest((request, response, chain) -> neverBegan.countDown()));
        rig.plugin(new TestFilter("timer").onRequest((request, response, chain) -> {}));
        FakeRequestCall call = rig.request();
        call.holdAnswers();
        rig.start(call, "asks", "never");
        Runnable task = value(goOn);
        for (int i = 0; i < 3; i++) {
            assertThat(rig.run(rig.request(), "timer")).isEqualTo(TIMEOUT);
        }
        task.run();
        latch(neverBegan);
        call.release();
        rig.loop.pass();
        assertThat(call.outcomes()).isEmpty();
        assertThat(rig.run(rig.request(), "timer")).as("began later").isEqualTo(TIMEOUT);
        assertThat(call.outcomes()).containsExactly(TIMEOUT);
        assertThat(rig.log.with("ERROR plugin never", "within 300 ms (call.timeout)")).as("names the setting, not what was left of it").hasSize(1);
    }

    // ---- places

    @Test
    void refusesACallAtOnceWhenThePluginHoldsAsManyWorkersAsItMay() {
        CountDownLatch began = new CountDownLatch(1);
        rig("worker").set("call.timeout", "15s").set("plugin.workers", "1").plugin(new TestFilter("p").onRequest((request, response, chain) -> {
            began.countDown();
            latch(release);
            chain.filter(request, response);
        }));
        FakeRequestCall first = rig.start(rig.request(), "p");
        latch(began);
        assertThat(rig.run(rig.request(), "p")).isEqualTo(new Outcome.Failed(CallFailure.OVERLOADED));
        assertThat(rig.log.with("ERROR plugin p", "plugin.workers")).hasSize(1);
        release.countDown();
        assertThat(first.outcome()).isEqualTo(GO_ON);
        until("the place back", () -> !Plugins.busy(rig.version("p")));
        assertThat(rig.run(rig.request(), "p")).isEqualTo(GO_ON);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsOtherPluginsGoingWhileOneHoldsAllItsWorkers(boolean spins) {
        AtomicBoolean spinning = new AtomicBoolean(true);
        CountDownLatch began = new CountDownLatch(4);
        rig("worker").set("call.timeout", "15s").set("plugin.bad.workers", "4").plugin(new TestFilter("bad").onRequest((request, response, chain) -> {
            began.countDown();
            if (spins) {
                while (spinning.get()) {
                    Thread.onSpinWait();
                }
            } else {
                latch(release);
            }
            chain.filter(request, response);
        }));
        rig.plugin(new TestFilter("good").onRequest((request, response, chain) -> chain.filter(request, response)));
        List<FakeRequestCall> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(rig.start(rig.request(), "bad"));
        }
        latch(began);
        for (int i = 0; i < 100; i++) {
            assertThat(rig.run(rig.request(), "good")).isEqualTo(GO_ON);
        }
        assertThat(rig.run(rig.request(), "bad")).isEqualTo(new Outcome.Failed(CallFailure.OVERLOADED));
        spinning.set(false);
        release.countDown();
        held.forEach(call -> assertThat(call.outcome()).isEqualTo(GO_ON));
    }

    @Test
    void movesAQuickPluginToTheLoopAndBackWhenItBlocksThere() {
        AtomicBoolean block = new AtomicBoolean();
        rig("auto").set("call.timeout", "15s").plugin(new TestFilter("p").onRequest((request, response, chain) -> {
            if (block.get()) {
                until("taken off the loop", () -> !rig.version("p").placement().onLoop());
            }
            request.setHeader("thread", Thread.currentThread().getName());
            chain.filter(request, response);
        }));
        assertThat(thread(rig.run(rig.request(), "p"))).startsWith("thread=a6runner-worker-p-");
        until("quick enough for the loop", () -> {
            for (int i = 0; i < 1_000; i++) {
                rig.version("p").placement().ranOnWorker(1_000);
            }
            return rig.version("p").placement().onLoop();
        });
        for (int i = 0; i < 10_000; i++) {
            assertThat(thread(rig.run(rig.request(), "p"))).isEqualTo("thread=fake-loop-0");
        }
        block.set(true);
        assertThat(thread(rig.run(rig.request(), "p"))).isEqualTo("thread=fake-loop-0");
        assertThat(rig.log.with("ERROR plugin p", "has held event loop 0 for a second")).hasSize(1);
        assertThat(rig.log.with("WARN plugin p", "runs on worker threads from now on")).hasSize(1);
        block.set(false);
        assertThat(thread(rig.run(rig.request(), "p"))).startsWith("thread=a6runner-worker-p-");
    }

    @Test
    void seesThatACallbackBlocksTheLoop() {
        AtomicBoolean block = new AtomicBoolean();
        rig("auto").set("call.timeout", "15s").plugin(new TestFilter("p").onRequest((request, response, chain) -> request.var("a").thenRun(() -> {
            if (block.get()) {
                until("taken off the loop", () -> !rig.version("p").placement().onLoop());
            }
            request.setHeader("thread", Thread.currentThread().getName());
            chain.filter(request, response);
        })));
        for (int i = 0; i < 1_000; i++) {
            rig.version("p").placement().ranOnWorker(1_000);
        }
        assertThat(thread(rig.run(rig.request(), "p"))).isEqualTo("thread=fake-loop-0");
        block.set(true);
        assertThat(thread(rig.run(rig.request(), "p"))).isEqualTo("thread=fake-loop-0");
        assertThat(rig.log.with("ERROR plugin p", "has held event loop 0 for a second")).hasSize(1);
        block.set(false);
        assertThat(thread(rig.run(rig.request(), "p"))).startsWith("thread=a6runner-worker-p-");
    }

    @Test
    void countsCallbacksBeforeItCallsAPluginQuick() {
        rig("auto").set("call.timeout", "15s").plugin(new TestFilter("p").onRequest((request, response, chain) -> request.var("a").thenRun(() -> {
            long began = System.nanoTime();
            while (System.nanoTime() - began < 500_000) {
                Thread.onSpinWait();
            }
            chain.filter(request, response);
        })));
        for (int i = 0; i < 1_100; i++) {
            rig.run(rig.request(), "p");
        }
        assertThat(rig.version("p").placement().onLoop()).isFalse();
    }

    private static String thread(Outcome outcome) {
        return ((Outcome.Rewritten) outcome).headers().get(0);
    }
}
