// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

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
import a6runner.spi.Canary;
import a6runner.spi.PluginLifecycle.Observer;
import a6runner.spi.PluginLifecycle.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;

import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static a6runner.runner.fake.PluginFramework.register;
import static org.assertj.core.api.Assertions.assertThat;

/** Which of two versions a call gets while the newer one is tried, and when that ends by itself. */
class TrialsTest {

    private static final int CALLS = 400;

    private final LogLines log = new LogLines();
    private final FakeLoop loop = new FakeLoop(0);
    private final PluginFramework framework = new PluginFramework();
    private final RunnerCallService service = new RunnerCallService(framework.context());
    private final CompletableFuture<String> worse = new CompletableFuture<>();

    @BeforeEach
    void start() {
        service.observe(new Observer() {
            @Override
            public void pinsChanged() {
                throw new AssertionError("nothing is pinned");
            }

            @Override
            public void worse(Bundle bundle, String why) {
                worse.complete(bundle.getVersion() + ": " + why);
            }
        });
        service.settled();
    }

    @AfterEach
    void close() {
        service.close();
        framework.close();
        loop.close();
        log.close();
    }

    private Bundle deploy(String version, PluginFilter... filters) {
        Bundle bundle = framework.bundle("test.jwt", version);
        service.hold(bundle);
        for (PluginFilter filter : filters) {
            register(bundle, filter);
        }
        value(service.check(bundle, Part.ALL));
        return bundle;
    }

    private Bundle tryOut(String share, String sticky, PluginFilter[] before, PluginFilter[] candidate) {
        service.switchOver(Map.of(deploy("1.0.0", before), Part.ALL), List.of());
        Bundle bundle = deploy("2.0.0", candidate);
        service.share(bundle, canary(share, sticky));
        service.switchOver(Map.of(bundle, Part.SHARE), List.of());
        return bundle;
    }

    private static Canary canary(String share, String sticky) {
        return Canary.of(Map.of("share", share, "sticky", sticky));
    }

    private static TestFilter[] marking(String mark, String... names) {
        TestFilter[] filters = new TestFilter[names.length];
        for (int i = 0; i < names.length; i++) {
            filters[i] = new TestFilter(names[i]).onRequest((request, response, chain) -> {
                String seen = request.getHeader("by");
                request.setHeader("by", seen == null ? mark : seen + mark);
                chain.filter(request, response);
            }).onResponse((request, response, chain) -> {
                response.setHeader("by", mark);
                chain.postFilter(request, response);
            });
        }
        return filters;
    }

    private int prepare(String... conf) {
        FakePrepareCall call = new FakePrepareCall(loop, "route#1#ext-plugin-pre-req#7", conf);
        loop.execute(() -> service.prepare(call));
        return call.token();
    }

    private Outcome call(int token, String... headers) {
        FakeRequestCall call = new FakeRequestCall(loop).token(token).headers(headers);
        loop.execute(() -> service.serve(call));
        return call.outcome();
    }

    private static String by(Outcome outcome) {
        List<String> headers = ((Outcome.Rewritten) outcome).headers();
        assertThat(headers).hasSize(1);
        return headers.get(0).substring("by=".length());
    }

