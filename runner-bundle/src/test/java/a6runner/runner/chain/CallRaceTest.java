// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.Await;
import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.Plugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static a6runner.runner.fake.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

/** Ten thousand calls whose plugins do two things at the same moment: each gets exactly one answer. */
class CallRaceTest {

    private static final int ROUNDS = 10_000;
    private static final int AT_ONCE = 16;

    private final ConcurrentLinkedQueue<Runnable> callbacks = new ConcurrentLinkedQueue<>();
    private final Thread callbackThread = new Thread(this::runCallbacks, "callbacks");
    private volatile boolean done;
    private Rig rig;

    @BeforeEach
    void start() {
        callbackThread.start();
    }

    @AfterEach
    void close() throws InterruptedException {
        done = true;
        callbackThread.join();
        rig.close();
    }

    private void runCallbacks() {
        while (!done) {
            Runnable callback = callbacks.poll();
            if (callback == null) {
                Thread.onSpinWait();
            } else {
                callback.run();
            }
        }
    }

    private List<FakeRequestCall> runMany(Runnable afterEach, String... conf) throws InterruptedException {
        Semaphore places = new Semaphore(AT_ONCE);
        List<FakeRequestCall> calls = new ArrayList<>();
        ConcurrentLinkedQueue<FakeRequestCall> inFlight = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < ROUNDS; i++) {
            while (!places.tryAcquire(1, TimeUnit.MILLISECONDS)) {
                inFlight.removeIf(call -> {
                    if (call.ended()) {
                        places.release();
                    }
                    return call.ended();
                });
            }
            FakeRequestCall call = rig.request().var("x", "1");
            calls.add(call);
            inFlight.add(call);
            rig.start(call, conf);
            inFlight.removeIf(other -> {
                if (other.ended()) {
                    places.release();
                }
                return other.ended();
            });
            afterEach.run();
        }
        return calls;
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void aCallbackThatCompletesWhileItsFilterReturns(String execution) throws InterruptedException {
        rig = new Rig(execution);
        AtomicInteger second = new AtomicInteger();
        rig.plugin(new TestFilter("a").onRequest((request, response, chain) -> callbacks.add(() -> {
            request.setHeader("late", "1");
            chain.filter(request, response);
        })));
        rig.plugin(new TestFilter("b").onRequest((request, response, chain) -> {
            second.incrementAndGet();
            chain.filter(request, response);
        }));
        Outcome expected = new Outcome.Rewritten(null, List.of("late=1"), List.of(), List.of(), null);
        for (FakeRequestCall call : runMany(() -> {}, "a", "b")) {
            assertThat(call.outcome()).isEqualTo(expected);
        }
        assertThat(second).hasValue(ROUNDS);
        until("nothing in flight", () -> !Plugins.busy(rig.version("a")));
        assertThat(rig.log.with("WARN")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void twoThreadsThatBothCallTheChain(String execution) throws InterruptedException {
        rig = new Rig(execution);
        AtomicInteger second = new AtomicInteger();
        rig.plugin(new TestFilter("a").onRequest((request, response, chain) -> {
            callbacks.add(() -> chain.filter(request, response));
            chain.filter(request, response);
        }));
        rig.plugin(new TestFilter("b").onRequest((request, response, chain) -> {
            second.incrementAndGet();
            chain.filter(request, response);
        }));
        for (FakeRequestCall call : runMany(() -> {}, "a", "b")) {
            assertThat(call.outcome()).isEqualTo(new Outcome.GoOn());
        }
        assertThat(second).hasValue(ROUNDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void aQuestionThatRacesWithTheCallsEnd(String execution) throws InterruptedException {
        rig = new Rig(execution);
        ConcurrentLinkedQueue<CompletionStage<Optional<String>>> stages = new ConcurrentLinkedQueue<>();
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger tooLate = new AtomicInteger();
        rig.plugin(new TestFilter("a").onRequest((request, response, chain) -> {
            callbacks.add(() -> {
                try {
                    stages.add(request.var("x"));
                } catch (IllegalStateException e) {
                    tooLate.incrementAndGet();
                }
                asked.incrementAndGet();
            });
            chain.filter(request, response);
        }));
        List<FakeRequestCall> calls = runMany(() -> {}, "a");
        for (FakeRequestCall call : calls) {
            assertThat(call.outcome()).isEqualTo(new Outcome.GoOn());
            assertThat(call.violations()).isEmpty();
        }
        until("all asked", () -> asked.get() == ROUNDS);
        assertThat(stages.size() + tooLate.get()).isEqualTo(ROUNDS);
        for (CompletionStage<Optional<String>> stage : stages) {
            Object outcome = Await.value(stage.<Object>handle((value, failure) -> failure == null ? value : failure).toCompletableFuture());
            assertThat(outcome.equals(Optional.of("1")) || outcome instanceof IllegalStateException).as("%s", outcome).isTrue();
        }
    }
}
