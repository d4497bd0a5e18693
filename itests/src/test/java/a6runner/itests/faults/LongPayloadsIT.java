// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.osgi.service.component.annotations.Component;

import static org.assertj.core.api.Assertions.assertThat;

/** Payloads as long as a frame can say, both ways, against the real process with its 256 MB of heap. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LongPayloadsIT {

    /** The longest body that an answer holds, beside the table around it. */
    private static final int LONGEST_BODY = Frame.MAX_PAYLOAD - 3 - (new ExtraInfo.Resp(new byte[4]).encode().length - 4);
    private static final int REWRITTEN_BODY = 16_000_000;
    private static final int REPLY_BODY = 16_777_000;

    /** Says what it saw of the body, and, by its conf, rewrites or stops or answers with one of so many bytes. */
    @Component
    public static final class Bodies implements PluginFilter {

        @Override
        public String name() {
            return "bodies";
        }

        @Override
        public Boolean requiredBody() {
            return true;
        }

        @Override
        public Boolean requiredRespBody() {
            return true;
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            String[] conf = request.getConfig(this).split(" ");
            String seen = crc(request.getBodyBytes());
            switch (conf[0]) {
                case "rewrite" -> request.setBody(body(Integer.parseInt(conf[1])));
                case "stop" -> response.setBody(body(Integer.parseInt(conf[1])));
                default -> request.setHeader("x-seen", seen);
            }
            chain.filter(request, response);
        }

        @Override
        public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
            response.setHeader("x-seen", crc(request.getBodyBytes()));
            response.setBody(body(Integer.parseInt(request.getConfig(this).split(" ")[1])));
            chain.postFilter(request, response);
        }

        static byte[] body(int length) {
            byte[] body = new byte[length];
            new Random(length).nextBytes(body);
            return body;
        }

        static String crc(byte[] bytes) {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            return bytes.length + " " + crc.getValue();
        }
    }

    private RunnerProcess runner;
    private A6Client apisix;

    @BeforeAll
    void start() {
        runner = Distribution.packed().runner().deploying(TestBundle.of("test.bodies", "1.0.0", Bodies.class)).start();
    }

    @AfterAll
    void stop() {
        runner.close();
    }

    @BeforeEach
    void connect() {
        apisix = runner.connect();
    }

    /** After each long payload the same connection serves a short call. */
    @AfterEach
    void theNextCallIsServed() throws IOException {
        try (A6Client last = apisix) {
            Calls.assertNothingElse(last);
            assertThat(Calls.rewritten(Calls.call(last, Calls.prepare(last, "bodies", "see"), "/"), "x-seen")).startsWith("0 ");
        }
    }

    @Test
    void anExtraInfoAnswerOfTheGreatestLengthReachesThePlugin() throws IOException {
        byte[] body = Bodies.body(LONGEST_BODY);
        Frame answer = Calls.padded(new ExtraInfo.Resp(body), Frame.MAX_PAYLOAD);
        HttpReqCall.Req request = Calls.request(Calls.prepare(apisix, "bodies", "see"), "/");
        for (int i = 0; i < 3; i++) {
            apisix.send(request.frame());
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.EXTRA_INFO);
            apisix.send(answer);
            HttpReqCall.Resp reply = HttpReqCall.Resp.decode(apisix.receive().orElseThrow().payload());
            assertThat(reply.action()).isInstanceOfSatisfying(HttpReqCall.Rewrite.class, rewrite ->
                    assertThat(rewrite.headers().get(0).value()).hasToString(Bodies.crc(body)));
        }
    }

    @Test
    void aRequestOfTheGreatestLengthIsServed() throws IOException {
        HttpReqCall.Req request = Calls.request(Calls.prepare(apisix, "bodies", "see"), "/");
        apisix.send(Calls.padded(request, Frame.MAX_PAYLOAD));
        assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.EXTRA_INFO);
        apisix.send(new ExtraInfo.Resp(null).frame());
        assertThat(HttpReqCall.Resp.decode(apisix.receive().orElseThrow().payload()).id()).isEqualTo(request.id());
    }

    @Test
    void aRequestBodyRewrittenToSixteenMegabytesReachesApisix() throws IOException {
        byte[] body = Bodies.body(LONGEST_BODY);
        long token = Calls.prepare(apisix, "bodies", "rewrite " + REWRITTEN_BODY);
        Reply reply = apisix.call(Calls.request(token, "/"), ExtraInfoAnswers.none().withRequestBody(body)).reply();
        assertThat(reply).isInstanceOfSatisfying(Reply.Rewrite.class, rewrite ->
                assertThat(Arrays.equals(rewrite.action().body(), Bodies.body(REWRITTEN_BODY))).isTrue());
    }

    @Test
    void aStopWithABodyOfSixteenMegabytesReachesApisix() throws IOException {
        long token = Calls.prepare(apisix, "bodies", "stop " + REPLY_BODY);
        Reply reply = apisix.call(Calls.request(token, "/"), ExtraInfoAnswers.none()).reply();
        assertThat(reply).isInstanceOfSatisfying(Reply.Stop.class, stop ->
                assertThat(Arrays.equals(stop.action().body(), Bodies.body(REPLY_BODY))).isTrue());
    }

    @Test
    void aResponseBodyOfSixteenMegabytesIsReplacedByAnother() throws IOException {
        byte[] body = Bodies.body(LONGEST_BODY);
        long token = Calls.prepare(apisix, "bodies", "answer " + REPLY_BODY);
        Reply reply = apisix.call(Calls.response(token, 200), ExtraInfoAnswers.none().withResponseBody(body)).reply();
        assertThat(reply).isInstanceOfSatisfying(Reply.ResponseAnswer.class, answer -> {
            assertThat(Arrays.equals(answer.message().body(), Bodies.body(REPLY_BODY))).isTrue();
            assertThat(answer.message().headers()).singleElement().hasToString("x-seen=" + Bodies.crc(body));
        });
    }

    @Test
    void aReplyThatIsTooLongForAFrameIsRefusedInTheRequestPhase() throws IOException {
        long token = Calls.prepare(apisix, "bodies", "stop " + (Frame.MAX_PAYLOAD + 1));
        Calls.assertRefused(apisix.call(Calls.request(token, "/"), ExtraInfoAnswers.none()).reply());
        assertThat(runner.awaitLog("a reply can't be sent", "too long")).hasSizeLessThan(250);
    }

    @Test
    void aReplyThatIsTooLongForAFrameIs503InTheResponsePhase() throws IOException {
        long token = Calls.prepare(apisix, "bodies", "answer " + (Frame.MAX_PAYLOAD + 1));
        Reply reply = apisix.call(Calls.response(token, 200), ExtraInfoAnswers.none()).reply();
        assertThat(reply).isInstanceOfSatisfying(Reply.ResponseAnswer.class, answer -> {
            assertThat(answer.message().status()).isEqualTo(503);
            assertThat(answer.message().body()).hasSizeBetween(1, 100);
        });
    }
}
