// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.runner.fake.Await;
import a6runner.runner.fake.FakeLoop;
import a6runner.runner.fake.FakePrepareCall;
import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.FakeResponseCall;
import a6runner.runner.fake.LogLines;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.ParsingFilter;
import a6runner.runner.fake.PluginFramework;
import a6runner.runner.fake.TestFilter;
import a6runner.spi.CallFailure;
import a6runner.spi.PluginLifecycle.Part;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.apisix.plugin.runner.A6Conf;
import org.apache.apisix.plugin.runner.A6ConfigWatcher;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceRegistration;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static a6runner.runner.fake.PluginFramework.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RunnerCallServiceTest {

    private static final Outcome GO_ON = new Outcome.GoOn();
    private static final String KEY = "route#1#ext-plugin-pre-req#7";

    private final AtomicReference<Consumer<String>> onLine = new AtomicReference<>(line -> {});
    private final LogLines log = new LogLines(line -> onLine.get().accept(line));
    private final FakeLoop loop = new FakeLoop(0);
    private final CountDownLatch release = new CountDownLatch(1);
    private PluginFramework framework;
    private RunnerCallService service;

    /** A service whose gate is open. */
    private void start(String... settings) {
        startClosed(settings);
        service.settled();
    }

    private void startClosed(String... settings) {
        framework = new PluginFramework(settings);
        service = new RunnerCallService(framework.context());
    }

    @AfterEach
    void close() {
        release.countDown();
        service.close();
        framework.close();
        loop.close();
        log.close();
    }

    private Bundle deploy(String symbolicName, String version, PluginFilter... filters) {
        Bundle bundle = framework.bundle(symbolicName, version);
        service.hold(bundle);
        for (PluginFilter filter : filters) {
            register(bundle, filter);
        }
        value(service.check(bundle, Part.ALL));
        return bundle;
    }

    private Bundle serve(String symbolicName, String version, PluginFilter... filters) {
        Bundle bundle = deploy(symbolicName, version, filters);
        service.switchOver(List.of(bundle), List.of());
        return bundle;
    }

    private int prepare(String key, String... conf) {
        FakePrepareCall call = new FakePrepareCall(loop, key, conf);
        loop.execute(() -> service.prepare(call));
        return call.token();
    }

    private FakeRequestCall call(int token) {
        FakeRequestCall call = new FakeRequestCall(loop).token(token);
        loop.execute(() -> service.serve(call));
        return call;
    }

    private static TestFilter marking(String name, String mark) {
        return new TestFilter(name).onRequest((request, response, chain) -> {
            request.setHeader(name, mark);
            chain.filter(request, response);
        });
    }

    private static Outcome headers(String... headers) {
        return new Outcome.Rewritten(null, List.of(headers), List.of(), List.of(), null);
    }

    private static Outcome failed(CallFailure failure) {
        return new Outcome.Failed(failure);
    }

    // ---- the middle of the path

    @Test
    void servesBothPhasesByTheConfOfTheToken() {
        start();
        serve("one", "1.0", marking("a", "1"), new TestFilter("b").onResponse((request, response, chain) -> {
            response.setStatusCode(203);
            chain.postFilter(request, response);
        }));
        int token = prepare(KEY, "a", "b");
        assertThat(call(token).outcome()).isEqualTo(headers("a=1"));
        FakeResponseCall response = new FakeResponseCall(loop).token(token);
        loop.execute(() -> service.serve(response));
        assertThat(response.outcome()).isEqualTo(new Outcome.Replied(203, List.of(), null));
    }

    @Test
    void goesOnByAnEmptyConf() {
        start();
        int token = prepare("");
        assertThat(call(token).outcome()).isEqualTo(GO_ON);
        FakeResponseCall response = new FakeResponseCall(loop).token(token).headers("x=1");
        loop.execute(() -> service.serve(response));
        assertThat(response.outcome()).isEqualTo(new Outcome.Replied(0, List.of("x=1"), null));
    }

    @Test
    void asksForTheConfOfATokenThatItDoesNotKnow() {
        start();
        assertThat(call(12345).outcome()).isEqualTo(failed(CallFailure.CONF_TOKEN_NOT_FOUND));
        assertThat(call(0).outcome()).isEqualTo(failed(CallFailure.CONF_TOKEN_NOT_FOUND));
        FakeResponseCall response = new FakeResponseCall(loop).token(12345);
        loop.execute(() -> service.serve(response));
        assertThat(response.outcome()).isEqualTo(failed(CallFailure.CONF_TOKEN_NOT_FOUND));
    }

    @Test
    void sharesTokensOverLoops() {
        start();
        int token = prepare(KEY);
        try (FakeLoop other = new FakeLoop(1)) {
            FakeRequestCall call = new FakeRequestCall(other).token(token);
            other.execute(() -> service.serve(call));
            assertThat(call.outcome()).isEqualTo(GO_ON);
        }
    }

    @Test
    void letsConfsGoThatAreTooMany() {
        start("conf.max", "10");
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i <= 10; i++) {
            tokens.add(prepare("route#" + i + "#pre#1"));
        }
        until("one is not known any more", () -> tokens.stream().anyMatch(token -> call(token).outcome().equals(failed(CallFailure.CONF_TOKEN_NOT_FOUND))));
        assertThat(log.with("WARN", "more than 10 confs (conf.max)")).isNotEmpty();
        until("APISIX's next try is served", () -> call(prepare("route#x#pre#1")).outcome().equals(GO_ON));
    }

    // ---- parsing

    @Test
    void hasPluginsParseAConfWithoutWaitingForThem() {
        start();
        CountDownLatch parsing = new CountDownLatch(1);
        ParsingFilter filter = new ParsingFilter("p", conf -> {
            parsing.countDown();
            latch(release);
            return conf;
        });
        serve("one", "1.0", filter);
        int token = prepare(KEY, "p=x");
        latch(parsing);
        FakeRequestCall call = call(token);
        loop.pass();
        assertThat(call.outcomes()).isEmpty();
        release.countDown();
        assertThat(call.outcome()).isEqualTo(GO_ON);
    }

    // ---- plugins that are missing

    @Test
    void refusesCallsOfAConfThatNamesAMissingPlugin() {
        start();
        serve("one", "1.0", marking("add-header", "1"), marking("noop", "1"));
        int token = prepare(KEY, "noop", "add_header");
        for (int i = 0; i < 10; i++) {
            assertThat(call(token).outcome()).isEqualTo(failed(CallFailure.PLUGIN_MISSING));
        }
        assertThat(log.with("ERROR " + KEY, "\"add_header\" is not deployed", "refused (plugin.missing = deny)", "Did you mean \"add-header\"?",
                "Deployed: add-header, noop.")).as("once per conf, not per call").hasSize(1);
    }

    @Test
    void servesAConfAsSoonAsItsPluginIsThere() {
        start();
        int token = prepare(KEY, "late");
        assertThat(call(token).outcome()).isEqualTo(failed(CallFailure.PLUGIN_MISSING));
        assertThat(log.with("ERROR", "No plugin is deployed.")).hasSize(1);
        Bundle bundle = serve("one", "1.0", marking("late", "1"));
        assertThat(call(token).outcome()).isEqualTo(headers("late=1"));
        service.switchOver(List.of(), List.of(bundle));
        assertThat(call(token).outcome()).isEqualTo(failed(CallFailure.PLUGIN_MISSING));
    }

    @Test
    void skipsMissingPluginsWhereTheSettingSaysSo() {
        start("plugin.missing", "skip", "plugin.auth.missing", "deny");
        serve("one", "1.0", marking("a", "1"));
        assertThat(call(prepare("route#1#pre#1", "gone", "a", "gone2")).outcome()).isEqualTo(headers("a=1"));
        assertThat(call(prepare("route#2#pre#1", "gone")).outcome()).isEqualTo(GO_ON);
        assertThat(call(prepare("route#3#pre#1", "a", "auth")).outcome()).isEqualTo(failed(CallFailure.PLUGIN_MISSING));
        assertThat(log.with("WARN route#1#pre#1", "\"gone\" is not deployed and is skipped")).hasSize(1);
    }

    @Test
    void skipsOnePluginWhereItsSettingSaysSo() {
        start("plugin.gone.missing", "skip");
        serve("one", "1.0", marking("a", "1"));
        assertThat(call(prepare("route#1#pre#1", "gone", "a")).outcome()).isEqualTo(headers("a=1"));
        assertThat(call(prepare("route#2#pre#1", "gone2", "a")).outcome()).isEqualTo(failed(CallFailure.PLUGIN_MISSING));
    }

    // ---- the start

    @Test
    void hasEarlyCallsWaitForTheFirstScan() {
        startClosed("start.wait", "20s");
        List<FakeRequestCall> calls = new ArrayList<>();
        int token = prepare(KEY, "a");
        for (int i = 0; i < 10; i++) {
            calls.add(call(token));
        }
        FakeRequestCall gone = call(token);
        gone.disconnect();
        FakeRequestCall unknown = call(12345);
        assertThat(unknown.outcome()).isEqualTo(failed(CallFailure.CONF_TOKEN_NOT_FOUND));
        loop.pass();
        assertThat(calls).allMatch(call -> call.outcomes().isEmpty());
        serve("one", "1.0", marking("a", "1"));
        service.settled();
        assertThat(calls).allMatch(call -> call.outcome().equals(headers("a=1")));
        assertThat(gone.outcomes()).isEmpty();
        assertThat(log.with("not deployed")).isEmpty();
        assertThat(call(token).outcome()).isEqualTo(headers("a=1"));
    }

    @Test
    void letsCallsGoOnWhosePluginsAreSettled() {
        startClosed("start.wait", "20s");
        int one = prepare("route#1#pre#1", "a");
        int two = prepare("route#2#pre#1", "a", "b");
        FakeRequestCall early = call(one);
        FakeRequestCall both = call(two);
        FakeRequestCall pinned = call(prepare("route#3#pre#1", "a@1"));
        loop.pass();
        assertThat(early.outcomes()).isEmpty();
        assertThat(service.awaited()).containsExactlyInAnyOrder("a", "b", "a@1");
        serve("one", "1.0", marking("a", "1"));
        service.settled(Set.of("a"));
        assertThat(early.outcome()).isEqualTo(headers("a=1"));
        assertThat(call(one).outcome()).isEqualTo(headers("a=1"));
        loop.pass();
        assertThat(both.outcomes()).isEmpty();
        assertThat(pinned.outcomes()).as("other versions may come").isEmpty();
        assertThat(service.awaited()).containsExactlyInAnyOrder("a", "b", "a@1");
        serve("two", "1.0", marking("b", "2"));
        service.settled(Set.of("b"));
        assertThat(both.outcome()).isEqualTo(headers("a=1", "b=2"));
        assertThat(pinned.outcomes()).isEmpty();
        service.settled();
        assertThat(pinned.outcome()).isEqualTo(headers("a=1"));
        assertThat(service.awaited()).isEmpty();
        assertThat(service.named()).containsExactlyInAnyOrder("a", "b", "a@1");
    }

    @Test
    void servesEarlyCallsWithWhatIsThereAfterTheWait() {
        startClosed("start.wait", "300ms");
        int token = prepare(KEY, "a");
        FakeRequestCall call = call(token);
        assertThat(call.outcome()).isEqualTo(failed(CallFailure.PLUGIN_MISSING));
        assertThat(log.with("WARN", "first scan is not through", "start.wait")).hasSize(1);
        service.settled();
        assertThat(call(token).outcome()).isEqualTo(failed(CallFailure.PLUGIN_MISSING));
    }

    @Test
    void doesNotLetEarlyCallsWaitForLongWhenTheSocketCloses() {
        startClosed("start.wait", "1h");
        FakeRequestCall call = call(prepare(KEY, "a"));
        loop.pass();
        assertThat(call.outcomes()).isEmpty();
        service.closing();
        assertThat(call.outcome()).isEqualTo(failed(CallFailure.PLUGIN_MISSING));
        assertThat(log.with("WARN", "the runner stops before the deploy folder's first scan is through")).hasSize(1);
    }

    @Test
    void doesNotWaitWhereTheSettingSaysSo() {
        startClosed("start.wait", "0s");
        assertThat(call(prepare(KEY)).outcome()).isEqualTo(GO_ON);
        assertThat(log.with("WARN")).isEmpty();
    }

    // ---- watchers

    @Test
    void tellsWatchersOfConfsAfterTheReplyInOrderAndOffTheLoop() {
        start();
        PluginFilter a = marking("a", "1");
        serve("one", "1.0", a);
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicReference<PluginFilterChain> chain = new AtomicReference<>();
        CountDownLatch first = new CountDownLatch(1);
        A6ConfigWatcher watcher = new A6ConfigWatcher() {
            @Override
            public String name() {
                return "watcher";
            }

            @Override
            public void watch(long confToken, A6Conf conf) {
                latch(first);
                told.add(confToken + " " + conf.getConfig() + " " + conf.get("a") + " " + conf.get("none") + " " + loop.inLoop());
                chain.set(conf.getChain());
            }
        };
        service.addWatcher(watcher);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int token = prepare("route#" + i + "#pre#1", "a=" + i, "b=x", "a=second");
            expected.add(Integer.toUnsignedLong(token) + " {a=" + i + ", b=x} " + i + " null false");
        }
        assertThat(told).as("all replies are there, the watcher has not returned").isEmpty();
        first.countDown();
        until("all told", () -> told.size() == 20);
        assertThat(told).isEqualTo(expected);
        assertThat(chain.get().getFilters()).containsExactly(a, a);
        assertThat(chain.get().getIndex()).isZero();
        assertThatThrownBy(() -> chain.get().filter(null, null)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> chain.get().postFilter(null, null)).isInstanceOf(UnsupportedOperationException.class);
        service.removeWatcher(watcher);
        prepare("route#99#pre#1");
        assertThat(told).hasSize(20);
    }

    // ---- upgrades

    @Test
    void endsACallWithThePluginsItBeganWith() {
        start();
        CompletableFuture<Runnable> goOn = new CompletableFuture<>();
        Bundle old = serve("one", "1.0", new TestFilter("a").onRequest((request, response, chain) -> goOn.complete(() -> chain.filter(request, response))),
                marking("b", "old"));
        int token = prepare(KEY, "a", "b");
        FakeRequestCall inFlight = call(token);
        value(goOn);
        Bundle next = deploy("one", "1.1", marking("a", "new"), marking("b", "new"));
        service.switchOver(List.of(next), List.of(old));
        assertThat(call(token).outcome()).isEqualTo(headers("a=new", "b=new"));
        CompletionStage<Boolean> drained = service.drained(old);
        loop.pass();
        assertThat(drained.toCompletableFuture()).isNotDone();
        value(goOn).run();
        assertThat(inFlight.outcome()).isEqualTo(headers("b=old"));
        assertThat(value(drained)).isTrue();
    }

    @Test
    void drainsAtOnceWhenNothingRuns() {
        start();
        Bundle old = serve("one", "1.0", marking("a", "old"));
        assertThat(call(prepare(KEY, "a")).outcome()).isEqualTo(headers("a=old"));
        service.switchOver(List.of(), List.of(old));
        assertThat(value(service.drained(old))).isTrue();
    }

    @Test
    void answersWhatIsLeftWhenDrainingTakesTooLong() {
        start("drain.timeout", "300ms");
        CountDownLatch began = new CountDownLatch(1);
        Bundle old = serve("one", "1.0", new TestFilter("a").onRequest((request, response, chain) -> {
            began.countDown();
            latch(release);
            chain.filter(request, response);
        }));
        FakeRequestCall stuck = call(prepare(KEY, "a"));
        latch(began);
        service.switchOver(List.of(), List.of(old));
        CompletionStage<Boolean> drained = service.drained(old);
        assertThat(value(drained)).isFalse();
        assertThat(stuck.outcome()).isEqualTo(failed(CallFailure.TIMEOUT));
        assertThat(log.with("plugin a (one 1.0.0) is stopped after drain.timeout, so a call of " + KEY)).hasSize(1);
        release.countDown();
    }

    @Test
    void hasCallsWaitWhileAPluginIsReplaced() {
        start();
        Bundle old = serve("one", "1.0", marking("a", "old"), marking("b", "old"));
        serve("two", "1.0", marking("c", "two"));
        int token = prepare(KEY, "a");
        service.suspend(old);
        assertThat(value(service.drained(old))).isTrue();
        FakeRequestCall waiting = call(token);
        FakeRequestCall fresh = call(prepare("route#9#pre#1", "b"));
        assertThat(call(prepare("route#2#pre#1", "c")).outcome()).as("others don't wait").isEqualTo(headers("c=two"));
        Bundle next = deploy("one", "2.0", marking("a", "new"), marking("b", "new"));
        service.switchOver(List.of(next), List.of(old));
        assertThat(waiting.outcome()).isEqualTo(headers("a=new"));
        assertThat(fresh.outcome()).isEqualTo(headers("b=new"));
        assertThat(log.with("ERROR")).isEmpty();
    }

    @Test
    void refusesACallThatHasWaitedTooLongForAReplacement() {
        start("replace.timeout", "200ms");
        Bundle old = serve("one", "1.0", marking("a", "old"));
        int token = prepare(KEY, "a");
        service.suspend(old);
        assertThat(call(token).outcome()).isEqualTo(failed(CallFailure.TIMEOUT));
        assertThat(log.with("ERROR", "replace.timeout", KEY)).hasSize(1);
        service.switchOver(List.of(), List.of(old));
        assertThat(call(token).outcome()).as("given up").isEqualTo(failed(CallFailure.PLUGIN_MISSING));
    }

    @Test
    void waitsForACallThatHasTakenItsPluginsAndIsNotCountedYet() {
        start("plugin.missing", "skip");
        CompletableFuture<Runnable> goOn = new CompletableFuture<>();
        Bundle old = serve("one", "1.0", new TestFilter("a").onRequest((request, response, chain) -> goOn.complete(() -> chain.filter(request, response))));
        AtomicReference<CompletionStage<Boolean>> drained = new AtomicReference<>();
        int token = prepare(KEY, "a", "gone");
        service.switchOver(List.of(), List.of()); // a new snapshot, so that the call makes its chain anew
        onLine.set(line -> {
            if (line.contains("\"gone\" is not deployed") && drained.get() == null) { // on the loop's first call, its chain half made
                service.switchOver(List.of(), List.of(old));
                drained.set(service.drained(old));
            }
        });
        FakeRequestCall call = call(token);
        value(goOn);
        loop.pass();
        assertThat(drained.get().toCompletableFuture()).isNotDone();
        value(goOn).run();
        assertThat(call.outcome()).isEqualTo(GO_ON);
        assertThat(value(drained.get())).isTrue();
    }

    @Test
    void losesNoCallWhileVersionsChange() {
        start();
        Bundle serving = serve("one", "1.0", marking("a", "0"), marking("b", "0"));
        int token = prepare(KEY, "a", "b", "a");
        List<FakeRequestCall> calls = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> caller = CompletableFuture.runAsync(() -> {
            while (release.getCount() > 0) {
                FakeRequestCall call = call(token);
                calls.add(call);
                call.outcome();
            }
        });
        for (int i = 1; i <= 30; i++) {
            Bundle next = deploy("one", "1." + i, marking("a", "" + i), marking("b", "" + i));
            service.switchOver(List.of(next), List.of(serving));
            assertThat(value(service.drained(serving))).isTrue();
            uninstall(serving);
            service.forget(serving);
            serving = next;
            int soFar = calls.size();
            until("some calls", () -> calls.size() > soFar + 3);
        }
        release.countDown();
        value(caller);
        assertThat(calls).hasSizeGreaterThan(100).allSatisfy(call -> {
            List<String> headers = ((Outcome.Rewritten) call.outcome()).headers();
            assertThat(headers).hasSize(2);
            assertThat(headers.get(0).substring(1)).as("one call, one version").isEqualTo(headers.get(1).substring(1));
        });
    }

    @Test
    void holdsNothingOfAPluginThatIsGone() {
        start("plugin.execution", "event-loop");
        WeakReference<PluginFilter> old = serveAndForget();
        long deadline = System.nanoTime() + Await.SECONDS * 1_000_000_000L;
        while (old.get() != null && System.nanoTime() - deadline < 0) {
            System.gc();
            loop.pass();
        }
        assertThat(old.get()).isNull();
    }

    private WeakReference<PluginFilter> serveAndForget() {
        ParsingFilter filter = new ParsingFilter("a", conf -> conf);
        Bundle old = framework.bundle("one", "1.0");
        service.hold(old);
        ServiceRegistration<PluginFilter> registration = register(old, filter);
        value(service.check(old, Part.ALL));
        service.switchOver(List.of(old), List.of());
        for (int i = 0; i < 5; i++) {
            assertThat(call(prepare("route#" + i + "#pre#1", "a=" + i)).outcome()).isEqualTo(GO_ON);
        }
        Bundle next = deploy("one", "1.1", marking("a", "new"));
        service.switchOver(List.of(next), List.of(old));
        assertThat(value(service.drained(old))).isTrue();
        registration.unregister();
        uninstall(old);
        service.forget(old);
        return new WeakReference<>(filter);
    }

    private static void uninstall(Bundle bundle) {
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            throw new IllegalStateException(e);
        }
    }
}