    private List<String> of(int token, int users) {
        List<String> all = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            all.add(by(call(token, "x-user=user-" + user)));
        }
        return all;
    }

    @Test
    void aShareOfTheCallsGetsTheNewVersionAndNoCallBoth() {
        tryOut("25%", "", marking("1", "a", "b"), marking("2", "a", "b"));
        int token = prepare("a", "b", "a");
        List<String> all = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            all.add(by(call(token)));
        }
        assertThat(all).containsOnly("111", "222");
        assertThat(all.stream().filter("222"::equals).count()).as("of %d", CALLS).isBetween(CALLS / 8L, CALLS * 3 / 8L);
    }

    @Test
    void aUserKeepsItsVersionAndALargerShareOnlyAddsUsers() {
        Bundle candidate = tryOut("10%", "header:x-user", marking("1", "a"), marking("2", "a"));
        int token = prepare("a");
        List<String> few = of(token, CALLS);
        assertThat(few).contains("1", "2").isEqualTo(of(token, CALLS));
        service.share(candidate, canary("50%", "header:x-user"));
        List<String> more = of(token, CALLS);
        assertThat(more.stream().filter("2"::equals).count()).isBetween(CALLS / 3L, CALLS * 2L / 3);
        for (int user = 0; user < CALLS; user++) {
            assertThat(few.get(user).equals("2") && more.get(user).equals("1")).as("user %d went back", user).isFalse();
        }
        assertThat(by(call(token))).as("without the header").isEqualTo("1");
        service.share(candidate, canary("100%", "header:x-user"));
        assertThat(of(token, 20)).containsOnly("2");
    }

    @Test
    void aUserGetsTheSameVersionInBothPhasesAndByAVariable() {
        tryOut("50%", "header:x-user", marking("1", "a"), marking("2", "a"));
        int token = prepare("a");
        for (int user = 0; user < 20; user++) {
            FakeResponseCall response = new FakeResponseCall(loop).token(token).var("http_x_user", "user-" + user);
            loop.execute(() -> service.serve(response));
            assertThat(((Outcome.Replied) response.outcome()).headers()).containsExactly("by=" + by(call(token, "X-User=user-" + user)));
            assertThat(response.asked()).containsExactly("var http_x_user", "flush");
        }
    }

    @Test
    void asksForTheVariableThatDecides() {
        tryOut("50%", "var:remote_addr", marking("1", "a"), marking("2", "a"));
        int token = prepare("a");
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            FakeRequestCall call = new FakeRequestCall(loop).token(token).var("remote_addr", "10.0.0." + i % 20);
            loop.execute(() -> service.serve(call));
            all.add(by(call.outcome()));
            assertThat(call.asked()).containsExactly("var remote_addr", "flush");
        }
        assertThat(all).contains("1", "2");
        assertThat(all.subList(0, 20)).isEqualTo(all.subList(20, 40));
    }

    @Test
    void aCallThatWaitsForTheVariableHoldsBothVersions() {
        Bundle candidate = tryOut("100%", "var:remote_addr", marking("1", "a"), marking("2", "a"));
        FakeRequestCall call = new FakeRequestCall(loop).token(prepare("a")).var("remote_addr", "10.0.0.1");
        call.holdAnswers();
        loop.execute(() -> service.serve(call));
        loop.pass();
        service.switchOver(Map.of(), List.of(candidate));
        CompletableFuture<Boolean> drained = service.drained(candidate).toCompletableFuture();
        loop.pass();
        assertThat(drained).isNotDone();
        call.release();
        assertThat(by(call.outcome())).isEqualTo("2");
        assertThat(value(drained)).isTrue();
    }

    @Test
    void eachVersionParsesForItself() {
        ParsingFilter[] before = {parsing("1")};
        ParsingFilter[] candidate = {parsing("2")};
        tryOut("50%", "header:x-user", before, candidate);
        assertThat(of(prepare("a=x"), 40)).contains("1x", "2x");
    }

    private static ParsingFilter parsing(String mark) {
        ParsingFilter[] self = new ParsingFilter[1];
        self[0] = new ParsingFilter("a", conf -> mark + conf);
        self[0].onRequest((request, response, chain) -> {
            request.setHeader("by", (String) request.conf(self[0]));
            chain.filter(request, response);
        });
        return self[0];
    }

    @Test
    void aVersionWithMoreErrorsGetsNoCallsAnyMore() {
        int[] calls = new int[1];
        TestFilter failing = new TestFilter("a").onRequest((request, response, chain) -> {
            if (++calls[0] % 20 == 0) {
                throw new IllegalStateException("one in twenty");
            }
            request.setHeader("by", "2");
            chain.filter(request, response);
        });
        Bundle candidate = tryOut("100%", "", marking("1", "a"), new PluginFilter[] {failing});
        int token = prepare("a");
        int tried = 0;
        for (Outcome outcome = call(token); !worse.isDone() || outcome instanceof Outcome.Failed || by(outcome).equals("2"); outcome = call(token)) {
            assertThat(++tried).as("calls until it was seen to be worse").isLessThan(1_000);
        }
        assertThat(value(worse)).startsWith("2.0.0: its error rate is ").endsWith("that of the version before 0.0 % (0 of 0 calls)");
        assertThat(calls[0]).as("judged at the first error after 200 calls, by another thread").isGreaterThanOrEqualTo(200);
        assertThat(by(call(token))).isEqualTo("1");
        service.switchOver(Map.of(), List.of(candidate));
        assertThat(by(call(token))).isEqualTo("1");
    }

    @Test
    void stopsWithAServerErrorCountAsErrors() {
        TestFilter stopping = new TestFilter("a").onRequest((request, response, chain) -> response.setStatusCode(500));
        tryOut("100%", "", marking("1", "a"), new PluginFilter[] {stopping});
        int token = prepare("a");
        for (int i = 0; i < 200; i++) {
            assertThat(call(token)).isInstanceOf(Outcome.Stopped.class);
        }
        until("the version before has its calls", () -> call(token) instanceof Outcome.Rewritten);
        assertThat(value(worse)).startsWith("2.0.0: its error rate is 100.0 % (");
    }

    @Test
    void whatIsAsGoodGoesOn() {
        TestFilter[] both = {new TestFilter("a").onRequest((request, response, chain) -> {
            throw new IllegalStateException("always");
        })};
        tryOut("50%", "", both, new TestFilter[] {new TestFilter("a").onRequest((request, response, chain) -> {
            throw new IllegalStateException("always");
        })});
        int token = prepare("a");
        for (int i = 0; i < 3 * CALLS; i++) {
            assertThat(call(token)).isEqualTo(new Outcome.Failed(CallFailure.FAULT));
        }
        assertThat(worse).isNotDone();
    }

    @Test
    void whatRegistersLateIsTriedToo() {
        Bundle candidate = tryOut("0%", "", marking("1", "a", "b"), marking("2", "a"));
        register(candidate, marking("2", "b")[0]);
        int token = prepare("b");
        service.share(candidate, canary("100%", ""));
        until("it is tried", () -> by(call(token)).equals("2"));
        service.share(candidate, canary("0%", ""));
        for (int i = 0; i < 20; i++) {
            assertThat(by(call(token))).isEqualTo("1");
        }
    }

    @Test
    void aPluginWhoseNameAnotherBundleHasIsLeftOut() {
        Bundle twin = framework.bundle("test.twin", "5.0.0");
        service.hold(twin);
        register(twin, marking("twin", "b")[0]);
        value(service.check(twin, Part.ALL));
        service.switchOver(Map.of(twin, Part.ALL), List.of());
        tryOut("100%", "", marking("1", "a", "b"), marking("2", "a", "b"));
        assertThat(by(call(prepare("b")))).isEqualTo("twin");
        assertThat(by(call(prepare("a")))).isEqualTo("2");
    }

    @Test
    void aPluginThatOnlyTheNewVersionHasGetsAllItsCalls() {
        tryOut("0%", "", marking("1", "a"), marking("2", "a", "b"));
        assertThat(by(call(prepare("b")))).isEqualTo("2");
        assertThat(by(call(prepare("a")))).isEqualTo("1");
    }
}
