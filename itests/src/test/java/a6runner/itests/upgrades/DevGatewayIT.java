// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.upgrades;

import a6runner.itests.Distribution;
import a6runner.itests.TestBundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code a6runner dev} as its user has it: HTTP, the gateway, the socket, the runner, plugins, and back. */
@Timeout(120)
final class DevGatewayIT {

    private static final long SECONDS = 60;

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> said = new ArrayList<>();
    private Distribution distribution;
    private Process dev;
    private String base;

    @BeforeEach
    void copy() {
        distribution = Distribution.copyTo(folder.resolve("d"));
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (dev != null) {
            List<ProcessHandle> children = dev.descendants().toList();
            dev.destroy();
            boolean ended = dev.waitFor(SECONDS, TimeUnit.SECONDS);
            boolean childrenEnded = children.stream().noneMatch(ProcessHandle::isAlive);
            children.forEach(ProcessHandle::destroyForcibly);
            dev.destroyForcibly();
            assertThat(ended && childrenEnded).as("both end: " + said).isTrue();
        }
    }

    private void start(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(distribution.script().toString(), "dev", "--port", "0"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("A6RUNNER_JAVA_HOME", System.getProperty("java.home"));
        dev = builder.start();
        Thread reader = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(dev.getInputStream(), StandardCharsets.UTF_8))) {
                in.lines().forEach(lines::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                lines.add("(" + e + ")");
            }
        }, "dev-output");
        reader.setDaemon(true);
        reader.start();
        base = awaitLine("http://127.0.0.1:").replaceFirst(".*(http://127.0.0.1:\\d+).*", "$1");
        awaitLine("a6runner shell --data ");
        awaitLine("Ctrl-C ends it");
    }

    private String awaitLine(String part) throws InterruptedException {
        while (true) {
            String line = lines.poll(SECONDS, TimeUnit.SECONDS);
            assertThat(line).as("a line with \"" + part + "\" after " + said).isNotNull();
            said.add(line);
            if (line.contains(part)) {
                return line;
            }
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(base + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theShippedRoutesGoThroughEachDemoPlugin() throws Exception {
        start("--response-headers");

        HttpResponse<String> hello = get("/hello?a=1");
        assertThat(hello.body()).contains("\"uri\" : \"/hello?a=1\"", "\"x-runner\" : \"java\"");
        assertThat(hello.headers().firstValue("x-a6-pre-req-change")).contains("header x-runner: java (set)");
        assertThat(awaitLine("GET /hello")).contains("200 GET /hello?a=1", "pre-req add-header: header x-runner: java (set)");

        assertThat(get("/rewrite?a=1").body()).contains("\"uri\" : \"/rewritten?", "a=1", "demo=1", "\"x-demo\" : \"yes\"");
        HttpResponse<String> stopped = get("/stop");
        assertThat(stopped.statusCode()).isEqualTo(401);
        assertThat(stopped.body()).isEqualTo("who are you?\n");
        HttpResponse<String> changed = get("/response");
        assertThat(changed.statusCode()).isEqualTo(203);
        assertThat(changed.body()).isEqualTo("not what the upstream said\n");
        HttpResponse<String> vars = get("/vars");
        assertThat(vars.body()).contains("\"uri\" : \"/with-vars\"");
        assertThat(vars.headers().firstValue("server_port")).contains(base.replaceFirst(".*:", ""));
        assertThat(get("/async").body()).contains("42");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void eachBuildOfAWatchedFolderIsDeployedWhileRequestsGoOn() throws Exception {
        Path target = Files.createDirectory(folder.resolve("target"));
        Path routes = Files.writeString(folder.resolve("routes.yaml"), """
                routes:
                  - uri: /v
                    plugins:
                      ext-plugin-pre-req: {conf: [{name: versioned, value: plain}]}
                #END
                """);
        build(1, target);
        start("--routes", routes.toString(), "--watch", target.toString(), "--record", folder.resolve("record").toString());
        assertThat(awaitLine("deployed: ")).contains("ACTIVE");

        build(2, target);
        int requests = 0;
        String body;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        do {
            HttpResponse<String> answer = get("/v");
            assertThat(answer.statusCode()).isEqualTo(200);
            body = answer.body();
            assertThat(body).containsAnyOf("\"x-builds\" : \"1,1\"", "\"x-builds\" : \"2,2\"");
            requests++;
        } while (!body.contains("2,2") && System.nanoTime() < deadline);

        assertThat(body).as("after " + requests + " requests").contains("2,2");
        assertThat(awaitLine("deployed: ")).contains("ACTIVE");
        assertThat(a6runner.testkit.golden.GoldenScenarios.load(folder.resolve("record"))).hasSize(requests);
    }

    @Test
    void saysInOneSentenceThatThePortIsTaken() throws Exception {
        try (java.net.ServerSocket taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            Distribution.Result result = distribution.run("dev", "--port", Integer.toString(taken.getLocalPort()));
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.errLines()).singleElement().asString().contains("is taken");
        }
    }

    private static void build(int number, Path target) {
        TestBundle.of("itests.versioned", number + ".0.0", Versioned.class).resource(Versioned.BUILD_FILE, Integer.toString(number))
                .copyTo(target, "my-plugin.jar");
    }
}
