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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;

/** What a return means in the request phase, in both places where plugins run. */
@ParameterizedClass
@ValueSource(strings = {"event-loop", "worker"})
class RequestStepsTest {

    private static final Outcome GO_ON = new Outcome.GoOn();
    private static final Outcome FAULT = new Outcome.Failed(CallFailure.FAULT);

    private final Rig rig;

    RequestStepsTest(String execution) {
        rig = new Rig(execution).set("call.timeout", "10s");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private TestFilter plugin(String name, TestFilter.OnRequest filter) {
        TestFilter plugin = new TestFilter(name).onRequest(filter);
        rig.plugin(plugin);
        return plugin;
    }

    private static Outcome rewrittenPath(String path) {
        return new Outcome.Rewritten(path, List.of(), List.of(), List.of(), null);
    }

    // ---- the chain call

    @Test
    void goesOnWhenTheFilterCallsTheChain() {
        plugin("a", (request, response, chain) -> chain.filter(request, response));
        assertThat(rig.run(rig.request(), "a")).isEqualTo(GO_ON);
        until("nothing in flight", () -> !Plugins.busy(rig.version("a")));
    }

    @Test
    void goesOnWithoutAnyPlugin() {
        assertThat(rig.run(rig.request())).isEqualTo(GO_ON);
    }

    @Test
    void goesThroughDefaultMethods() {
        rig.plugin(new TestFilter("a"));
        assertThat(rig.run(rig.request(), "a", "a")).isEqualTo(GO_ON);
    }

    @Test
    void runsPluginsInTheConfsOrder() {
        List<String> ran = new CopyOnWriteArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            plugin(name, (request, response, chain) -> {
                ran.add(name + chain.getIndex() + "/" + chain.getFilters().size());
                chain.filter(request, response);
            });
        }
        rig.run(rig.request(), "c", "a", "b", "a");
        assertThat(ran).containsExactly("c0/4", "a1/4", "b2/4", "a3/4");
    }

    @Test
    void goesOnWhenTheChainIsCalledLaterFromAnotherThread() {
        CompletableFuture<Runnable> later = new CompletableFuture<>();
        plugin("a", (request, response, chain) -> later.complete(() -> {
            request.setPath("/later");
            chain.filter(request, response);
        }));
        plugin("b", (request, response, chain) -> {
            request.setHeader("seen", request.getPath());
            chain.filter(request, response);
        });
        FakeRequestCall call = rig.start(rig.request(), "a", "b");
        Runnable task = value(later);
        rig.loop.pass();
        assertThat(call.outcomes()).isEmpty();
        assertThat(Plugins.busy(rig.version("a"))).isTrue();
        new Thread(task).start();
        assertThat(call.outcome()).isEqualTo(new Outcome.Rewritten("/later", List.of("seen=/later"), List.of(), List.of(), null));
    }

    @Test
    void goesOnWhenAnotherThreadCallsTheChainBeforeTheFilterReturns() {
        plugin("a", (request, response, chain) -> {
            Thread other = new Thread(() -> {
                request.setPath("/other");
                chain.filter(request, response);
            });
            other.start();
            other.join();
        });
        assertThat(rig.run(rig.request(), "a")).isEqualTo(rewrittenPath("/other"));
    }

    @Test
    void goesOnOnceWhenTheChainIsCalledTwice() {
        List<String> ran = new CopyOnWriteArrayList<>();
        plugin("a", (request, response, chain) -> {
            chain.filter(request, response);
            chain.filter(request, response);
            chain.filter(null, null);
        });
        plugin("b", (request, response, chain) -> {
            ran.add("b");
            chain.filter(request, response);
        });
        assertThat(rig.run(rig.request(), "a", "b")).isEqualTo(GO_ON);
        assertThat(ran).containsExactly("b");
        assertThat(rig.log.with("WARN plugin a", "called the chain a second time")).hasSize(1);
    }

