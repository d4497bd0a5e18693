// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.runner.fake.FakeLoop;
import a6runner.runner.fake.FakePrepareCall;
import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.FakeResponseCall;
import a6runner.runner.fake.LogLines;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.PluginFramework;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.FirstCall.Patience;
import a6runner.spi.CallFailure;
import a6runner.spi.PluginLifecycle.Part;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static a6runner.runner.fake.PluginFramework.register;
import static org.assertj.core.api.Assertions.assertThat;

/** The one call that finds a new version's code cold, and what the others get meanwhile. */
class FirstCallTest {

    private static final Patience LONG = new Patience(60_000, 60_000);
    /** More than a plugin has to do on workers before it runs on the loop. */
    private static final int CALLS = 1_200;

    private final LogLines log = new LogLines();
    private final FakeLoop loop = new FakeLoop(0);
    private final PluginFramework framework = new PluginFramework();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CompletableFuture<Boolean> began = new CompletableFuture<>(); // whether on the loop
    private RunnerCallService service;
    private Bundle old;
    private int token;

    @AfterEach
    void close() {
        release.countDown();
        service.close();
        framework.close();
        loop.close();
        log.close();
    }

    private void start(Patience patience) {
        service = new RunnerCallService(framework.context(), patience);
        service.settled();
        old = deploy("1.0", marking("a", "old"), marking("b", "old"));
        service.switchOver(List.of(old), List.of());
        token = prepare("a", "b");
        assertThat(call(token).outcome()).isEqualTo(headers("a=old", "b=old"));
    }

    private Bundle deploy(String version, PluginFilter... filters) {
        Bundle bundle = framework.bundle("one", version);
        service.hold(bundle);
        for (PluginFilter filter : filters) {
            register(bundle, filter);
        }
        value(service.check(bundle, Part.ALL));
        return bundle;
    }

