// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Container;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpRespCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.osgi.service.component.annotations.Component;

import static a6runner.itests.Container.core;
import static a6runner.itests.Container.plugin;
import static a6runner.itests.Container.setting;
import static org.assertj.core.api.Assertions.assertThat;

/** Faults of plugins and confs: closed by default, open where a setting says so; one line in the log that names who and where. */
final class RefusalsIT {

    private static final byte[] UPSTREAM_BODY = "the upstream's secret".getBytes(StandardCharsets.UTF_8);

    /** Throws what its conf names, in the phase that the path or the upstream's status says. */
    @Component
    public static final class Thrower implements PluginFilter {

        @Override
        public String name() {
            return "thrower";
        }

        @Override
        public Boolean requiredRespBody() {
            return true;
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            if (request.getPath().equals("/throw")) {
                request.setHeader("x-begun", "yes");
                fail(request.getConfig(this));
            }
            if (request.getPath().equals("/throw-after-chain")) {
                chain.filter(request, response);
                fail(request.getConfig(this));
            }
            chain.filter(request, response);
        }

        @Override
        public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
            if (request.getUpstreamStatusCode() == 200) {
                response.setHeader("x-begun", "yes");
                fail(request.getConfig(this));
            }
            chain.postFilter(request, response);
        }

        private static void fail(String what) {
            switch (what) {
                case "exception" -> throw new IllegalArgumentException("no such thing");
                case "error" -> throw new NoClassDefFoundError("com/example/Forgotten");
                case "overflow" -> fail(what);
                default -> throw new IllegalStateException(what);
            }
        }
    }

    /** Takes numbers only. */
    @Component(service = PluginFilter.class)
    public static final class Numbers implements ConfiguredFilter<Integer> {

        @Override
        public String name() {
            return "numbers";
        }

        @Override
        public Integer parseConf(String conf) {
            return Integer.valueOf(conf);
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            request.setHeader("x-number", request.conf(this).toString());
            chain.filter(request, response);
        }
    }

    /** Stops with 401, and goes on with the chain all the same. */
    @Component
    public static final class Stopper implements PluginFilter {

        @Override
        public String name() {
            return "stopper";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(401);
            chain.filter(request, response);
        }
    }

    /** Rewrites, whatever happened before; leaves a note that it ran. */
    @Component
    public static final class Rewriter implements PluginFilter {

        @Override
        public String name() {
            return "rewriter";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            Signals.note("rewriter", "ran");
            request.setPath("/rewritten");
            chain.filter(request, response);
        }
    }

    private Container container;
    private A6Client apisix;

    private void start(Option... settings) {
        container = Container.start(core(), plugin("noop"), plugin("add-header"), CoreOptions.composite(settings));
        container.install(TestBundle.of("test.faulty", "2.3.4", Thrower.class, Numbers.class, Stopper.class, Rewriter.class, Signals.class));
        apisix = container.connect();
    }

    @AfterEach
    void stop() throws IOException {
        try (A6Client last = apisix) {
            Calls.assertServes(last, Calls.prepare(last, "noop", "")); // whatever happened
            Calls.assertNothingElse(last);
        } finally {
            container.close();
            Signals.clear();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"exception", "error", "overflow"})
    void whatAFilterThrowsRefusesTheCallWithNothingOfItDone(String what) throws IOException {
        start();
        long token = Calls.prepare(apisix, "thrower", what, "rewriter", "");
        Calls.assertRefused(Calls.call(apisix, token, "/throw"));
        assertThat(Signals.note("rewriter")).as("a later plugin").isNull();
        assertOneFault(what);
    }

    @Test
    void whatAFilterThrowsAfterItHasCalledTheChainRefusesTheCallToo() throws IOException {
        start();
        Calls.assertRefused(Calls.call(apisix, Calls.prepare(apisix, "thrower", "exception", "rewriter", ""), "/throw-after-chain"));
        assertThat(Signals.note("rewriter")).as("a later plugin").isNull();
        assertOneFault("exception");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"exception", "error", "overflow"})
    void whatAPostFilterThrowsIsAnswered503WithoutTheUpstreamsBody(String what) throws IOException {
        start();
        assertWithheld(response("thrower", what));
        assertOneFault(what);
    }

    @Test
    void whereTheSettingSaysSoAFaultInTheResponsePhaseIsAnErrorFrame() throws IOException {
        start(setting("response.fault", "error-frame"));
        Calls.assertRefused(response("thrower", "exception"));
        Calls.assertRefused(response("no-such-plugin", ""));
        assertOneFault("exception");
    }

    @Test
    void aFaultThatRepeatsIsLoggedOnce() throws IOException {
        start();
        long token = Calls.prepare(apisix, "thrower", "exception");
        for (int i = 0; i < 500; i++) {
            Calls.assertRefused(Calls.call(apisix, token, "/throw"));
        }
        assertOneFault("exception");
    }

    @Test
    void aConfThatItsPluginRefusesRefusesItsCallsAndNoOthers() throws IOException {
        start();
        long bad = Calls.prepare(apisix, "numbers", "eleven");
        long good = Calls.prepare(apisix, "numbers", "11");
        for (int i = 0; i < 3; i++) {
            Calls.assertRefused(Calls.call(apisix, bad, "/"));
            assertThat(Calls.rewritten(Calls.call(apisix, good, "/"), "x-number")).isEqualTo("11");
            assertWithheld(response("numbers", "eleven"));
        }
        assertThat(errors()).anySatisfy(line -> assertThat(line).contains("plugin numbers (test.faulty 2.3.4) refuses its conf", "eleven"));
    }

    @Test
    void aPluginThatIsntThereRefusesTheCallAndTheLogSaysWhatIs() throws IOException {
        start();
        Calls.assertRefused(Calls.call(apisix, Calls.prepare(apisix, "noop", "", "ad-header", "{}"), "/"));
        assertWithheld(response("ad-header", "{}"));
        container.awaitLog("\"ad-header\" is not deployed", "Did you mean \"add-header\"?", "Deployed: add-header, noop");
    }

    @Test
    void aPluginThatIsntThereIsSkippedWhereTheSettingSaysSo() throws IOException {
        start(setting("plugin.missing", "skip"));
        long token = Calls.prepare(apisix, "ad-header", "{}", "rewriter", "", "nope", "");
        assertThat(Calls.call(apisix, token, "/")).isInstanceOf(Reply.Rewrite.class);
        assertThat(response("ad-header", "{}")).isInstanceOfSatisfying(Reply.ResponseAnswer.class, answer -> assertThat(answer.message().status()).isZero());
        assertThat(Calls.call(apisix, Calls.prepare(apisix, "nope", ""), "/")).isInstanceOf(Reply.Continue.class);
    }

    @Test
    void onlyThePluginOfTheSettingIsSkipped() throws IOException {
        start(setting("plugin.optional.missing", "skip"));
        assertThat(Calls.call(apisix, Calls.prepare(apisix, "optional", "", "rewriter", ""), "/")).isInstanceOf(Reply.Rewrite.class);
        Calls.assertRefused(Calls.call(apisix, Calls.prepare(apisix, "optional", "", "ad-header", ""), "/"));
    }

    @Test
    void oneMissingPluginIsDeniedWhereAllOthersAreSkipped() throws IOException {
        start(setting("plugin.missing", "skip"), setting("plugin.auth.missing", "deny"));
        assertThat(Calls.call(apisix, Calls.prepare(apisix, "optional", ""), "/")).isInstanceOf(Reply.Continue.class);
        Calls.assertRefused(Calls.call(apisix, Calls.prepare(apisix, "optional", "", "auth", ""), "/"));
    }

    @Test
    void anUnknownTokenIsNotFoundInBothPhases() throws IOException {
        start();
        for (Reply reply : List.of(Calls.call(apisix, 0, "/"), Calls.call(apisix, 0xFFFF_FFFFL, "/"),
                apisix.call(Calls.response(7, 200), ExtraInfoAnswers.none()).reply())) {
            assertThat(reply).isInstanceOfSatisfying(Reply.ErrorReply.class, error -> assertThat(error.isConfTokenNotFound()).isTrue());
        }
    }

    @Test
    void aStopWinsOverTheRewriteOfALaterPluginWhichDoesntEvenRun() throws IOException {
        start();
        assertThat(Calls.call(apisix, Calls.prepare(apisix, "stopper", "", "rewriter", ""), "/"))
                .isInstanceOfSatisfying(Reply.Stop.class, stop -> assertThat(stop.action().status()).isEqualTo(401));
        assertThat(Signals.note("rewriter")).isNull();
    }

    @Test
    void aStopWinsOverTheRewriteOfAnEarlierPlugin() throws IOException {
        start();
        assertThat(Calls.call(apisix, Calls.prepare(apisix, "rewriter", "", "stopper", "", "rewriter", ""), "/"))
                .isInstanceOfSatisfying(Reply.Stop.class, stop -> assertThat(stop.action().status()).isEqualTo(401));
    }

    private Reply response(String plugin, String conf) throws IOException {
        long token = Calls.prepare(apisix, plugin, conf);
        return apisix.call(Calls.response(token, 200, "content-type", "text/secret", "x-upstream", "u"),
                ExtraInfoAnswers.none().withResponseBody(UPSTREAM_BODY)).reply();
    }

    private static void assertWithheld(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.ResponseAnswer.class);
        HttpRespCall.Resp answer = ((Reply.ResponseAnswer) reply).message();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).extracting(Entry::toString).containsExactly("content-type=text/plain; charset=utf-8");
        assertThat(answer.body()).isNotEmpty().isNotEqualTo(UPSTREAM_BODY);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).startsWith("503");
    }

    private List<String> errors() {
        return container.log().stream().filter(line -> line.startsWith("ERROR")).toList();
    }

    private void assertOneFault(String what) {
        assertThat(errors()).filteredOn(line -> line.contains("plugin thrower")).singleElement().satisfies(line -> assertThat(line)
                .contains("plugin thrower (test.faulty 2.3.4) threw", "route#")
                .contains(what.equals("exception") ? "no such thing" : what.equals("error") ? "com/example/Forgotten" : "StackOverflowError"));
    }
}