    @Test
    void ignoresAChainCallAfterTheReply() {
        AtomicReference<PluginFilterChain> kept = new AtomicReference<>();
        plugin("a", (request, response, chain) -> {
            kept.set(chain);
            chain.filter(request, response);
        });
        FakeRequestCall call = rig.request();
        rig.run(call, "a");
        kept.get().filter(null, null);
        rig.loop.pass();
        assertThat(call.outcomes()).hasSize(1);
        assertThat(rig.log.with("WARN plugin a", "after the call was answered")).hasSize(1);
    }

    @Test
    void startsTheNextStepAfterTheFilterHasReturned() {
        List<String> events = new CopyOnWriteArrayList<>();
        CountDownLatch returning = new CountDownLatch(1);
        plugin("a", (request, response, chain) -> {
            chain.filter(request, response);
            rig.loop.execute(() -> events.add("loop free or not"));
            events.add("a returns");
            returning.countDown();
        });
        plugin("b", (request, response, chain) -> {
            latch(returning);
            events.add("b runs");
            chain.filter(request, response);
        });
        rig.run(rig.request(), "a", "b");
        assertThat(events).containsSubsequence("a returns", "b runs");
    }

    @Test
    void doesNotLetAPluginCatchAnothersFault() {
        List<String> caught = new ArrayList<>();
        plugin("a", (request, response, chain) -> {
            try {
                chain.filter(request, response);
            } catch (Throwable e) {
                caught.add("caught " + e);
            }
        });
        plugin("b", (request, response, chain) -> {
            throw new IllegalStateException("b's own");
        });
        assertThat(rig.run(rig.request(), "a", "b")).isEqualTo(FAULT);
        assertThat(caught).isEmpty();
        assertThat(rig.log.with("ERROR plugin b (test.b 1.2.3) threw java.lang.IllegalStateException: b's own")).hasSize(1);
        assertThat(rig.log.with("plugin a")).isEmpty();
    }

    @Test
    void ignoresChangesAfterTheChainCallWithOneWarning() {
        plugin("a", (request, response, chain) -> {
            request.setPath("/before");
            chain.filter(request, response);
            request.setPath("/after");
            request.setHeader("after", "1");
            request.setArg("after", "1");
            request.setBody("after");
            request.setResponseHeader("after", "1");
            response.setStatusCode(403);
            response.setReqHeader("after", "1");
            assertThat(request.getPath()).as("reading is fine").isEqualTo("/before");
        });
        assertThat(rig.run(rig.request(), "a")).isEqualTo(rewrittenPath("/before"));
        assertThat(rig.log.with("WARN plugin a", "after it had called the chain")).hasSize(1);
    }

    @Test
    void ignoresChangesThroughAnEarlierStepsViews() {
        AtomicReference<Runnable> change = new AtomicReference<>();
        plugin("a", (request, response, chain) -> {
            change.set(() -> {
                response.setStatusCode(403);
                request.setPath("/a");
            });
            chain.filter(request, response);
        });
        plugin("b", (request, response, chain) -> {
            change.get().run();
            chain.filter(request, response);
        });
        assertThat(rig.run(rig.request(), "a", "b")).isEqualTo(GO_ON);
        assertThat(rig.log.with("WARN plugin a", "after it had called the chain")).hasSize(1);
    }

    // ---- a stop

    @Test
    void stopsWhenTheFilterTouchesTheResponseAndReturns() {
        List<String> ran = new CopyOnWriteArrayList<>();
        plugin("a", (request, response, chain) -> {
            response.setStatusCode(401);
            response.setHeader("www-authenticate", "Basic");
            response.setBody("no");
        });
        plugin("b", (request, response, chain) -> ran.add("b"));
        assertThat(rig.run(rig.request(), "a", "b")).isEqualTo(new Outcome.Stopped(401, List.of("www-authenticate=Basic"), "no"));
        assertThat(ran).isEmpty();
    }

