// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.FakeResponseCall;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.Placement;
import a6runner.spi.CallFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static a6runner.runner.fake.Await.failure;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is asked of APISIX, when, and where the answers go. */
class ExtraInfoTest {

    private static final Outcome GO_ON = new Outcome.GoOn();
    private static final Outcome TIMEOUT = new Outcome.Failed(CallFailure.TIMEOUT);

    @Nested
    @ParameterizedClass
    @ValueSource(strings = {"event-loop", "worker"})
    class InBothPlaces {

        private final String execution;
        private final Rig rig;
        private final List<String> seen = new CopyOnWriteArrayList<>();

        InBothPlaces(String execution) {
            this.execution = execution;
            rig = new Rig(execution);
        }

        @AfterEach
        void close() {
            rig.close();
        }

        private String here() {
            return execution.equals("worker") ? "a6runner-worker-p-" : "fake-loop-0";
        }

        // ---- declared variables

        @Test
        void asksForAllDeclaredVariablesInOneWriteBeforeTheFirstPlugin() {
            FakeRequestCall call = rig.request().var("a", "1").var("c", "");
            rig.plugin(new TestFilter("p").vars("a", "b").onRequest((request, response, chain) -> {
                seen.add(call.asked().toString());
                seen.add(request.getVars("a") + "|" + request.getVars("b") + "|" + request.getVars("c") + "|" + request.getVars("d"));
                chain.filter(request, response);
            }));
            rig.plugin(new TestFilter("q").vars("b", "c"));
            assertThat(rig.run(call, "p", "q")).isEqualTo(GO_ON);
            assertThat(seen).containsExactly("[var a, var b, var c, flush]", "1|||null");
            assertThat(call.asked()).hasSize(4);
        }

        @Test
        void asksForDeclaredVariablesInTheResponsePhaseToo() {
            FakeResponseCall call = rig.response().var("a", "1");
            rig.plugin(new TestFilter("p").vars("a", "b").onResponse((request, response, chain) -> {
                seen.add(request.getVars("a") + "|" + request.getVars("b") + "|" + request.getVars("c"));
                chain.postFilter(request, response);
            }));
            rig.run(call, "p");
            assertThat(seen).containsExactly("1||null");
            assertThat(call.asked()).containsExactly("var a", "var b", "flush");
        }

        // ---- the request's body

