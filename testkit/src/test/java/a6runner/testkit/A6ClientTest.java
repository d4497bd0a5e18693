// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class A6ClientTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final HttpReqCall.Req REQUEST =
            new HttpReqCall.Req(7, new byte[] {127, 0, 0, 1}, 0, Text.of("/p"), List.of(), Entry.list("host", "x"), 17);
    private static final HttpRespCall.Req RESPONSE = new HttpRespCall.Req(8, 200, Entry.list("X-Up", "1"), 17);

    @Test
    void preparesAConf() throws IOException {
        List<Message> seen = new ArrayList<>();
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            seen.add(connection.receive());
            connection.send(new PrepareConf.Resp(0xFFFF_FFFFL));
        }); A6Client client = A6Client.connect("unix:" + runner.socket(), TIMEOUT)) {

            assertThat(client.prepare("route#1", Entry.list("a", "{}", "b", ""))).isEqualTo(0xFFFF_FFFFL);
            assertThat(seen).containsExactly(new PrepareConf.Req(Entry.list("a", "{}", "b", ""), Text.of("route#1")));
        }
    }

    @Test
    void saysWhatCameInsteadOfAToken() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            connection.receive();
            connection.send(new Err.Resp(Err.SERVICE_UNAVAILABLE));
        }); A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            assertThatThrownBy(() -> client.prepare("k", List.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The runner gave no token for the conf k, but ErrorReply[code=1].");
        }
    }

    @Test
    void understandsEveryReply() throws IOException {
        HttpReqCall.Stop stop = new HttpReqCall.Stop(403, Entry.list("a", "b"), new byte[] {1});
        HttpReqCall.Rewrite rewrite = new HttpReqCall.Rewrite(Text.of("/n"), null, null, null, null);
        HttpRespCall.Resp answer = new HttpRespCall.Resp(8, 201, null, null);

        assertThat(replyTo(REQUEST, new HttpReqCall.Resp(7, null))).isInstanceOf(Reply.Continue.class);
        assertThat(replyTo(REQUEST, new HttpReqCall.Resp(7, 7, null))).isInstanceOf(Reply.Continue.class);
        assertThat(replyTo(REQUEST, new HttpReqCall.Resp(7, stop))).isEqualTo(new Reply.Stop(new HttpReqCall.Resp(7, stop), stop));
        assertThat(replyTo(REQUEST, new HttpReqCall.Resp(7, rewrite))).isEqualTo(new Reply.Rewrite(new HttpReqCall.Resp(7, rewrite), rewrite));
        assertThat(replyTo(RESPONSE, answer)).isEqualTo(new Reply.ResponseAnswer(answer));
        assertThat(replyTo(REQUEST, new Err.Resp(2))).isEqualTo(new Reply.ErrorReply(2));
        assertThat(replyTo(REQUEST, answer)).isEqualTo(
                new Reply.Broken(503, "The answer to HTTP_REQ_CALL (2) is of the type HTTP_RESP_CALL (4)."));
        assertThat(replyTo(REQUEST, new ExtraInfo.Req(0, false, null))).isEqualTo(
                new Reply.Broken(503, "The runner asks for an unsupported info type: 0."));
        assertThat(replyTo(REQUEST, new ExtraInfo.Req(ExtraInfo.VAR, true, null))).isEqualTo(
                new Reply.Broken(500, "The runner asks a question without a name."));
        assertThat(replyTo(REQUEST, new ExtraInfo.Req(ExtraInfo.REQ_BODY, false, null))).isEqualTo(
                new Reply.Broken(500, "The runner asks a question without its table."));
    }

    private static Reply replyTo(Message request, Message answer) throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> List.of(answer));
                A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {
            return request instanceof HttpReqCall.Req req
                    ? client.call(req, ExtraInfoAnswers.none()).reply()
                    : client.call((HttpRespCall.Req) request, ExtraInfoAnswers.none()).reply();
        }
    }

    @Test
    void breaksOnAnEmptyPayloadAsApisixDoes() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            connection.receive();
            connection.send(Frame.raw(FrameType.ERROR, 0, new byte[0]));
        }); A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            assertThat(client.call(REQUEST, ExtraInfoAnswers.none()).reply())
                    .isEqualTo(new Reply.Broken(500, "Err.Resp: 0 bytes can't hold a table."));
        }
    }

    @Test
    void answersPipelinedQuestionsInOrder() throws IOException {
        List<Message> answers = new ArrayList<>();
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            connection.receive();
            connection.send(ExtraInfo.Req.var("a"));
            connection.send(ExtraInfo.Req.requestBody());
            connection.send(ExtraInfo.Req.var("unset"));
            connection.send(ExtraInfo.Req.responseBody());
            for (int i = 0; i < 4; i++) {
                answers.add(connection.receive());
            }
            connection.send(new HttpReqCall.Resp(7, null));
        }); A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            CallResult result = client.call(REQUEST, ExtraInfoAnswers.none().withVar("a", "").withRequestBody("body".getBytes(UTF_8))
                    .withResponseBody("not in the request phase".getBytes(UTF_8)));

            assertThat(result.reply()).isInstanceOf(Reply.Continue.class);
            assertThat(answers).containsExactly(new ExtraInfo.Resp(new byte[0]), new ExtraInfo.Resp("body".getBytes(UTF_8)),
                    new ExtraInfo.Resp(null), new ExtraInfo.Resp(null));
            assertThat(result.questions()).extracting(Question::toString)
                    .containsExactly("var a: 0 bytes", "request body: 4 bytes", "var unset: no result", "response body: no result");
        }
    }

    @Test
    void givesTheResponseBodyOnlyOnce() throws IOException {
        List<Message> answers = new ArrayList<>();
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            connection.receive();
            for (int i = 0; i < 2; i++) {
                connection.send(ExtraInfo.Req.responseBody());
                answers.add(connection.receive());
            }
            connection.send(new HttpRespCall.Resp(8, 0, null, null));
        }); A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            client.call(RESPONSE, ExtraInfoAnswers.none().withResponseBody(new byte[] {1}).withRequestBody(new byte[0]));

            assertThat(answers).containsExactly(new ExtraInfo.Resp(new byte[] {1}), new ExtraInfo.Resp(null));
        }
    }

    @Test
    void refusesABodyThatNoFrameCanCarry() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> List.of(ExtraInfo.Req.requestBody()));
                A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            Reply reply = client.call(REQUEST, ExtraInfoAnswers.none().withRequestBody(new byte[17 << 20])).reply();

            assertThat(reply).isInstanceOfSatisfying(Reply.Broken.class, broken -> {
                assertThat(broken.status()).isEqualTo(503);
                assertThat(broken.reason()).contains("the max length of data is 16777215 but got");
            });
        }
    }

    @Test
    void carriesTheLargestFrameBothWays() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> message instanceof ExtraInfo.Resp resp
                        ? List.of(new HttpReqCall.Resp(7, new HttpReqCall.Stop(0, null, resp.result())))
                        : List.of(ExtraInfo.Req.requestBody()));
                A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {
            byte[] body = new byte[Frame.MAX_PAYLOAD - 100];
            body[body.length - 1] = 5;

            Reply reply = client.call(REQUEST, ExtraInfoAnswers.none().withRequestBody(body)).reply();

            assertThat(reply).isInstanceOfSatisfying(Reply.Stop.class, stop -> assertThat(stop.action().body()).isEqualTo(body));
        }
    }

    @Test
    void saysThatTheRunnerClosed() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.each(ScriptedRunner.Connection::receive);
                A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            assertThat(client.call(REQUEST, ExtraInfoAnswers.none()).reply())
                    .isEqualTo(new Reply.Closed("The runner closed the connection without an answer."));
            client.assertClosed();
        }
    }

    @Test
    void saysThatTheRunnerClosedInAFrame() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            connection.receive();
            connection.send(Frame.raw(2, 20, new byte[3]));
        }); A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            assertThat(client.call(REQUEST, ExtraInfoAnswers.none()).reply())
                    .isEqualTo(new Reply.Closed("The connection ended in the midst of a frame: 3 of 20 bytes."));
        }
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> connection.send(new byte[] {2, 0}));
                A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {
            assertThatThrownBy(client::receive).isInstanceOf(EOFException.class).hasMessageContaining("2 of 4 bytes");
        }
    }

    @Test
    void givesUpOnASilentRunner() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> await(done));
                A6Client client = A6Client.connect(runner.socket(), SHORT)) {

            assertThatThrownBy(() -> client.call(REQUEST, ExtraInfoAnswers.none()))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessage("The runner sent 0 of 4 expected bytes within 50 ms.");
            assertThatThrownBy(() -> client.sendRaw(new byte[16 << 20]))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageMatching("The runner took only \\d+ of 16777216 bytes within 50 ms\\.");
            assertThatThrownBy(client::assertClosed).isInstanceOf(AssertionError.class).hasMessageContaining("still open");
            client.assertSilent(SHORT);
        } finally {
            done.countDown();
        }
    }

    @Test
    void catchesStrayBytes() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            connection.receive();
            connection.send(new HttpReqCall.Resp(7, null));
            connection.send(new byte[] {1, 2, 3});
            await(done);
        }); A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            assertThat(client.call(REQUEST, ExtraInfoAnswers.none()).reply()).isInstanceOf(Reply.Continue.class);

            assertThatThrownBy(() -> client.assertSilent(TIMEOUT))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageMatching("\\d stray bytes arrived \\(expected: none\\): 01.*");
            assertThatThrownBy(client::assertClosed).isInstanceOf(AssertionError.class);
        } finally {
            done.countDown();
        }
    }

    @Test
    void assemblesAFrameFromSingleBytesAndSendsOneInPieces() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            connection.receive();
            for (byte b : new HttpReqCall.Resp(7, null).frame().toBytes()) {
                connection.send(new byte[] {b});
            }
        }); A6Client client = A6Client.connect(runner.socket(), TIMEOUT)) {

            client.sendSplit(REQUEST.frame().toBytes(), 3);

            assertThat(client.receive()).contains(new HttpReqCall.Resp(7, null).frame());
            assertThat(client.receive()).isEmpty();
        }
    }

    @Test
    void failsAtOnceWhereNobodyListens() {
        assertThatThrownBy(() -> A6Client.connect(Path.of("/nonexistent/a6.sock"), TIMEOUT)).isInstanceOf(IOException.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