    @Test
    void stopsThoughTheFilterCallsTheChain() {
        List<String> ran = new CopyOnWriteArrayList<>();
        plugin("a", (request, response, chain) -> {
            response.setBody("no");
            chain.filter(request, response);
        });
        plugin("b", (request, response, chain) -> ran.add("b"));
        assertThat(rig.run(rig.request(), "a", "b")).isEqualTo(new Outcome.Stopped(0, List.of(), "no"));
        assertThat(ran).isEmpty();
    }

    @Test
    void stopsThoughTheRequestIsRewrittenAfterwards() {
        plugin("a", (request, response, chain) -> {
            response.setStatusCode(403);
            request.setPath("/rewritten");
            request.setHeader("x", "1");
            chain.filter(request, response);
        });
        assertThat(rig.run(rig.request(), "a")).isEqualTo(new Outcome.Stopped(403, List.of(), null));
    }

    @Test
    void waitsForTheChainCallAfterATouchWithAsync() {
        CompletableFuture<Runnable> later = new CompletableFuture<>();
        plugin("a", (request, response, chain) -> {
            response.setStatusCode(402);
            response.async();
            later.complete(() -> {
                response.setBody("later");
                chain.filter(request, response);
            });
        });
        FakeRequestCall call = rig.start(rig.request(), "a");
        Runnable task = value(later);
        rig.loop.pass();
        assertThat(call.outcomes()).isEmpty();
        task.run();
        assertThat(call.outcome()).isEqualTo(new Outcome.Stopped(402, List.of(), "later"));
    }

    @Test
    void doesNotTakeATouchFromAnotherThreadForTheStepsEnd() {
        CompletableFuture<Runnable> later = new CompletableFuture<>();
        plugin("a", (request, response, chain) -> {
            Thread other = new Thread(() -> response.setStatusCode(402));
            other.start();
            other.join();
            later.complete(() -> {
                response.setBody("later");
                chain.filter(request, response);
            });
        });
        FakeRequestCall call = rig.start(rig.request(), "a");
        Runnable task = value(later);
        rig.loop.pass();
        assertThat(call.outcomes()).isEmpty();
        task.run();
        assertThat(call.outcome()).isEqualTo(new Outcome.Stopped(402, List.of(), "later"));
    }

    @Test
    void doesNotTakeATouchAfterTheReturnForTheStepsEnd() {
        CompletableFuture<Runnable> touch = new CompletableFuture<>();
        CompletableFuture<Runnable> goOn = new CompletableFuture<>();
        plugin("a", (request, response, chain) -> {
            touch.complete(() -> response.setStatusCode(402));
            goOn.complete(() -> chain.filter(request, response));
        });
        FakeRequestCall call = rig.start(rig.request(), "a");
        value(touch);
        rig.loop.pass();
        value(touch).run();
        rig.loop.pass();
        assertThat(call.outcomes()).isEmpty();
        value(goOn).run();
        assertThat(call.outcome()).isEqualTo(new Outcome.Stopped(402, List.of(), null));
    }

    @Test
    void isNotHeldUpByAsyncOfAnEarlierStep() {
        AtomicReference<Runnable> async = new AtomicReference<>();
        plugin("a", (request, response, chain) -> {
            async.set(response::async);
            chain.filter(request, response);
        });
        plugin("b", (request, response, chain) -> {
            async.get().run();
            response.setStatusCode(403);
        });
        assertThat(rig.run(rig.request(), "a", "b")).isEqualTo(new Outcome.Stopped(403, List.of(), null));
    }

    @Test
    void stopsWithHeadersThatEarlierPluginsSetForTheClient() {
        plugin("a", (request, response, chain) -> {
            request.setResponseHeader("x-trace", "1");
            request.addResponseHeader("x-both", "request");
            request.addResponseHeader("set-cookie", "a");
            request.addResponseHeader("set-cookie", "b");
            chain.filter(request, response);
        });
        plugin("b", (request, response, chain) -> {
            response.setStatusCode(403);
            response.setHeader("X-Both", "stop");
        });
        assertThat(rig.run(rig.request(), "a", "b"))
                .isEqualTo(new Outcome.Stopped(403, List.of("X-Both=stop", "x-trace=1", "set-cookie=a", "set-cookie=b"), null));
    }

