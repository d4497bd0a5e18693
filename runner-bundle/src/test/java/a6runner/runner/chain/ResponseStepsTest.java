// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeResponseCall;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.TestFilter;
import a6runner.spi.CallFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;

/** What a return means in the response phase, and what the client gets, in both places where plugins run. */
@ParameterizedClass
@ValueSource(strings = {"event-loop", "worker"})
class ResponseStepsTest {

    private static final Outcome UNTOUCHED = new Outcome.Replied(0, List.of("content-type=text/html"), null);

    private final Rig rig;

    ResponseStepsTest(String execution) {
        rig = new Rig(execution).set("call.timeout", "10s");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void plugin(String name, TestFilter.OnResponse filter) {
        rig.plugin(new TestFilter(name).onResponse(filter));
    }

    private FakeResponseCall call() {
        return rig.response().headers("content-type=text/html", "content-length=5", "connection=close");
    }

    @Test
    void keepsEverythingThatNobodyTouches() {
        rig.plugin(new TestFilter("request-only").onRequest((request, response, chain) -> {
            throw new AssertionError("wrong phase");
        }));
        FakeResponseCall call = rig.response().headers("content-type=text/html", "Set-Cookie=a", "Set-Cookie=b", "location=/x");
        assertThat(rig.run(call, "request-only")).isEqualTo(
                new Outcome.Replied(0, List.of("content-type=text/html", "Set-Cookie=a", "Set-Cookie=b", "location=/x"), null));
        assertThat(call.asked()).isEmpty();
    }

    @Test
    void goesOnWithoutAnyPlugin() {
        assertThat(rig.run(call())).isEqualTo(UNTOUCHED);
    }

    @Test
    void goesOnToTheNextPluginWhenTheFilterTouchesTheResponseAndReturns() {
        plugin("a", (request, response, chain) -> response.setStatusCode(203));
        plugin("b", (request, response, chain) -> response.setHeader("x-b", "1"));
        plugin("c", (request, response, chain) -> {
            response.setBody("c");
            chain.postFilter(request, response);
        });
        assertThat(rig.run(call(), "a", "b", "c")).isEqualTo(new Outcome.Replied(203, List.of("content-type=text/html", "x-b=1"), "c"));
    }

    @Test
    void takesATouchWithoutEffectForATouch() {
        plugin("a", (request, response, chain) -> response.setHeader("content-type", "text/html"));
        plugin("b", (request, response, chain) -> response.setHeader("content-length", "7"));
        plugin("c", (request, response, chain) -> response.setStatusCode(444));
        plugin("d", (request, response, chain) -> response.removeHeader("none"));
        assertThat(rig.run(call(), "a", "b", "c", "d")).isEqualTo(UNTOUCHED);
        assertThat(rig.log.with("WARN plugin b", "content-length")).hasSize(1);
        assertThat(rig.log.with("WARN plugin c", "444")).hasSize(1);
    }

    @Test
    void waitsForTheChainCallAfterATouchWithAsync() {
        CompletableFuture<Runnable> later = new CompletableFuture<>();
        plugin("a", (request, response, chain) -> {
            response.setHeader("x-a", "1");
            response.async();
            later.complete(() -> {
                response.setBody("later");
                chain.postFilter(request, response);
            });
        });
        FakeResponseCall call = rig.start(call(), "a");
        Runnable task = value(later);
        rig.loop.pass();
        assertThat(call.outcomes()).isEmpty();
        task.run();
        assertThat(call.outcome()).isEqualTo(new Outcome.Replied(0, List.of("content-type=text/html", "x-a=1"), "later"));
    }

    @Test
    void waitsForTheChainCallWhenNothingWasTouched() {
        CompletableFuture<Runnable> later = new CompletableFuture<>();
        plugin("a", (request, response, chain) -> later.complete(() -> {
            response.setBody("later");
            chain.postFilter(request, response);
        }));
        FakeResponseCall call = rig.start(call(), "a");
        new Thread(value(later)).start();
        assertThat(call.outcome()).isEqualTo(new Outcome.Replied(0, List.of("content-type=text/html"), "later"));
    }

    @Test
    void isNotHeldUpByAsyncOfAnEarlierStep() {
        AtomicReference<Runnable> async = new AtomicReference<>();
        plugin("a", (request, response, chain) -> {
            async.set(response::async);
            chain.postFilter(request, response);
        });
        plugin("b", (request, response, chain) -> {
            async.get().run();
            response.setStatusCode(203);
        });
        assertThat(rig.run(call(), "a", "b")).isEqualTo(new Outcome.Replied(203, List.of("content-type=text/html"), null));
    }

    @Test
    void refusesTheCallWhenAFilterThrows() {
        plugin("a", (request, response, chain) -> {
            response.setStatusCode(200);
            throw new IllegalStateException("mask failed");
        });
        assertThat(rig.run(call(), "a")).isEqualTo(new Outcome.Failed(CallFailure.FAULT));
        assertThat(rig.log.with("ERROR plugin a (test.a 1.2.3) threw", "mask failed", "route#1")).hasSize(1);
    }

    @Test
    void showsTheUpstreamsHeadersAndWhatEarlierPluginsMadeOfTheBody() {
        List<String> seen = new CopyOnWriteArrayList<>();
        rig.plugin(new TestFilter("a").wantsResponseBody().onResponse((request, response, chain) -> {
            seen.add(request.getBody());
            response.setHeader("Content-Type", "application/json");
            response.setStatusCode(203);
            response.setBody("{}");
            chain.postFilter(request, response);
        }));
        plugin("b", (request, response, chain) -> {
            seen.add(request.getBody() + " " + new String(request.getBodyBytes(), StandardCharsets.UTF_8) + " " + request.getUpstreamStatusCode() + " "
                    + request.getUpstreamHeaders().get("CONTENT-TYPE") + " " + request.getUpstreamHeaderValues("Content-type"));
            chain.postFilter(request, response);
        });
        rig.run(call().body("<p>"), "a", "b");
        assertThat(seen).containsExactly("<p>", "{} {} 200 text/html [text/html]");
    }

    @Test
    void givesUpstreamHeadersOfOnesOwn() {
        plugin("a", (request, response, chain) -> {
            request.getUpstreamHeaders().put("x", "1");
            request.getUpstreamHeaders().clear();
            assertThat(request.getUpstreamHeaders()).containsOnlyKeys("content-type", "content-length", "connection");
            assertThat(request.getUpstreamHeaderValues(null)).isEmpty();
            chain.postFilter(request, response);
        });
        assertThat(rig.run(call(), "a")).isEqualTo(UNTOUCHED);
    }

    @Test
    void takesTextInTheCharsetThatIsSetBefore() {
        plugin("a", (request, response, chain) -> {
            response.setCharset(StandardCharsets.UTF_16BE);
            response.setCharset(null);
            response.setBody("ab");
        });
        assertThat(rig.run(call(), "a")).isEqualTo(new Outcome.Replied(0, List.of("content-type=text/html"), "\0a\0b"));
    }

    @Test
    void sendsALineFeedForAnEmptyBody() {
        plugin("a", (request, response, chain) -> response.setBody(""));
        assertThat(rig.run(call(), "a")).isEqualTo(new Outcome.Replied(0, List.of("content-type=text/html"), "\n"));
        assertThat(rig.log.with("WARN plugin a", "empty body")).hasSize(1);
    }

    @Test
    void ignoresANullBodyWithAWarning() {
        plugin("a", (request, response, chain) -> {
            response.setBody((String) null);
            response.setBody((byte[]) null);
            chain.postFilter(request, response);
        });
        assertThat(rig.run(call(), "a")).isEqualTo(UNTOUCHED);
        assertThat(rig.log.with("WARN plugin a", "null")).hasSize(1);
    }

    @Test
    void sendsABodyOfOneByteWhereApisixWouldAskTheUpstreamAgain() {
        plugin("body", (request, response, chain) -> response.setBody("mine"));
        for (int status : new int[] {204, 304}) {
            assertThat(rig.run(call().status(status))).isEqualTo(new Outcome.Replied(0, List.of("content-type=text/html"), "\n"));
            assertThat(rig.run(call().status(status), "body")).isEqualTo(new Outcome.Replied(0, List.of("content-type=text/html"), "mine"));
        }
    }

    @Test
    void copiesBodiesBothWays() {
        byte[] mine = "abc".getBytes(StandardCharsets.UTF_8);
        rig.plugin(new TestFilter("a").wantsResponseBody().onResponse((request, response, chain) -> {
            request.getBodyBytes()[0] = 'X';
            request.getRawBodyBytes()[0] = 'X';
            assertThat(request.getBody()).isEqualTo("upstream");
            response.setBody(mine);
            mine[0] = 'X';
            chain.postFilter(request, response);
        }));
        assertThat(rig.run(call().body("upstream"), "a")).isEqualTo(new Outcome.Replied(0, List.of("content-type=text/html"), "abc"));
    }

    @Test
    void decodesTheUpstreamsBody() {
        byte[] gzip = BodyDecoderTest.gzip("plain".getBytes(StandardCharsets.UTF_8));
        List<Object> seen = new CopyOnWriteArrayList<>();
        rig.plugin(new TestFilter("a").wantsResponseBody().onResponse((request, response, chain) -> {
            seen.add(request.getBody());
            seen.add(request.getRawBodyBytes());
            seen.add(request.getBody(StandardCharsets.ISO_8859_1));
            chain.postFilter(request, response);
        }));
        FakeResponseCall call = rig.response().headers("Content-Encoding=gzip").body(gzip);
        assertThat(rig.run(call, "a")).as("untouched, it stays encoded").isEqualTo(new Outcome.Replied(0, List.of("Content-Encoding=gzip"), null));
        assertThat(seen.get(0)).isEqualTo("plain");
        assertThat(seen.get(1)).isEqualTo(gzip);
        assertThat(seen.get(2)).isEqualTo("plain");
    }

    @Test
    void refusesTheCallWhenTheBodyCantBeDecoded() {
        rig.set("body.max", "1kB");
        rig.plugin(new TestFilter("a").wantsResponseBody().onResponse((request, response, chain) -> {
            response.setBody(request.getBody());
            chain.postFilter(request, response);
        }));
        assertThat(rig.run(rig.response().headers("content-encoding=gzip").body("no gzip"), "a")).isEqualTo(new Outcome.Failed(CallFailure.FAULT));
        byte[] bomb = BodyDecoderTest.gzip(new byte[1_000_000]);
        assertThat(rig.run(rig.response().headers("content-encoding=gzip").body(bomb), "a")).isEqualTo(new Outcome.Failed(CallFailure.FAULT));
        assertThat(rig.log.with("ERROR plugin a", "can't be decoded")).isNotEmpty();
    }
}
