// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.util.List;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the recorded scenarios don't have; the rest is in {@link ApisixViewGoldenTest}. */
class ApisixViewTest {

    private static final HttpReqCall.Req REQUEST = new HttpReqCall.Req(
            1, new byte[4], 0, Text.of("/p"), Entry.list("a", "1", "a", "2", "b", null), Entry.list("host", "x", "x-a", "1", "x-a", "2"), 1);
    private static final byte[] BODY = "body".getBytes(UTF_8);

    @Test
    void aRewriteReplacesAppendsAndDeletes() {
        Outcome.GoesOn outcome = (Outcome.GoesOn) rewrite(new HttpReqCall.Rewrite(Text.of("/q?x"), Entry.list("X-A", "3", "host", null),
                Entry.list("a", "3", "a", "4", "b", null), null, new byte[0]), false);

        assertThat(outcome.uri()).isEqualTo("/q%3Fx?a=3&a=4");
        assertThat(outcome.headers()).isEqualTo(Entry.list("x-a", "3"));
        assertThat(outcome.body()).isEqualTo(BODY);
        assertThat(outcome.notes()).containsExactly(
                "The '?' in the path becomes %3F: the query goes by arguments.",
                "The upstream gets an empty host; nginx answers 400 to that.",
                "APISIX ignores the empty body: the body can't be emptied.");
    }

    @Test
    void argumentsAloneAreLostAfterAnEarlierRewrite() {
        HttpReqCall.Rewrite args = new HttpReqCall.Rewrite(null, null, Entry.list("n", "1"), null, null);

        assertThat(rewrite(args, false).notes()).isEmpty();
        assertThat(rewrite(args, true).notes()).singleElement().asString().startsWith("The arguments are lost");
    }

    @Test
    void dangerousLengthsAreNoted() {
        HttpReqCall.Rewrite length = new HttpReqCall.Rewrite(null, Entry.list("Content-Length", "9"), null, null, null);

        assertThat(rewrite(length, false).notes()).singleElement().asString().contains("content-length");
    }

    @Test
    void statusesThatAreNone() {
        assertThat(stop(new HttpReqCall.Stop(444, null, BODY))).isInstanceOf(Outcome.Disconnect.class);
        assertThat(((Outcome.ClientAnswer) stop(new HttpReqCall.Stop(1000, null, BODY))).status()).isEqualTo(200);
        assertThat(((Outcome.ClientAnswer) stop(new HttpReqCall.Stop(0, null, null))).nginxPage()).isFalse();
        assertThat(((Outcome.ClientAnswer) stop(new HttpReqCall.Stop(302, null, null))).nginxPage()).isTrue();
    }

    @Test
    void headersWithoutValueAreSkippedAndThoseWithoutNameBreak() {
        Outcome.ClientAnswer answer = (Outcome.ClientAnswer) stop(new HttpReqCall.Stop(200, Entry.list("A", null, "B", "1"), BODY));

        assertThat(answer.headers()).isEqualTo(Entry.list("b", "1", "content-type", "text/plain; charset=utf-8"));
        assertThat(answer.notes()).containsExactly("APISIX skips the header A, which has no value.");
        assertThat(stop(new HttpReqCall.Stop(200, Entry.list(null, "1"), BODY)))
                .isInstanceOfSatisfying(Outcome.Failure.class, failure -> {
                    assertThat(failure.status()).isEqualTo(500);
                    assertThat(failure.degradable()).isFalse();
                });
    }

    @Test
    void aHeadRequestInTheResponsePhaseIsSentTwice() {
        HttpRespCall.Req request = new HttpRespCall.Req(1, 200, Entry.list("X-Up", "1", "Content-Type", "a/b"), 1);

        Outcome outcome = ApisixView.ofResponse(request, "HEAD", new byte[0], new Reply.ResponseAnswer(new HttpRespCall.Resp(1, 404, null, null)));

        assertThat(outcome.notes()).first().asString().contains("a second time");
        assertThat(((Outcome.ClientAnswer) outcome).status()).isEqualTo(200);
        assertThat(((Outcome.ClientAnswer) outcome).headers()).isEqualTo(Entry.list("X-Up", "1", "X-Up", "1", "Content-Type", "a/b"));
    }

    @Test
    void anErrorInTheResponsePhaseShipsTheUpstreamsBody() {
        HttpRespCall.Req request = new HttpRespCall.Req(1, 200, List.of(), 1);

        Outcome.Failure failure = (Outcome.Failure) ApisixView.ofResponse(request, "GET", BODY, new Reply.ErrorReply(1));

        assertThat(failure.status()).isEqualTo(503);
        assertThat(failure.body()).isEqualTo(BODY);
        assertThat(failure.reason()).isEqualTo("The runner refused the call: SERVICE_UNAVAILABLE.");
    }

    @Test
    void aTokenIsNoReplyOfAPhase() {
        assertThatThrownBy(() -> ApisixView.ofRequest(REQUEST, null, new Reply.Prepared(1))).isInstanceOf(IllegalArgumentException.class);
    }

    private static Outcome rewrite(HttpReqCall.Rewrite rewrite, boolean pathRewrittenBefore) {
        return ApisixView.ofRequest(REQUEST, BODY, pathRewrittenBefore, new Reply.Rewrite(new HttpReqCall.Resp(1, rewrite), rewrite));
    }

    private static Outcome stop(HttpReqCall.Stop stop) {
        return ApisixView.ofRequest(REQUEST, BODY, new Reply.Stop(new HttpReqCall.Resp(1, stop), stop));
    }
}