        @Test
        void asksForTheBodyJustBeforeTheFirstPluginThatDeclaresIt() {
            FakeRequestCall call = rig.request().body("the body");
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {
                seen.add(call.asked() + " " + request.getBody());
                chain.filter(request, response);
            }));
            for (String name : List.of("q", "r")) {
                rig.plugin(new TestFilter(name).wantsBody().onRequest((request, response, chain) -> {
                    seen.add(call.asked() + " " + request.getBody());
                    chain.filter(request, response);
                }));
            }
            assertThat(rig.run(call, "p", "q", "p", "r")).isEqualTo(GO_ON);
            assertThat(seen).containsExactly("[] null", "[body, flush] the body", "[body, flush] the body", "[body, flush] the body");
        }

        @Test
        void doesNotAskForABodyThatNobodyWillRead() {
            FakeRequestCall call = rig.request().body("16 MB of an anonymous client");
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> response.setStatusCode(401)));
            rig.plugin(new TestFilter("q").wantsBody());
            assertThat(rig.run(call, "p", "q")).isEqualTo(new Outcome.Stopped(401, List.of(), null));
            assertThat(call.asked()).isEmpty();
        }

        @Test
        void showsAnEmptyBodyWhereThereIsNone() {
            rig.plugin(new TestFilter("p").wantsBody().onRequest((request, response, chain) -> {
                seen.add("<" + request.getBody() + ">" + request.getBodyBytes().length);
                chain.filter(request, response);
            }));
            rig.run(rig.request(), "p");
            assertThat(seen).containsExactly("<>0");
        }

        @Test
        void showsTheBodyThatAnEarlierPluginSet() {
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {
                request.setBody("new");
                chain.filter(request, response);
            }));
            rig.plugin(new TestFilter("q").wantsBody().onRequest((request, response, chain) -> {
                seen.add(request.getBody());
                request.body().thenAccept(body -> {
                    seen.add(new String(body.orElseThrow(), StandardCharsets.UTF_8));
                    chain.filter(request, response);
                });
            }));
            assertThat(rig.run(rig.request().body("old"), "p", "q")).isEqualTo(new Outcome.Rewritten(null, List.of(), List.of(), List.of(), "new"));
            assertThat(seen).containsExactly("new", "new");
        }

        // ---- on demand

        @Test
        void completesAStageWhereThePluginRuns() {
            FakeRequestCall call = rig.request().var("a", "1").body("b");
            call.holdAnswers();
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> request.var("a").thenAccept(a -> {
                seen.add(a + " " + Thread.currentThread().getName());
                request.body().thenAccept(body -> {
                    seen.add(new String(body.orElseThrow(), StandardCharsets.UTF_8) + " " + Thread.currentThread().getName());
                    request.setHeader("a", a.orElseThrow());
                    chain.filter(request, response);
                });
            })));
            rig.start(call, "p");
            until("asked for the variable", () -> call.asked().equals(List.of("var a", "flush")));
            call.release();
            assertThat(call.outcome()).isEqualTo(new Outcome.Rewritten(null, List.of("a=1"), List.of(), List.of(), null));
            assertThat(seen).hasSize(2).allMatch(line -> line.contains(here()));
            assertThat(seen.get(0)).startsWith("Optional[1]");
            assertThat(seen.get(1)).startsWith("b ");
            assertThat(call.asked()).containsExactly("var a", "flush", "body", "flush");
        }

        @Test
        void completesAStageInTheResponsePhase() {
            FakeResponseCall call = rig.response().var("a", "1").body("b");
            rig.plugin(new TestFilter("p").onResponse((request, response, chain) -> request.var("a").thenCombine(request.body(), (a, body) -> {
                seen.add(Thread.currentThread().getName());
                response.setBody(a.orElseThrow() + new String(body.orElseThrow(), StandardCharsets.UTF_8));
                chain.postFilter(request, response);
                return null;
            })));
            assertThat(rig.run(call, "p")).isEqualTo(new Outcome.Replied(0, List.of(), "1b"));
            assertThat(seen).allMatch(line -> line.contains(here()));
        }

        @Test
        void answersWithEmptyWhereApisixHasNothing() {
            rig.plugin(new TestFilter("p").vars("known", "unset").onRequest((request, response, chain) -> request.var("none").thenCombine(request.body(),
                    (none, body) -> {
                        seen.add(none + " " + body + " " + value(request.var("known")) + " " + value(request.var("unset")));
                        chain.filter(request, response);
                        return null;
                    })));
            FakeRequestCall call = rig.request().var("known", "");
            assertThat(rig.run(call, "p")).isEqualTo(GO_ON);
            assertThat(seen).containsExactly("Optional.empty Optional.empty Optional[] Optional.empty");
            assertThat(call.asked()).as("what was declared is not asked again").containsExactly("var known", "var unset", "flush", "var none", "flush", "body",
                    "flush");
        }

        @Test
        void answersAnotherThread() {
            FakeRequestCall call = rig.request().var("a", "1");
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> new Thread(() -> request.var("a").thenAccept(a -> {
                request.setHeader("a", a.orElseThrow());
                chain.filter(request, response);
            })).start()));
            assertThat(rig.run(call, "p")).isEqualTo(new Outcome.Rewritten(null, List.of("a=1"), List.of(), List.of(), null));
            assertThat(call.violations()).isEmpty();
        }

        @Test
        void givesBodiesOfOnesOwn() {
            rig.plugin(new TestFilter("p").wantsBody().onRequest((request, response, chain) -> {
                value(request.body()).orElseThrow()[0] = 'X';
                request.getBodyBytes()[0] = 'X';
                seen.add(request.getBody());
                chain.filter(request, response);
            }));
            rig.run(rig.request().body("abc"), "p");
            assertThat(seen).containsExactly("abc");
        }

        // ---- the upstream's body

        @Test
        void asksForTheUpstreamsBodyOnceHoweverManyWantIt() {
            FakeResponseCall call = rig.response().body("once");
            call.holdAnswers();
            CompletableFuture<Optional<byte[]>> first = new CompletableFuture<>();
            CompletableFuture<Optional<byte[]>> second = new CompletableFuture<>();
            rig.plugin(new TestFilter("p").onResponse((request, response, chain) -> {
                request.body().thenAccept(first::complete);
                request.body().thenAccept(second::complete);
                chain.postFilter(request, response); // goes on without waiting
            }));
            for (String name : List.of("q", "r")) {
                rig.plugin(new TestFilter(name).wantsResponseBody().onResponse((request, response, chain) -> {
                    seen.add(request.getBody());
                    request.body().thenAccept(body -> {
                        seen.add(new String(body.orElseThrow(), StandardCharsets.UTF_8));
                        chain.postFilter(request, response);
                    });
                }));
            }
            rig.start(call, "p", "q", "r");
            until("asked", () -> call.asked().contains("response body"));
            call.release();
            assertThat(call.outcome()).isEqualTo(new Outcome.Replied(0, List.of(), null));
            assertThat(seen).containsExactly("once", "once", "once", "once");
            assertThat(value(first)).isPresent();
            assertThat(value(second)).isPresent();
            assertThat(call.asked().stream().filter("response body"::equals)).hasSize(1);
        }

        @Test
        void doesNotShowABodyToAPluginBeforeTheOneThatDeclaresIt() {
            rig.plugin(new TestFilter("p").onResponse((request, response, chain) -> {
                seen.add(request.getBody() + " " + request.getBodyBytes() + " " + request.getRawBodyBytes());
                chain.postFilter(request, response);
            }));
            rig.plugin(new TestFilter("q").wantsResponseBody().onResponse((request, response, chain) -> {
                seen.add("<" + request.getBody() + ">");
                chain.postFilter(request, response);
            }));
            rig.run(rig.response(), "p", "q");
            assertThat(seen).containsExactly("null null null", "<>");
        }

        @Test
        void failsAStageForABodyThatCantBeDecoded() {
            CompletableFuture<CompletionStage<Optional<byte[]>>> stage = new CompletableFuture<>();
            rig.plugin(new TestFilter("p").onResponse((request, response, chain) -> {
                stage.complete(request.body());
                value(stage).whenComplete((body, e) -> chain.postFilter(request, response));
            }));
            assertThat(rig.run(rig.response().headers("content-encoding=gzip").body("plain"), "p"))
                    .isEqualTo(new Outcome.Replied(0, List.of("content-encoding=gzip"), null));
            assertThat(failure(value(stage))).isInstanceOf(IllegalStateException.class).hasMessageContaining("can't be decoded");
        }

        // ---- no answer

        @Test
        void refusesTheCallWhenApisixDoesNotAnswer() {
            rig.set("extra-info.timeout", "200ms");
            rig.plugin(new TestFilter("p").vars("a"));
            rig.plugin(new TestFilter("q").wantsBody());
            CompletableFuture<CompletionStage<Optional<String>>> stage = new CompletableFuture<>();
            rig.plugin(new TestFilter("r").onRequest((request, response, chain) -> stage.complete(request.var("a"))));
            for (String plugin : List.of("p", "q", "r")) {
                FakeRequestCall call = rig.request().var("a", "1");
                call.holdAnswers();
                assertThat(rig.run(call, plugin)).isEqualTo(TIMEOUT);
                call.release();
                rig.loop.pass();
                assertThat(call.outcomes()).as("a late answer changes nothing").hasSize(1);
            }
            assertThat(failure(value(stage))).isInstanceOf(IllegalStateException.class).hasMessageContaining("ended before");
            assertThat(rig.log.with("ERROR APISIX has not answered", "extra-info.timeout", "route#1")).as("the others are counted").hasSize(1);
        }

        @Test
        void failsStagesWhenTheConnectionGoes() {
            CompletableFuture<CompletionStage<Optional<String>>> stage = new CompletableFuture<>();
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> stage.complete(request.var("a"))));
            FakeRequestCall call = rig.request();
            call.holdAnswers();
            rig.start(call, "p");
            until("asked", () -> call.asked().contains("flush"));
            value(stage);
            call.disconnect();
            assertThat(failure(value(stage))).isInstanceOf(IllegalStateException.class);
            assertThat(call.outcomes()).isEmpty();
        }

        // ---- arguments need the path that an earlier plugin of APISIX set

        @ParameterizedTest
        @CsvSource(delimiter = '|', nullValues = "absent", textBlock = """
                absent                 | absent
                ''                     | absent
                /pre                   | /pre
                /a%20b/%E4%BD%A0?x=1&y | /a b/你
                /a+b%2Bc               | /a+b+c
                /broken%zz             | /broken%zz
                """)
        void sendsThePathAlongWithChangedArguments(String upstreamUri, String path) {
            FakeRequestCall call = rig.request();
            if (upstreamUri != null) {
                call.var("upstream_uri", upstreamUri);
            }
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {
                request.setArg("a", "1");
                chain.filter(request, response);
            }));
            assertThat(rig.run(call, "p")).isEqualTo(new Outcome.Rewritten(path, List.of(), List.of("a=1"), List.of(), null));
            assertThat(call.asked()).containsExactly("var upstream_uri", "flush");
        }

        @Test
        void doesNotAskForThePathWhereItIsKnownOrNotNeeded() {
            rig.plugin(new TestFilter("path").onRequest((request, response, chain) -> {
                request.setArg("a", "1");
                request.setPath("/p");
                chain.filter(request, response);
            }));
            rig.plugin(new TestFilter("header").onRequest((request, response, chain) -> {
                request.setHeader("a", "1");
                chain.filter(request, response);
            }));
            for (String plugin : List.of("path", "header")) {
                FakeRequestCall call = rig.request();
                rig.run(call, plugin);
                assertThat(call.asked()).isEmpty();
            }
        }

        @Test
        void refusesTheCallWhenThePathDoesNotCome() {
            rig.set("extra-info.timeout", "200ms");
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {
                request.setArg("a", "1");
                chain.filter(request, response);
            }));
            FakeRequestCall call = rig.request();
            call.holdAnswers();
            assertThat(rig.run(call, "p")).isEqualTo(TIMEOUT);
        }
    }

    // ---- waiting for a stage

    @Test
    void letsAPluginWaitOnAWorkerAndKeepsItThere() {
        try (Rig rig = new Rig("auto")) {
            rig.set("plugin.workers", "1"); // the answer needs no second place
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {
                request.setHeader("a", request.var("a").toCompletableFuture().join().orElseThrow());
                request.setHeader("b", request.var("b").thenApply(Optional::orElseThrow).toCompletableFuture().get());
                request.setHeader("c", request.var("c").toCompletableFuture().get(10, TimeUnit.SECONDS).orElseThrow());
                chain.filter(request, response);
            }));
            FakeRequestCall call = rig.request().var("a", "1").var("b", "2").var("c", "3");
            assertThat(rig.run(call, "p")).isEqualTo(new Outcome.Rewritten(null, List.of("a=1", "b=2", "c=3"), List.of(), List.of(), null));
            makeQuick(rig.version("p").placement());
            assertThat(rig.version("p").placement().onLoop()).isFalse();
        }
    }

    @Test
    void throwsWhenAPluginWaitsOnTheEventLoopAndSendsItToWorkers() {
        try (Rig rig = new Rig("auto")) {
            rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {
                request.setHeader("a", request.var("a").toCompletableFuture().join().orElseThrow());
                chain.filter(request, response);
            }));
            makeQuick(rig.version("p").placement());
            assertThat(rig.version("p").placement().onLoop()).isTrue();
            FakeRequestCall call = rig.request().var("a", "1");
            assertThat(rig.run(call, "p")).isEqualTo(new Outcome.Failed(CallFailure.FAULT));
            assertThat(rig.log.with("ERROR plugin p", "would block the event loop", "thenAccept", "plugin.p.execution = worker")).hasSize(1);
            makeQuick(rig.version("p").placement());
            assertThat(rig.version("p").placement().onLoop()).isFalse();
            assertThat(rig.run(rig.request().var("a", "1"), "p")).as("the next call").isEqualTo(
                    new Outcome.Rewritten(null, List.of("a=1"), List.of(), List.of(), null));
        }
    }

    @Test
    void throwsHoweverAPluginWaitsOnTheEventLoop() {
        try (Rig rig = new Rig("event-loop")) {
            rig.plugin(new TestFilter("p").vars("known").onRequest((request, response, chain) -> {
                CompletableFuture<Optional<String>> stage = request.var("a").toCompletableFuture();
                assertThatThrownBy(stage::join).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(stage::get).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> stage.get(1, TimeUnit.DAYS)).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> stage.thenApply(a -> a).join()).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> request.body().toCompletableFuture().join()).isInstanceOf(IllegalStateException.class);
                assertThat(request.var("known").toCompletableFuture().join()).as("it is there").isEmpty();
                stage.thenRun(() -> chain.filter(request, response));
            }));
            assertThat(rig.run(rig.request(), "p")).isEqualTo(GO_ON);
        }
    }

    private static void makeQuick(Placement placement) {
        for (int i = 0; i < 2_000; i++) {
            placement.ranOnWorker(1_000);
        }
    }
}
