// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.component.annotations.Component;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code a6runner call}, against a runner and with one of its own. */
final class CallCommandIT {

    private static RunnerProcess runner;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        runner = Distribution.packed().runner().start();
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    private static Result call(String... arguments) {
        List<String> all = new ArrayList<>(List.of("call", "--address", "unix:" + runner.socket()));
        all.addAll(Arrays.asList(arguments));
        return Distribution.packed().run(all.toArray(new String[0]));
    }

    private static JsonNode json(Result result) throws IOException {
        assertThat(result.err()).isEmpty();
        return new ObjectMapper().readTree(result.out());
    }

    @Test
    void saysInTextWhatTheUpstreamGets() {
        Result result = call("--plugin", "add-header={}", "--path", "/hello", "--arg", "a=1", "--header", "host: x");
        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).contains("plugins: add-header", "result: go on, rewritten", "  header x-runner: java (set)",
                "upstream gets: GET /hello?a=1", "  host: x", "  x-runner: java");
    }

    @Test
    void saysInJsonWhatTheUpstreamGets() throws IOException {
        Result result = call("--json", "--plugin", "add-header={}", "--path", "/hello", "--arg", "a=1", "--header", "host: x");
        assertThat(result.exitCode()).isZero();
        JsonNode json = json(result);
        assertThat(json.get("result").asText()).isEqualTo("rewritten");
        assertThat(json.get("upstream").get("path").asText()).isEqualTo("/hello");
        assertThat(json.get("upstream").get("args").toString()).isEqualTo("[[\"a\",\"1\"]]");
        assertThat(json.get("upstream").get("headers").toString()).isEqualTo("[[\"host\",\"x\"],[\"x-runner\",\"java\"]]");
    }

    @Test
    void saysWhatTheClientGetsWhenAPluginStopsAndExitsWith10() throws IOException {
        Result result = call("--json", "--plugin", "StopRequestDemoFilter={\"stop_response_code\": 403, \"stop_response_body\": \"no\"}");
        assertThat(result.exitCode()).isEqualTo(10);
        JsonNode json = json(result);
        assertThat(json.get("result").asText()).isEqualTo("stopped");
        assertThat(json.get("client").get("status").asInt()).isEqualTo(403);
        assertThat(json.get("client").get("body").get("text").asText()).isEqualTo("no");
    }

    @Test
    void answersQuestionsFromItsOptions() throws IOException {
        Path body = Files.writeString(folder.resolve("body"), "{}");
        Result result = call("--json", "--plugin", "RewriteRequestDemoFilter={\"rewrite_path\": \"/p\"}", "--method", "POST", "--body", body.toString(),
                "--var", "server_port=9080", "--source-ip", "10.0.0.1");
        assertThat(result.exitCode()).as(result.toString()).isZero();
        JsonNode questions = json(result).get("questions");
        assertThat(questions).extracting(question -> question.get("kind").asText() + " " + question.get("answer").get("text").asText())
                .containsExactly("var 10.0.0.1", "var 9080", "request-body {}");
    }

    @Test
    void makesTheResponsePhaseOfACall() throws IOException {
        Result result = call("--json", "--plugin", "add-header={\"name\": \"x-a\", \"value\": \"1\"}", "--response", "201",
                "--response-header", "content-type: text/plain");
        assertThat(result.exitCode()).isZero();
        JsonNode client = json(result).get("client");
        assertThat(client.get("status").asInt()).isEqualTo(201);
        assertThat(client.get("headers").toString()).contains("[\"content-type\",\"text/plain\"]", "[\"x-a\",\"1\"]");
    }

    @Test
    void exitsWith20WhenTheRunnerRefuses() throws IOException {
        Result result = call("--json", "--plugin", "nobody={}");
        assertThat(result.exitCode()).isEqualTo(20);
        assertThat(json(result).get("error").get("code").asText()).isEqualTo("SERVICE_UNAVAILABLE");
        assertThat(runner.awaitLog("\"nobody\" is not deployed")).contains("Deployed:");
    }

    @Test
    void exitsWith2AndOneLineWhenTheCommandIsWrong() {
        Result result = call("--plugin", "noop={}", "--methd", "GET");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).singleElement().satisfies(line -> assertThat(line).contains("--method"));
    }

    @Test
    void exitsWith3AndOneLineWhenNobodyListens() {
        Result result = Distribution.packed().run("call", "--address", "unix:" + folder.resolve("s"), "--plugin", "noop={}");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).hasSize(1);
    }

    @Test
    void takesTheAddressFromTheEnvironment() {
        Result result = Distribution.packed().run(Map.of("APISIX_LISTEN_ADDRESS", "unix:" + runner.socket()), "call", "--plugin", "noop={}");
        assertThat(result.exitCode()).as(result.toString()).isZero();
    }

    // ---- with a runner of its own

    @Test
    void startsARunnerForTheCallAndShowsOnlyTheCall() {
        Result result = Distribution.packed().run("call", "--run", "--plugin", "add-header={}", "--path", "/hello");
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.out()).contains("upstream gets: GET /hello").doesNotContain("listening on");
        assertThat(result.err()).isEmpty();
    }

    /** Throws in the response phase. */
    @Component
    public static final class Throwing implements PluginFilter {

        @Override
        public String name() {
            return "throwing";
        }

        @Override
        public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
            throw new IllegalStateException("no answer for this");
        }
    }

    @Test
    void showsWhyAPluginFailedInTheResponsePhaseThoughTheCallIsAnswered() {
        TestBundle.of("test.throwing", "1.0.0", Throwing.class).copyTo(folder);
        Result result = Distribution.packed().run("call", "--run", "--deploy", folder.toString(), "--plugin", "throwing={}", "--response", "200");
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.out()).contains("503");
        assertThat(result.errLines()).first().asString().contains("ERROR").contains("no answer for this");
        assertThat(result.err()).as("its stack trace").contains("CallCommandIT$Throwing.postFilter").doesNotContain("INFO");
    }

    @Test
    void showsTheRunnersLogWhenItsCallIsRefused() {
        Result result = Distribution.packed().run("call", "--run", "--plugin", "ad-header={}");
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(20);
        assertThat(result.err()).contains("Did you mean \"add-header\"?");
    }
}
