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
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The demo plugins that work on responses, in both phases, in the real launcher as a process. */
final class DemoResponsesIT {

    private static final String CHANGE = "{\"response_code\": 203, \"response_header_name\": \"X-Demo\", \"response_header_value\": \"h\","
            + " \"response_body\": \"other\"}";
    private static final String CHANGE_BODY = "{\"response_body\": \"other\"}";
    private static final String PATH = "{\"rewrite_path\": \"/other\"}";
    private static final byte[] GZIP = gzip("plain");

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
    void responseFilterChangesStatusHeaderAndBodyAndKeepsTheOtherHeaders() throws IOException {
        HttpRespCall.Resp reply = respond("ResponseFilter", CHANGE, 200, "Content-Type", "text/plain", "Set-Cookie", "a=1", "Set-Cookie", "b=2");
        assertThat(reply.status()).isEqualTo(203);
        assertThat(reply.headers())
                .containsExactlyInAnyOrderElementsOf(Entry.list("Content-Type", "text/plain", "Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-Demo", "h"));
        assertThat(reply.body()).isEqualTo(bytes("other"));
    }

    @Test
    void responseFilterWithAnEmptyConfChangesNothing() throws IOException {
        HttpRespCall.Resp reply = respond("ResponseFilter", "", 200, "Content-Type", "text/plain");
        assertThat(reply.status()).isZero();
        assertThat(reply.headers()).isEqualTo(Entry.list("Content-Type", "text/plain"));
        assertThat(reply.body()).isNull();
    }

    @Test
    void responseFilterDropsTheEncodingOfTheBodyThatItReplaces() throws IOException {
        HttpRespCall.Resp reply = respond("ResponseFilter", CHANGE_BODY, 200, "Content-Encoding", "gzip", "ETag", "\"1\"", "X-Kept", "k");
        assertThat(reply.headers()).isEqualTo(Entry.list("X-Kept", "k"));
        assertThat(reply.body()).isEqualTo(bytes("other"));
    }

    @Test
    void responseFilterPassesByARequest() throws IOException {
        assertThat(Calls.call(apisix, "ResponseFilter", CHANGE)).isInstanceOf(Reply.Continue.class);
    }

    /** The one byte is the runner's, without which APISIX would send the request to the upstream a second time; no client gets it. */
    @ParameterizedTest
    @CsvSource({"ResponseFilter, 204", "ResponseFilter, 304", "AsyncResponseFilter, 204", "AsyncResponseFilter, 304"})
    void aResponseWithoutBodyIsGivenNone(String plugin, int status) throws IOException {
        HttpRespCall.Resp reply = respond(plugin, CHANGE_BODY, status, "X-Kept", "k");
        assertThat(reply.headers()).isEqualTo(Entry.list("X-Kept", "k"));
        assertThat(reply.body()).hasSize(1);
    }

    @Test
    void postReqWithVarsFilterRewritesThePathOfARequest() throws IOException {
        Reply reply = Calls.call(apisix, "PostReqWithVarsFilter", PATH);
        assertThat(reply).isInstanceOfSatisfying(Reply.Rewrite.class, rewrite ->
                assertThat(rewrite.action()).isEqualTo(new HttpReqCall.Rewrite(Text.of("/other"), null, null, null, null)));
    }

    @ParameterizedTest
    @CsvSource({"200, plain", "404, ''", "204, ''"})
    void postReqWithVarsFilterTellsThePortOfARequestInItsResponse(int status, String body) throws IOException {
        CallResult result = apisix.call(response(Calls.prepare(apisix, "PostReqWithVarsFilter", PATH), status, "X-Kept", "k"),
                ExtraInfoAnswers.none().withVar("server_port", "9080").withResponseBody(bytes(body)));
        assertThat(result.questions()).extracting(Question::subject).containsExactly("var server_port", "response body");
        assertThat(answer(result).headers()).containsExactlyInAnyOrderElementsOf(Entry.list("X-Kept", "k", "server_port", "9080"));
    }

    @Test
    void postReqWithVarsFilterLeavesACompressedBodyAsItIs() throws IOException {
        CallResult result = apisix.call(response(Calls.prepare(apisix, "PostReqWithVarsFilter", PATH), 200, "Content-Encoding", "gzip"),
                ExtraInfoAnswers.none().withVar("server_port", "9080").withResponseBody(GZIP));
        assertThat(answer(result).headers()).containsExactlyInAnyOrderElementsOf(Entry.list("Content-Encoding", "gzip", "server_port", "9080"));
        assertThat(answer(result).body()).isIn(null, GZIP);
    }

    @Test
    void postReqWithVarsFilterTellsNothingWhereApisixHasNoSuchVariable() throws IOException {
        HttpRespCall.Resp reply = respond("PostReqWithVarsFilter", PATH, 200, "X-Kept", "k");
        assertThat(reply.headers()).isEqualTo(Entry.list("X-Kept", "k"));
    }

    @Test
    void asyncResponseFilterSetsTheBodyFromItsFuture() throws IOException {
        HttpRespCall.Resp reply = respond("AsyncResponseFilter", "{\"response_body\": \"later\", \"delay_ms\": 50}", 200, "Content-Encoding", "gzip");
        assertThat(reply.status()).isZero();
        assertThat(reply.body()).isEqualTo(bytes("later"));
        assertThat(reply.headers()).isNullOrEmpty();
    }

    @Test
    void asyncResponseFilterNeedsNoConf() throws IOException {
        assertThat(respond("AsyncResponseFilter", "", 200, "X-Kept", "k").body()).isEqualTo(bytes("this body came from a future\n"));
    }

    @Test
    void aPluginBehindAsyncResponseFilterSeesItsBody() throws IOException {
        long token = Calls.prepare(apisix, "AsyncResponseFilter", "", "ResponseFilter", "{\"response_header_name\": \"x-a\", \"response_header_value\": \"1\"}");
        HttpRespCall.Resp reply = answer(apisix.call(response(token, 200), ExtraInfoAnswers.none()));
        assertThat(reply.body()).isEqualTo(bytes("this body came from a future\n"));
        assertThat(reply.headers()).isEqualTo(Entry.list("x-a", "1"));
    }

    private HttpRespCall.Resp respond(String plugin, String conf, int status, String... headers) throws IOException {
        return answer(apisix.call(response(Calls.prepare(apisix, plugin, conf), status, headers), ExtraInfoAnswers.none()));
    }

    private static HttpRespCall.Req response(long token, int status, String... headers) {
        return new HttpRespCall.Req(1, status, Entry.list(headers), token);
    }

    private static HttpRespCall.Resp answer(CallResult result) {
        assertThat(result.reply()).isInstanceOf(Reply.ResponseAnswer.class);
        return ((Reply.ResponseAnswer) result.reply()).message();
    }

    private static byte[] bytes(String text) {
        return Text.of(text).bytes();
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(bytes(text));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }
}
