// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

/** Calls as these tests make them. */
final class Calls {

    private static final AtomicLong IDS = new AtomicLong(1_000);
    /** Long enough for a stray reply that is on its way. */
    private static final Duration MOMENT = Duration.ofMillis(50);

    private Calls() {}

    /** A token for a conf: plugin, value, plugin, value … */
    static long prepare(A6Client apisix, String... pluginsAndValues) throws IOException {
        List<Entry> conf = Entry.list(pluginsAndValues);
        return apisix.prepare("route#" + conf + "#ext-plugin-pre-req#1", conf);
    }

    /** A request with an id that no other has. */
    static HttpReqCall.Req request(long token, String path, String... headers) {
        return new HttpReqCall.Req(IDS.incrementAndGet(), new byte[] {127, 0, 0, 1}, 0, Text.of(path), List.of(), Entry.list(headers), token);
    }

    /** An upstream's response with an id that no other has. */
    static HttpRespCall.Req response(long token, int status, String... headers) {
        return new HttpRespCall.Req(IDS.incrementAndGet(), status, Entry.list(headers), token);
    }

    /** The request phase, with no variable and no body. */
    static Reply call(A6Client apisix, long token, String path, String... headers) throws IOException {
        return apisix.call(request(token, path, headers), ExtraInfoAnswers.none()).reply();
    }

    /** Asserts that a connection gives exactly one reply to one more call, its own. */
    static void assertServes(A6Client apisix, long token) throws IOException {
        HttpReqCall.Req request = request(token, "/next");
        apisix.send(request.frame());
        Frame reply = apisix.receive().orElseThrow(() -> new AssertionError("The runner closed the connection (expected: it serves the next call)."));
        assertThat(reply.type()).as("type of the next call's reply").isEqualTo(FrameType.HTTP_REQ_CALL);
        assertThat(HttpReqCall.Resp.decode(reply.payload()).id()).as("id of the next call's reply").isEqualTo(request.id());
        assertThat(apisix.available()).as("bytes behind the next call's reply").isZero();
    }

    /** Asserts that nothing more comes. */
    static void assertNothingElse(A6Client apisix) throws IOException {
        apisix.assertSilent(MOMENT);
    }

    /** Asserts that the next frame is an error frame with this code. */
    static void assertError(A6Client apisix, int code) throws IOException {
        Frame frame = apisix.receive().orElseThrow(() -> new AssertionError("The runner closed the connection (expected: an error frame)."));
        assertError(frame, code);
    }

    static void assertError(Frame frame, int code) {
        assertThat(frame.type()).as("frame type").isEqualTo(FrameType.ERROR);
        assertThat(Err.name(Err.Resp.decode(frame.payload()).code())).isEqualTo(Err.name(code));
    }

    static void assertRefused(Reply reply) {
        assertThat(reply).isInstanceOfSatisfying(Reply.ErrorReply.class, error -> assertThat(error.codeName()).isEqualTo("SERVICE_UNAVAILABLE"));
    }

    /** The value of a header that a rewrite sets; fails if the reply is none or doesn't set it. */
    static String rewritten(Reply reply, String header) {
        assertThat(reply).isInstanceOf(Reply.Rewrite.class);
        return ((Reply.Rewrite) reply).action().headers().stream()
                .filter(entry -> entry.isNamed(header))
                .map(entry -> entry.value().toString())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + header + " in " + reply));
    }

    /** A message in a frame with so many bytes of payload that nothing reads beyond its last table. */
    static Frame padded(Message message, int length) {
        return new Frame(message.type(), Arrays.copyOf(message.encode(), length));
    }
}
