// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.call;

import a6runner.testkit.ScriptedRunner;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class CallTest {

    @TempDir
    private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsARewrite() throws IOException {
        HttpReqCall.Rewrite rewrite = new HttpReqCall.Rewrite(Text.of("/new path"), Entry.list("X-Runner", "java", "gone", null),
                Entry.list("a", "2", "b", null), Entry.list("x-resp", "\u001b[31m"), "new".getBytes(UTF_8));
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> List.of(new HttpReqCall.Resp(1, rewrite)))) {

            int code = call(runner, "--plugin", "add-header={}", "--plugin", "other=", "--path", "/hello?a=1&b=2", "--header", "host: x",
                    "--header", "Gone: 1", "--method", "post");

            assertThat(code).isEqualTo(Call.GOES_ON);
            assertThat(text()).isEqualTo("""
                    plugins: add-header, other
                    result: go on, rewritten
                      path /new path (set)
                      header X-Runner: java (set)
                      header gone (deleted)
                      arg a=2 (set)
                      arg b (deleted)
                      response header x-resp: \\x1B[31m (added)
                      body of 3 bytes (replaced)
                    upstream gets: POST /new%20path?a=2
                      host: x
                      x-runner: java
                      content-length: 3
                      body: 3 bytes
                        new
                    client gets, in front of the upstream's headers:
                      x-resp: \\x1B[31m
                    time: conf N ms, call N ms
                    """);
        }
    }

    @Test
    void printsAnUnchangedRequest() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> List.of(new HttpReqCall.Resp(1, null)))) {

            assertThat(call(runner, "--plugin", "noop")).isEqualTo(Call.GOES_ON);

            assertThat(text()).isEqualTo("""
                    plugins: noop
                    result: go on, unchanged
                    upstream gets: GET /
                      host: localhost
                    time: conf N ms, call N ms
                    """);
        }
    }

    @Test
    void printsAStop() throws IOException {
        HttpReqCall.Stop stop = new HttpReqCall.Stop(401, Entry.list("WWW-Authenticate", "Basic"), new byte[] {0, 1, (byte) 0xFF});
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> List.of(new HttpReqCall.Resp(2, stop)))) {

            assertThat(call(runner, "--plugin", "auth={}")).isEqualTo(Call.STOPPED);

            assertThat(text()).isEqualTo("""
                    plugins: auth
                    result: stopped, the client gets 401
                      www-authenticate: Basic
                      content-type: text/plain; charset=utf-8
                      body: 3 bytes
                        binary: 00 01 ff
                    note: The reply's id is 2, the call's 1; APISIX does not look.
                    time: conf N ms, call N ms
                    """);
        }
    }

    @Test
    void answersQuestionsFromTheOptions() throws IOException {
        Path body = Files.writeString(folder.resolve("body"), "posted");
        List<byte[]> answers = Collections.synchronizedList(new ArrayList<>());
        List<ExtraInfo.Req> questions = List.of(ExtraInfo.Req.var("mine"), ExtraInfo.Req.var("remote_addr"), ExtraInfo.Req.var("http_x_a"),
                ExtraInfo.Req.var("arg_q"), ExtraInfo.Req.var("request_uri"), ExtraInfo.Req.var("host"), ExtraInfo.Req.var("nobody"),
                ExtraInfo.Req.requestBody());
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            if (connection.receive() instanceof PrepareConf.Req) {
                connection.send(new PrepareConf.Resp(1));
                return;
            }
            for (ExtraInfo.Req question : questions) {
                connection.send(question);
            }
            for (int i = 0; i < questions.size(); i++) {
                answers.add(((ExtraInfo.Resp) connection.receive()).result());
            }
            connection.send(new HttpReqCall.Resp(1, null));
        })) {
            int code = call(runner, "--plugin", "p", "--var", "mine=yes", "--source-ip", "::1", "--path", "/a b?q=1+2", "--body", body.toString(),
                    "--header", "Host: Shop.example:80", "--header", "X-A: 1", "--header", "x-a: 2");

            assertThat(code).isZero();
            assertThat(answers.stream().map(bytes -> bytes == null ? null : new String(bytes, UTF_8)))
                    .containsExactly("yes", "0:0:0:0:0:0:0:1", "1, 2", "1 2", "/a%20b?q=1%202", "shop.example", null, "posted");
            assertThat(text()).contains("asked: var mine = \"yes\"\n", "asked: var nobody, no result\n", "asked: request body, 6 bytes\n",
                    "  content-length: 6\n");
        }
    }

    @Test
    void makesAResponseCall() throws IOException {
        Path body = Files.writeString(folder.resolve("body"), "up");
        List<Message> seen = Collections.synchronizedList(new ArrayList<>());
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> {
            seen.add(message);
            return List.of(message instanceof ExtraInfo.Resp ? new HttpRespCall.Resp(1, 0, null, null) : ExtraInfo.Req.responseBody());
        })) {
            int code = call(runner, "--plugin", "p={}", "--response", "404", "--response-header", "X-Up: 1", "--response-header", "Location: /x",
                    "--response-body", body.toString());

            assertThat(code).isEqualTo(Call.GOES_ON);
            assertThat(seen).containsExactly(new HttpRespCall.Req(1, 404, Entry.list("X-Up", "1", "Location", "/x"), 17),
                    new ExtraInfo.Resp("up".getBytes(UTF_8)));
            assertThat(text()).isEqualTo("""
                    plugins: p
                    result: answered, the client gets 404
                      X-Up: 1
                      content-type: text/plain; charset=utf-8
                      body: 2 bytes
                        up
                    asked: response body, 2 bytes
                    note: The reply has no header, so APISIX loses of the upstream's: Location.
                    time: conf N ms, call N ms
                    """);
        }
    }

    @Test
    void preparesAnewUpToThreeTries() throws IOException {
        AtomicInteger prepared = new AtomicInteger();
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> {
            if (connection.receive() instanceof PrepareConf.Req) {
                prepared.incrementAndGet();
                connection.send(new PrepareConf.Resp(prepared.get()));
            } else {
                connection.send(new Err.Resp(Err.CONF_TOKEN_NOT_FOUND));
            }
        })) {
            assertThat(call(runner, "--plugin", "p")).isEqualTo(Call.REFUSED);
            assertThat(prepared).hasValue(3);
            assertThat(text()).contains(
                    "result: refused, the client gets 503; with allow_degradation the request goes on\n  The runner refused the call: CONF_TOKEN_NOT_FOUND. Its log says why.\n",
                    "tries: 3\n");
        }
    }

    @Test
    void toldApartAreErrorsAndBrokenReplies() throws IOException {
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> List.of(new Err.Resp(Err.SERVICE_UNAVAILABLE)))) {
            assertThat(call(runner, "--plugin", "p", "--response", "200")).isEqualTo(Call.REFUSED);
        }
        try (ScriptedRunner runner = ScriptedRunner.answering(message -> List.of(new PrepareConf.Resp(1)))) {
            assertThat(call(runner, "--plugin", "p")).isEqualTo(Call.NO_REPLY);
        }
        try (ScriptedRunner runner = ScriptedRunner.each(ScriptedRunner.Connection::receive)) {
            assertThat(call(runner, "--plugin", "p")).isEqualTo(Call.NO_REPLY);
            assertThat(text()).contains("result: no valid reply, the client gets 503", "  The runner closed the connection");
        }
        CountDownLatch done = new CountDownLatch(1);
        try (ScriptedRunner runner = ScriptedRunner.each(connection -> await(done))) {
            assertThat(call(runner, "--plugin", "p", "--timeout", "50ms")).isEqualTo(Call.NO_REPLY);
            assertThat(text()).contains("result: no reply in time, the client gets 503").doesNotContain(", call");
        } finally {
            done.countDown();
        }
    }

    @Test
    void printsJson() throws IOException {
        HttpReqCall.Rewrite rewrite = new HttpReqCall.Rewrite(null, List.of(new Entry(Text.of("x"), new Text(new byte[] {(byte) 0xE9}))), null, null,
                new byte[] {(byte) 0xFF});
        try (ScriptedRunner runner = ScriptedRunner.answering(message ->
                List.of(message instanceof ExtraInfo.Resp ? new HttpReqCall.Resp(1, rewrite) : ExtraInfo.Req.var("nobody")))) {

            assertThat(call(runner, "--json", "--plugin", "p={}", "--arg", "flag")).isZero();

            JsonNode json = new ObjectMapper().readTree(out.toByteArray());
            assertThat(json.at("/timing/callMillis").isNumber()).isTrue();
            ((ObjectNode) json).remove("timing");
            assertThat(json).isEqualTo(new ObjectMapper().readTree("""
                    {"phase": "request", "plugins": ["p"], "result": "rewritten", "exitCode": 0,
                     "changes": [{"part": "header", "kind": "set", "name": "x", "value": {"base64": "6Q=="}},
                                 {"part": "body", "kind": "set", "name": null, "value": {"base64": "/w=="}}],
                     "upstream": {"method": "GET", "path": "/", "args": [["flag", null]],
                                  "headers": [["host", "localhost"], ["x", {"base64": "6Q=="}], ["content-length", "1"]],
                                  "body": {"bytes": 1, "base64": "/w=="}},
                     "client": {"status": null, "headers": [], "body": null, "nginxPage": false, "closed": false},
                     "error": null,
                     "questions": [{"kind": "var", "name": "nobody", "answer": null}],
                     "notes": [], "tries": 1}
                    """));
        }
    }

    @Test
    void saysWhereNobodyListens() {
        assertThat(call(Map.of("APISIX_LISTEN_ADDRESS", "unix:/nonexistent/s"), "--plugin", "p", "--json")).isEqualTo(Call.NO_CONNECTION);
        assertThat(err.toString(UTF_8)).isEqualTo("a6runner call: can't connect to unix:/nonexistent/s: No such file or directory\n");
        assertThat(out.size()).isZero();
    }

    @Test
    void takesTheRunnersOwnVariableFirst() {
        call(Map.of("APISIX_LISTEN_ADDRESS", "unix:/nonexistent/a", "A6RUNNER_LISTEN_ADDRESS", "unix:/nonexistent/b"), "--plugin", "p");
        assertThat(err.toString(UTF_8)).contains("/nonexistent/b");
    }

    @Test
    void namesTheWrongOption() {
        assertUsage("unknown option --plugn (did you mean --plugin?)", "--plugn", "x");
        assertUsage("unknown option --zzzzzzzz", "--zzzzzzzz=1");
        assertUsage("unexpected argument hello (every argument belongs to an option)", "hello");
        assertUsage("--path needs a value", "--plugin", "p", "--path");
        assertUsage("--plugin needs a value", "--plugin", "--json");
        assertUsage("--json takes no value", "--json=1");
        assertUsage("no --plugin given; at least one is needed", "--path", "/");
        assertUsage("no address given; use --address unix:/path or set A6RUNNER_LISTEN_ADDRESS or APISIX_LISTEN_ADDRESS", "--plugin", "p");
        assertUsage("--address tcp:1: unix:/path expected", "--plugin", "p", "--address", "tcp:1");
        assertUsage("--plugin ={}: NAME='CONF' expected", "--plugin", "={}");
        assertUsage("--path rel: a path begins with '/'", "--path", "rel");
        assertUsage("--header host=x: 'name: value' expected", "--header", "host=x");
        assertUsage("--var x: NAME=VALUE expected", "--var", "x");
        assertUsage("--body /nonexistent/f: there is no such file; a text comes as one by --body <(printf '%s' 'TEXT')", "--body", "/nonexistent/f");
        assertUsage("--response-body /: the file can't be read", "--response-body", "/");
        assertUsage("--source-ip localhost: an IPv4 or IPv6 address expected", "--source-ip", "localhost");
        assertUsage("--source-ip 1.2.3.400: an IPv4 or IPv6 address expected", "--source-ip", "1.2.3.400");
        assertUsage("--timeout soon: a time such as 500ms, 10s or 1m expected", "--timeout", "soon");
        assertUsage("--response 20: a status of the upstream expected, 100 to 999", "--response", "20");
        assertUsage("--response-header and --response-body go with --response STATUS", "--plugin", "p", "--response-header", "a: b");
    }

    @Test
    void namesTheNearestMethod() {
        call(Map.of(), "--plugin", "p", "--method", "PSOT");
        assertThat(err.toString(UTF_8)).startsWith(
                "a6runner call: --method PSOT: APISIX calls no plugin for this method (did you mean POST?); known are COPY, DELETE, ");
    }

    @Test
    void helpNamesEveryOptionAndExitCode() {
        assertThat(call(Map.of(), "--help")).isZero();
        assertThat(text()).contains("--plugin", "--path", "--arg", "--header", "--method", "--body", "--var", "--source-ip", "--response ",
                "--response-header", "--response-body", "--address", "--timeout", "--json", "--help", "  0 ", "  2 ", "  3 ", "  10 ", "  20 ", "  21 ",
                "Example:");
    }

    private void assertUsage(String line, String... args) {
        err.reset();
        assertThat(call(Map.of(), args)).isEqualTo(Call.WRONG_USAGE);
        assertThat(err.toString(UTF_8)).isEqualTo("a6runner call: " + line + "; see a6runner call --help\n");
        assertThat(out.size()).isZero();
    }

    private int call(ScriptedRunner runner, String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--address";
        all[args.length + 1] = "unix:" + runner.socket();
        int code = call(Map.of(), all);
        assertThat(err.toString(UTF_8)).isEmpty();
        assertThat(runner.faults()).isEmpty();
        return code;
    }

    private int call(Map<String, String> env, String... args) {
        out.reset();
        return Call.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), env);
    }

    /** What was printed, with the times made equal. */
    private String text() {
        return out.toString(UTF_8).replaceAll("\\d+\\.\\d ms", "N ms");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