    /** Switches to a new version whose first call waits, once a call can go ahead. */
    private CompletableFuture<Void> upgrade(TestFilter.OnRequest first) {
        AtomicInteger calls = new AtomicInteger();
        Bundle next = deploy("1.1", new TestFilter("a").onRequest((request, response, chain) -> {
            if (calls.getAndIncrement() == 0) {
                began.complete(loop.inLoop());
                first.filter(request, response, chain);
            } else {
                mark("a", loop.inLoop() ? "new, on the loop" : "new").filter(request, response, chain);
            }
        }).onResponse((request, response, chain) -> {
            response.setHeader("a", "new");
            chain.postFilter(request, response);
        }), marking("b", "new"));
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> service.switchOver(List.of(next), List.of(old)));
        until("a call can go ahead", () -> service.parts().registry().firstCall() != null);
        return done;
    }

    private static TestFilter marking(String name, String mark) {
        return new TestFilter(name).onRequest(mark(name, mark)).onResponse((request, response, chain) -> {
            response.setHeader(name, mark);
            chain.postFilter(request, response);
        });
    }

    private static TestFilter.OnRequest mark(String name, String mark) {
        return (request, response, chain) -> {
            request.setHeader(name, mark);
            chain.filter(request, response);
        };
    }

    private TestFilter.OnRequest waiting() {
        return (request, response, chain) -> {
            latch(release);
            mark("a", "new").filter(request, response, chain);
        };
    }

    private int prepare(String... conf) {
        FakePrepareCall call = new FakePrepareCall(loop, "route#1#ext-plugin-pre-req#7", conf);
        loop.execute(() -> service.prepare(call));
        return call.token();
    }

    private FakeRequestCall call(int of) {
        FakeRequestCall call = new FakeRequestCall(loop).token(of);
        loop.execute(() -> service.serve(call));
        return call;
    }

    private static Outcome headers(String... headers) {
        return new Outcome.Rewritten(null, List.of(headers), List.of(), List.of(), null);
    }

    @Test
    void allOthersGetTheVersionBeforeUntilItIsAnswered() {
        start(LONG);
        CompletableFuture<Void> switched = upgrade(waiting());
        FakeRequestCall first = call(token);
        value(began);
        assertThat(call(token).outcome()).isEqualTo(headers("a=old", "b=old"));
        assertThat(call(prepare("b")).outcome()).as("a plugin of the same bundle, in another conf").isEqualTo(headers("b=old"));
        assertThat(switched).isNotDone();
        release.countDown();
        assertThat(first.outcome()).isEqualTo(headers("a=new", "b=new"));
        assertThat(call(token).outcome()).isEqualTo(headers("a=new", "b=new"));
        value(switched);
        assertThat(value(service.drained(old))).isTrue();
    }

    @Test
    void itRunsOnAWorkerAlsoWhereTheVersionBeforeHasProvedQuick() {
        start(LONG);
        for (int i = 0; i < CALLS; i++) {
            call(token).outcome();
        }
        CompletableFuture<Void> switched = upgrade(mark("a", "new"));
        assertThat(call(token).outcome()).isEqualTo(headers("a=new", "b=new"));
        assertThat(value(began)).as("on the loop").isFalse();
        value(switched);
        assertThat(call(token).outcome()).isEqualTo(headers("a=new, on the loop", "b=new"));
    }

    @Test
    void oneOfEachPhaseGoesAhead() {
        start(LONG);
        CompletableFuture<Void> switched = upgrade(waiting());
        FakeRequestCall first = call(token);
        value(began);
        FakeResponseCall response = new FakeResponseCall(loop).token(token);
        loop.execute(() -> service.serve(response));
        assertThat(response.outcome().toString()).contains("a=new").contains("b=new");
        value(switched);
        release.countDown();
        assertThat(first.outcome()).isEqualTo(headers("a=new", "b=new"));
    }

    @Test
    void oneThatFailsIsFollowedByTheSwitchAsWell() {
        start(LONG);
        CompletableFuture<Void> switched = upgrade((request, response, chain) -> {
            throw new IllegalStateException("meant");
        });
        assertThat(call(token).outcome()).isEqualTo(new Outcome.Failed(CallFailure.FAULT));
        value(switched);
        assertThat(call(token).outcome()).isEqualTo(headers("a=new", "b=new"));
    }

    @Test
    void oneThatTakesLongIsNotWaitedForAnyMore() {
        start(new Patience(60_000, 50));
        CompletableFuture<Void> switched = upgrade(waiting());
        FakeRequestCall first = call(token);
        value(switched);
        assertThat(call(token).outcome()).isEqualTo(headers("a=new", "b=new"));
        release.countDown();
        assertThat(first.outcome()).isEqualTo(headers("a=new", "b=new"));
    }

    @Test
    void whereNoneComesTheSwitchIsMadeWithoutOne() {
        start(new Patience(1, 60_000));
        Bundle next = deploy("1.1", marking("a", "new"), marking("b", "new"));
        service.switchOver(List.of(next), List.of(old));
        assertThat(call(token).outcome()).isEqualTo(headers("a=new", "b=new"));
    }

    @Test
    void whateverElseComesIntoServiceMakesTheSwitchToo() {
        start(LONG);
        CompletableFuture<Void> switched = upgrade(waiting());
        register(framework.bundle("two", "1.0"), marking("c", "two"));
        value(switched);
        assertThat(call(prepare("b")).outcome()).isEqualTo(headers("b=new"));
    }

    @Test
    void anotherSwitchMeanwhileMakesBoth() {
        start(LONG);
        CompletableFuture<Void> switched = upgrade(waiting());
        Bundle newest = deploy("1.2", marking("a", "newest"), marking("b", "newest"));
        service.switchOver(List.of(newest), List.of());
        value(switched);
        assertThat(call(token).outcome()).isEqualTo(headers("a=newest", "b=newest"));
    }

    @Test
    void aCallOfOtherPluginsIsNone() {
        start(LONG);
        register(framework.bundle("two", "1.0"), marking("c", "two"));
        int other = prepare("c");
        until("it is there", () -> call(other).outcome().equals(headers("c=two")));
        CompletableFuture<Void> switched = upgrade(mark("a", "new"));
        assertThat(call(other).outcome()).isEqualTo(headers("c=two"));
        assertThat(call(prepare("a", "none")).outcome()).as("a conf of which a plugin is missing").isEqualTo(new Outcome.Failed(CallFailure.PLUGIN_MISSING));
        assertThat(switched).isNotDone();
        assertThat(call(token).outcome()).isEqualTo(headers("a=new", "b=new"));
        value(switched);
    }
}
