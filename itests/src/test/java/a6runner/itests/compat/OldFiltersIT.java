// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.compat;

import a6runner.itests.Await;
import a6runner.itests.Container;
import a6runner.itests.compat.OldFilters.Source;
import a6runner.testkit.A6Client;
import a6runner.testkit.CallResult;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Question;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import static a6runner.itests.Container.core;
import static org.assertj.core.api.Assertions.assertThat;

/** What old filters do behind the socket, in the real core: what their authors meant. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OldFiltersIT {

    private static final byte[] IPV4 = {10, 1, 2, 3};
    private static final int POST = 2;

    private Container container;
    private A6Client apisix;

    @BeforeAll
    void start(@TempDir Path classes) {
        assertThat(OldFilters.compile(OldFilters.sources().stream().map(Source::moved).toList(), classes)).isEmpty();
        container = Container.start(core());
        container.install(OldFilters.bundle(classes));
    }

    @AfterAll
    void stop() {
        container.close();
    }

    @BeforeEach
    void connect() {
        apisix = container.connect();
    }

    @AfterEach
    void disconnect() throws IOException {
        try (A6Client last = apisix) {
            assertThat(last.available()).as("bytes behind the last reply").isZero();
        }
    }

    /** Names of request headers leave in lower case, which is right for all versions of APISIX. */
    @Test
    void aFilterReadsAllThereIsToReadOfARequest() throws IOException {
        long token = prepare("TransparentFilter", "", "RequestReportFilter", "{\"a\": 1}");
        HttpReqCall.Req request = new HttpReqCall.Req(77, IPV4, POST, Text.of("/a/b"), List.of(Entry.of("q", "1"), Entry.of("q", "2"), Entry.of("v", null)),
                Entry.list("host", "example.com", "x-m", "one", "x-m", "two"), token);
        CallResult result = apisix.call(request, ExtraInfoAnswers.none().withVar("remote_addr", "10.0.0.9").withRequestBody(bytes("grüß")));

        assertThat(result.questions()).extracting(Question::subject).containsExactly("var remote_addr", "var not_there", "request body");
        HttpReqCall.Rewrite rewrite = rewrite(result.reply());
        assertThat(rewrite.headers()).extracting(Entry::toString).containsExactlyInAnyOrder(
                "x-config={\"a\": 1}", "x-id=77", "x-ip=10.1.2.3", "x-method=writes by POST", "x-path=/a/b", "x-headers={host=example.com, x-m=one}",
                "x-host=example.com", "x-no-header=null", "x-args={q=1, v=}", "x-arg=1", "x-no-arg=null", "x-token=" + token, "x-var=10.0.0.9", "x-no-var=[]",
                "x-undeclared-var=null", "x-body=grüß", "x-latin=" + new String(bytes("grüß"), StandardCharsets.ISO_8859_1), "x-body-default=grüß",
                "x-chain=1 of TransparentFilter RequestReportFilter");
        assertThat(rewrite.path()).isNull();
        assertThat(rewrite.args()).isNull();
        assertThat(rewrite.body()).isNull();
    }

    @Test
    void aFilterSeesAnIpv6AddressAsOne() throws IOException {
        byte[] address = new byte[16];
        address[0] = 0x20;
        address[1] = 0x01;
        address[15] = 1;
        HttpReqCall.Req request = new HttpReqCall.Req(1, address, 0, Text.of("/"), List.of(), List.of(), prepare("RequestReportFilter", ""));
        HttpReqCall.Rewrite rewrite = rewrite(apisix.call(request, ExtraInfoAnswers.none()).reply());
        assertThat(rewrite.headers()).extracting(Entry::toString).contains("x-ip=2001:0:0:0:0:0:0:1", "x-method=reads by GET", "x-body=");
    }

    @Test
    void aFilterChangesAllThereIsToChangeOfARequest() throws IOException {
        HttpReqCall.Req request = new HttpReqCall.Req(1, IPV4, 0, Text.of("/"), Entry.list("set", "old", "set", "older", "deleted", "x", "kept", "k"),
                Entry.list("x-deleted", "x", "x-kept", "k"), prepare("RequestEditFilter", ""));
        HttpReqCall.Rewrite rewrite = rewrite(apisix.call(request, ExtraInfoAnswers.none()).reply());

        assertThat(rewrite.path()).hasToString("/edited");
        assertThat(rewrite.headers()).extracting(Entry::toString)
                .containsExactlyInAnyOrder("x-set=set", "x-deleted", "x-seen=/edited set null new null false");
        assertThat(rewrite.args()).extracting(Entry::toString).containsExactlyInAnyOrder("from=path", "set=new", "deleted");
        assertThat(rewrite.respHeaders()).isNull();
        container.awaitLog("WARN", "RequestEditFilter", "a path that is null"); // one warning for all that is null
        container.awaitLog("WARN", "RequestEditFilter", "Content-Length", "ignored");
    }

    @Test
    void aFilterRewritesTheRequestByWayOfTheResponse() throws IOException {
        HttpReqCall.Rewrite rewrite = rewrite(request(prepare("EditByResponseFilter", ""), "/"));
        assertThat(rewrite.path()).hasToString("/by-response");
        assertThat(rewrite.headers()).extracting(Entry::toString).containsExactly("x-by-response=yes");
        assertThat(rewrite.args()).extracting(Entry::toString).containsExactly("by=response");
    }

    @Test
    void aFilterThatHasNothingButANameIsTransparentInBothPhases() throws IOException {
        long token = prepare("TransparentFilter", "");
        assertThat(request(token, "/")).isInstanceOf(Reply.Continue.class);
        HttpRespCall.Resp answer = response(token, 200, ExtraInfoAnswers.none(), "x", "y");
        assertThat(answer.status()).isZero();
        assertThat(answer.headers()).extracting(Entry::toString).containsExactly("x=y");
        assertThat(answer.body()).isNull();
    }

    @Test
    void aFilterStopsTheRequestAndNoLaterOneRuns() throws IOException {
        Reply reply = request(prepare("StopFilter", "all of it", "RequestEditFilter", ""), "/");
        assertThat(reply).isInstanceOfSatisfying(Reply.Stop.class, stop -> {
            assertThat(stop.action().status()).isEqualTo(401);
            assertThat(stop.action().headers()).extracting(Entry::toString).containsExactly("WWW-Authenticate=Basic", "X-Twice=second");
            assertThat(new String(stop.action().body(), StandardCharsets.UTF_8)).isEqualTo("{\"error\":\"who are you, ü?\"}");
        });
    }

    @Test
    void aFilterThatSetsABodyAndReturnsStopsTheRequestToo() throws IOException {
        Reply reply = request(prepare("StopFilter", "body only, and return", "RequestEditFilter", ""), "/");
        assertThat(reply).isInstanceOfSatisfying(Reply.Stop.class, stop -> {
            assertThat(stop.action().status()).as("APISIX sends 200 for none").isIn(0, 200);
            assertThat(stop.action().body()).isEqualTo(bytes("hello"));
        });
    }

    @Test
    void aFilterContinuesTheChainFromAnotherThreadInBothPhases() throws IOException {
        long token = prepare("ContinueLaterFilter", "", "EditByResponseFilter", "");
        for (int i = 0; i < 50; i++) {
            assertThat(rewrite(request(token, "/")).headers()).extracting(Entry::toString)
                    .containsExactly("x-answer-of=somebody-slow", "x-by-response=yes");
            assertThat(response(token, 200, ExtraInfoAnswers.none()).headers()).extracting(Entry::toString).containsExactly("X-Answer-Of=somebody-slow");
        }
    }

    @Test
    void aFilterReadsAndChangesAllOfAResponseAndKeepsTheRest() throws IOException {
        long token = prepare("ResponseReportFilter", "conf");
        HttpRespCall.Resp answer = response(token, 200, ExtraInfoAnswers.none().withVar("server_port", "9080").withResponseBody(bytes("grüß")),
                "content-type", "text/plain", "set-cookie", "a=1", "set-cookie", "b=2", "x-secret", "s", "content-length", "6", "etag", "\"e\"");

        assertThat(answer.status()).isEqualTo(203);
        assertThat(answer.headers()).extracting(Entry::toString).containsExactlyInAnyOrder(
                "content-type=text/plain", "set-cookie=a=1", "set-cookie=b=2", "X-Status=200", "X-Config=conf", "X-Id=5", "X-Token=" + token,
                "X-Upstream={content-length=6, content-type=text/plain, etag=\"e\", set-cookie=a=1, x-secret=s}", "X-Var=9080",
                "X-Latin=" + new String(bytes("grüß"), StandardCharsets.ISO_8859_1));
        assertThat(answer.body()).isEqualTo("GRÜSS".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void theResponseFilterOfTheDemosChangesWhatItsConfSays() throws IOException {
        HttpRespCall.Resp answer = response(
                prepare("ResponseFilter", "{\"response_code\": 403, \"response_header_name\": \"x-h\", \"response_header_value\": \"v\", \"response_body\": \"no\"}"),
                200, ExtraInfoAnswers.none(), "x-kept", "k");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.headers()).extracting(Entry::toString).containsExactlyInAnyOrder("x-kept=k", "x-h=v");
        assertThat(answer.body()).isEqualTo(bytes("no"));

        assertThat(response(prepare("ResponseFilter", "{\"response_code\": \"418\"}"), 200, ExtraInfoAnswers.none()).status()).isEqualTo(418);
    }

    @Test
    void thePostReqWithVarsFilterOfTheDemosRewritesThePathAndSaysThePort() throws IOException {
        long token = prepare("PostReqWithVarsFilter", "{\"rewrite_path\": \"/new/path\"}");
        ExtraInfoAnswers answers = ExtraInfoAnswers.none().withVar("server_port", "9080").withResponseBody(bytes("body"));
        CallResult result = apisix.call(new HttpReqCall.Req(1, IPV4, 0, Text.of("/old"), List.of(), List.of(), token), answers);
        assertThat(rewrite(result.reply()).path()).hasToString("/new/path");

        CallResult response = apisix.call(new HttpRespCall.Req(2, 200, Entry.list("a", "b"), token), answers);
        assertThat(response.questions()).extracting(Question::subject).containsExactly("var server_port", "response body");
        assertThat(((Reply.ResponseAnswer) response.reply()).message().headers()).extracting(Entry::toString)
                .containsExactlyInAnyOrder("a=b", "server_port=9080");
    }

    @Test
    void theAsyncResponseFilterOfTheDemosAnswersWithTheBodyOfAFuture() throws IOException {
        long token = prepare("AsyncResponseFilter", "", "ResponseFilter", "{\"response_header_name\": \"x-after\", \"response_header_value\": \"v\"}");
        for (int i = 0; i < 50; i++) {
            HttpRespCall.Resp answer = response(token, 201, ExtraInfoAnswers.none(), "content-encoding", "gzip");
            assertThat(answer.body()).isEqualTo(bytes("body of 201"));
            assertThat(answer.headers()).extracting(Entry::toString).containsExactly("x-after=v");
        }
    }

    @Test
    void aConfigWatcherIsToldOfEachConfAfterApisixHasItsToken() throws IOException {
        long held = prepare("ConfDiaryFilter", "hold", "TransparentFilter", "t"); // the watcher waits, APISIX doesn't
        long next = prepare("ConfDiaryFilter", "next");
        assertThat(diary(held, "/")).isEqualTo("nothing yet");
        assertThat(diary(next, "/release")).as("one after the other").isEqualTo("nothing yet");
        Await.until("the diary to have the second conf", () -> !diary(next, "/").equals("nothing yet"));
        assertThat(diary(held, "/")).isEqualTo("hold in {ConfDiaryFilter=hold, TransparentFilter=t} by ConfDiaryFilter TransparentFilter and no null");
        assertThat(diary(next, "/")).isEqualTo("next in {ConfDiaryFilter=next} by ConfDiaryFilter and no null");
    }

    private String diary(long token, String path) throws IOException {
        return rewrite(request(token, path)).headers().stream()
                .filter(entry -> entry.isNamed("X-Diary"))
                .map(entry -> entry.value().toString())
                .findFirst()
                .orElseThrow();
    }

    private long prepare(String... pluginsAndValues) throws IOException {
        List<Entry> conf = Entry.list(pluginsAndValues);
        return apisix.prepare("route#" + conf + "#ext-plugin-pre-req#1", conf);
    }

    private Reply request(long token, String path) throws IOException {
        return apisix.call(new HttpReqCall.Req(1, IPV4, 0, Text.of(path), List.of(), List.of(), token), ExtraInfoAnswers.none()).reply();
    }

    private HttpRespCall.Resp response(long token, int status, ExtraInfoAnswers answers, String... headers) throws IOException {
        Reply reply = apisix.call(new HttpRespCall.Req(5, status, Entry.list(headers), token), answers).reply();
        assertThat(reply).isInstanceOf(Reply.ResponseAnswer.class);
        return ((Reply.ResponseAnswer) reply).message();
    }

    private static HttpReqCall.Rewrite rewrite(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Rewrite.class);
        return ((Reply.Rewrite) reply).action();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