    // ---- faults

    @Test
    void refusesTheCallWhenAFilterThrowsAndLogsItOnce() {
        plugin("a", (request, response, chain) -> {
            throw new java.io.IOException("disk");
        });
        for (int i = 0; i < 10; i++) {
            assertThat(rig.run(rig.request(), "a=conf")).isEqualTo(FAULT);
        }
        assertThat(rig.log.with("ERROR")).hasSize(1);
        assertThat(rig.log.with("ERROR plugin a (test.a 1.2.3) threw java.io.IOException: disk", "route#1#ext-plugin-pre-req#a=conf", "[java.io.IOException]"))
                .hasSize(1);
        until("nothing in flight", () -> !Plugins.busy(rig.version("a")));
    }

    @Test
    void refusesTheCallWhenAFilterThrowsAnError() {
        plugin("a", (request, response, chain) -> {
            throw new NoClassDefFoundError("com/example/Gone");
        });
        plugin("b", (request, response, chain) -> {
            throw new StackOverflowError();
        });
        assertThat(rig.run(rig.request(), "a")).isEqualTo(FAULT);
        assertThat(rig.run(rig.request(), "b")).isEqualTo(FAULT);
        assertThat(rig.run(rig.request())).as("the loop is alive").isEqualTo(GO_ON);
    }

    @Test
    void refusesTheCallWhenAFilterThrowsAfterTheChainCall() {
        List<String> ran = new CopyOnWriteArrayList<>();
        plugin("a", (request, response, chain) -> {
            chain.filter(request, response);
            throw new IllegalStateException("late");
        });
        plugin("b", (request, response, chain) -> {
            ran.add("b");
            chain.filter(request, response);
        });
        assertThat(rig.run(rig.request(), "a", "b")).isEqualTo(FAULT);
        assertThat(ran).isEmpty();
    }

    @Test
    void refusesTheCallWhenAFilterThrowsAfterAStop() {
        plugin("a", (request, response, chain) -> {
            response.setStatusCode(200);
            throw new IllegalStateException("half done");
        });
        assertThat(rig.run(rig.request(), "a")).isEqualTo(FAULT);
    }

    // ---- the same plugin twice

    @Test
    void givesAPluginThatStandsTwiceItsOwnConfEachTime() {
        TestFilter[] self = new TestFilter[1];
        TestFilter other = plugin("other", (request, response, chain) -> chain.filter(request, response));
        List<String> confs = new CopyOnWriteArrayList<>();
        self[0] = plugin("a", (request, response, chain) -> {
            confs.add(request.getConfig(self[0]) + " " + request.getConfig(other) + " " + request.getConfig(null) + " "
                    + request.getConfig(new TestFilter("stranger")));
            chain.filter(request, response);
        });
        rig.run(rig.request(), "a=first", "other=x", "a=second");
        assertThat(confs).containsExactly("first x null null", "second x null null");
    }

    // ---- the end of the connection

    @Test
    void endsQuietlyWhenTheConnectionGoes() {
        CompletableFuture<Runnable> later = new CompletableFuture<>();
        plugin("a", (request, response, chain) -> later.complete(() -> chain.filter(request, response)));
        FakeRequestCall call = rig.start(rig.request(), "a");
        value(later);
        until("the worker back", () -> Plugins.workerCalls(rig.version("a")) == 0);
        call.disconnect();
        assertThat(Plugins.busy(rig.version("a"))).isFalse();
        value(later).run();
        rig.loop.pass();
        assertThat(call.outcomes()).isEmpty();
    }
}
