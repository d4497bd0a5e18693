// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.testkit.A6Client;
import a6runner.testkit.CallResult;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Question;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The plugins that come with the runner, in the real launcher as a process; {@link DemoResponsesIT} has the demos that work on responses. */
final class DemoPluginsIT {

    private static final String REWRITE = "{\"rewrite_path\": \"/other\", \"conf_header_name\": \"X-Demo\", \"conf_header_value\": \"h\","
            + " \"conf_arg_name\": \"demo\", \"conf_arg_value\": \"v\"}";
    private static final String STOP = "{\"stop_response_code\": 401, \"stop_response_header_name\": \"X-Demo\", \"stop_response_header_value\": \"h\","
            + " \"stop_response_body\": \"no entry\"}";

    private static RunnerProcess runner;
    private A6Client apisix;

    @BeforeAll
    static void start() {
        runner = Distribution.packed().runner().start();
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    @BeforeEach
    void connect() {
        apisix = runner.connect();
    }

    @AfterEach
    void disconnectHavingGotNothingElse() throws IOException {
        apisix.assertSilent(Duration.ofMillis(50));
        apisix.close();
    }

    @Test
    void noopChangesNothingOfARequest() throws IOException {
        assertThat(Calls.call(apisix, "noop", "")).isInstanceOf(Reply.Continue.class);
    }

    @Test
    void noopChangesNothingOfAResponse() throws IOException {
        HttpRespCall.Resp reply = respond(Calls.prepare(apisix, "noop", ""));
        assertThat(reply.status()).isZero();
        assertThat(reply.headers()).containsExactlyInAnyOrderElementsOf(Entry.list("Content-Type", "text/plain", "Set-Cookie", "a=1", "Set-Cookie", "b=2"));
        assertThat(reply.body()).isNull();
    }

    @Test
    void addHeaderAddsItsHeaderToARequest() throws IOException {
        assertThat(rewrite(Calls.call(apisix, "add-header", "{}")))
                .isEqualTo(new HttpReqCall.Rewrite(null, Entry.list("x-runner", "java"), null, null, null));
    }

    @Test
    void addHeaderAddsItsHeaderToAResponseAndKeepsTheOthers() throws IOException {
        HttpRespCall.Resp reply = respond(Calls.prepare(apisix, "add-header", "{\"name\": \"x-a\", \"value\": \"1\"}"));
        assertThat(reply.headers())
                .containsExactlyInAnyOrderElementsOf(Entry.list("Content-Type", "text/plain", "Set-Cookie", "a=1", "Set-Cookie", "b=2", "x-a", "1"));
    }

    @Test
    void stopRequestDemoFilterStopsWithTheAnswerInItsConf() throws IOException {
        assertThat(Calls.call(apisix, "StopRequestDemoFilter", STOP)).isInstanceOfSatisfying(Reply.Stop.class, stop ->
                assertThat(stop.action()).isEqualTo(new HttpReqCall.Stop(401, Entry.list("X-Demo", "h"), Text.of("no entry").bytes())));
    }

    @Test
    void rewriteRequestDemoFilterRewritesPathHeaderAndArgument() throws IOException {
        HttpReqCall.Rewrite rewrite = rewrite(Calls.call(apisix, "RewriteRequestDemoFilter", REWRITE));
        assertThat(rewrite.path()).isEqualTo(Text.of("/other"));
        assertThat(rewrite.headers()).hasSize(1).allMatch(header -> header.isNamed("x-demo") && header.value().equals(Text.of("h")));
        assertThat(rewrite.args()).contains(Entry.of("demo", "v"));
        assertThat(rewrite.body()).isNull();
    }

    @Test
    void rewriteRequestDemoFilterAsksForTwoVariablesAndThenForTheBody() throws IOException {
        CallResult result = apisix.call(Calls.request(Calls.prepare(apisix, "RewriteRequestDemoFilter", REWRITE)),
                ExtraInfoAnswers.none().withVar("remote_addr", "10.0.0.1").withVar("server_port", "9080").withRequestBody(Text.of("b").bytes()));
        assertThat(result.questions()).extracting(Question::subject).containsExactly("var remote_addr", "var server_port", "request body");
        assertThat(result.reply()).isInstanceOf(Reply.Rewrite.class);
    }

    @Test
    void bothVariablesAreAskedForBeforeEitherIsAnswered() throws IOException {
        long token = Calls.prepare(apisix, "RewriteRequestDemoFilter", REWRITE);
        apisix.send(Calls.request(token).frame());
        assertThat(List.of(question(), question())).containsExactly(ExtraInfo.Req.var("remote_addr"), ExtraInfo.Req.var("server_port"));
        apisix.assertSilent(Duration.ofMillis(50)); // the body is asked for just before the plugin runs
        apisix.answer(Text.of("10.0.0.1").bytes());
        apisix.answer(null);
        assertThat(question()).isEqualTo(ExtraInfo.Req.requestBody());
        apisix.answer(null);
        assertThat(apisix.receive().orElseThrow().type()).isEqualTo(new HttpReqCall.Resp(1, null).type());
    }

    @Test
    void aStopEndsTheChainWhateverWasRewrittenBefore() throws IOException {
        long token = Calls.prepare(apisix, "noop", "", "add-header", "{}", "StopRequestDemoFilter", STOP, "RewriteRequestDemoFilter", REWRITE);
        assertThat(Calls.call(apisix, token).reply()).isInstanceOfSatisfying(Reply.Stop.class, stop -> assertThat(stop.action().status()).isEqualTo(401));
    }

    @Test
    void aPluginMayStandInAConfTwice() throws IOException {
        long token = Calls.prepare(apisix, "add-header", "{\"name\": \"x-a\"}", "add-header", "{\"name\": \"x-b\"}");
        assertThat(rewrite(Calls.call(apisix, token).reply()).headers()).isEqualTo(Entry.list("x-a", "java", "x-b", "java"));
    }

    /** Answered 503 by APISIX, as nothing else can be done with the call. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "RewriteRequestDemoFilter | {\"rewrite_path\": 1} | rewrite_path: 1 (expected: a text in quotes)",
        "StopRequestDemoFilter    | {\"stop_response_code\": 99} | stop_response_code: 99 (expected: a status from 200 to 999, but neither 444 nor 499)",
        "ResponseFilter           | {\"response_header_value\": \"v\"} | response_header_name is missing (expected: the name for response_header_value)",
        "PostReqWithVarsFilter    | {rewrite_path} | character 2: a key in quotes expected, but 'r' found",
        "AsyncResponseFilter      | {\"delay_ms\": -1} | delay_ms: -1 (expected: a whole number from 0 to 10000)"})
    void aWrongConfRefusesItsCallsAndIsNamedInTheLog(String plugin, String conf, String message) throws IOException {
        assertThat(Calls.call(apisix, plugin, conf)).isInstanceOf(Reply.ErrorReply.class);
        runner.awaitLog(plugin, message);
    }

    @Test
    void aKeyThatADemoDoesNotKnowIsIgnoredAndNamedInTheLog() throws IOException {
        assertThat(Calls.call(apisix, "StopRequestDemoFilter", "{\"stop_response_code\": 401, \"stop_response_bdoy\": \"x\"}")).isInstanceOf(Reply.Stop.class);
        runner.awaitLog("StopRequestDemoFilter", "unknown key \"stop_response_bdoy\": did you mean \"stop_response_body\"?", "it is ignored");
    }

    private ExtraInfo.Req question() throws IOException {
        Frame frame = apisix.receive().orElseThrow();
        assertThat(frame.type()).isEqualTo(ExtraInfo.Req.requestBody().type());
        return ExtraInfo.Req.decode(frame.payload());
    }

    private HttpRespCall.Resp respond(long token) throws IOException {
        Reply reply = apisix.call(Calls.response(token), ExtraInfoAnswers.none()).reply();
        assertThat(reply).isInstanceOf(Reply.ResponseAnswer.class);
        return ((Reply.ResponseAnswer) reply).message();
    }

    private static HttpReqCall.Rewrite rewrite(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Rewrite.class);
        return ((Reply.Rewrite) reply).action();
    }
}
