// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.shell;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.BrokenFrames;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import java.util.zip.ZipFile;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Component;

import static a6runner.itests.shell.Shells.json;
import static a6runner.itests.shell.Shells.said;
import static a6runner.itests.shell.Shells.shell;
import static org.assertj.core.api.Assertions.assertThat;

/** The runner's own commands, each over the real socket of a real process. */
final class CommandsIT {

    private static RunnerProcess runner;

    /** Does what its conf says: {@code mark}, {@code throw}, {@code stop}, {@code never} go on. */
    @Component
    public static final class Moody implements PluginFilter {

        @Override
        public String name() {
            return "moody";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            switch (request.getConfig(this)) {
                case "mark":
                    request.setHeader("x-mark", "seen");
                    request.setHeader("authorization", "Bearer hush");
                    request.setPath("/marked");
                    break;
                case "throw":
                    throw new IllegalStateException("moody");
                case "stop":
                    response.setStatusCode(401);
                    return;
                case "never":
                    return;
                default:
                    break;
            }
            chain.filter(request, response);
        }
    }

    @BeforeAll
    static void start() {
        runner = Distribution.packed().runner().deploying(TestBundle.of("test.moody", "1.0.0", Moody.class)).start();
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    private static Reply call(A6Client apisix, String route, String plugin, String conf) throws IOException {
        long token = apisix.prepare("route#" + route + "#ext-plugin-pre-req#1", Entry.list(plugin, conf));
        return apisix.call(BrokenFrames.request(token), ExtraInfoAnswers.none()).reply();
    }

    private static JsonNode row(JsonNode table, String column, String value) {
        return StreamSupport.stream(table.spliterator(), false).filter(row -> row.path(column).asText().equals(value)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + column + " " + value + " in " + table));
    }

    @Test
    void pluginsCountsCallsAndErrorsAndTakesTheirTime() throws IOException {
        JsonNode before = row(json(runner, "plugins"), "name", "moody");
        try (A6Client apisix = runner.connect()) {
            call(apisix, "count", "moody", "");
            call(apisix, "count", "moody", "");
            call(apisix, "count", "moody", "throw");
        }
        JsonNode after = row(json(runner, "plugins"), "name", "moody");
        assertThat(after.path("calls").asInt() - before.path("calls").asInt()).isEqualTo(2);
        assertThat(after.path("errors").asInt() - before.path("errors").asInt()).isEqualTo(1);
        assertThat(after.path("bundle").asText()).isEqualTo("test.moody");
        assertThat(after.path("version").asText()).isEqualTo("1.0.0");
        assertThat(after.path("state").asText()).isEqualTo("serving");
        assertThat(after.path("p50").asDouble()).isPositive().isLessThanOrEqualTo(after.path("p99").asDouble());
        assertThat(said(runner, "plugins")).startsWith("NAME").contains("moody", "test.moody", "serving");
    }

    @Test
    void confsListsThemAndShowsOneWithItsSecretsMasked() throws IOException {
        try (A6Client apisix = runner.connect()) {
            long token = apisix.prepare("route#conf#ext-plugin-pre-req#1", Entry.list("moody", "{\"api_key\": \"hush\", \"limit\": 3}"));
            apisix.prepare("route#conf#ext-plugin-pre-req#2", Entry.list("nobody", "{}"));
            JsonNode conf = row(json(runner, "confs"), "token", Long.toString(token));
            assertThat(conf.path("key").asText()).isEqualTo("route#conf#ext-plugin-pre-req#1");
            assertThat(conf.path("state").asText()).isEqualTo("superseded");
            assertThat(conf.path("plugins").toString()).isEqualTo("[\"moody\"]");
            assertThat(row(json(runner, "confs"), "key", "route#conf#ext-plugin-pre-req#2").path("missing").toString()).isEqualTo("[\"nobody\"]");
            assertThat(said(runner, "confs", Long.toString(token))).contains("moody: {\"api_key\": \"***\", \"limit\": 3}").doesNotContain("hush");
            assertThat(said(runner, "confs", "--json", "route#conf")).contains("nobody").doesNotContain("hush");
        }
        assertThat(shell(runner, "confs", "12").exitCode()).isEqualTo(1);
    }

    @Test
    void connectionsTellsWhoseTheyAre() throws IOException {
        try (A6Client apisix = runner.connect()) {
            call(apisix, "connection", "moody", "");
            JsonNode mine = row(json(runner, "connections"), "peer_pid", Long.toString(ProcessHandle.current().pid()));
            assertThat(mine.path("calls").asInt()).isEqualTo(2);
            assertThat(mine.path("state").asText()).isEqualTo("idle");
        }
    }

    @Test
    void callsShowsWhatIsInFlightAndWhereItIs() throws Exception {
        CompletableFuture<Void> hanging;
        try (A6Client apisix = runner.connect()) {
            hanging = CompletableFuture.runAsync(() -> {
                try {
                    call(apisix, "hang", "moody", "never");
                } catch (IOException e) {
                    throw new UncheckedIOException(e); // the connection is closed below
                }
            });
            Await.within(Await.DEADLINE, () -> "a call in flight", () -> said(runner, "calls").contains("In flight:"));
            JsonNode call = row(json(runner, "calls").path("in_flight"), "conf", "route#hang#ext-plugin-pre-req#1");
            assertThat(call.path("in").asText()).isEqualTo("moody");
            assertThat(call.path("does").asText()).isEqualTo("waits");
            assertThat(call.path("for").asDouble()).isPositive();
        }
        hanging.exceptionally(closed -> null).join();
        Await.within(Await.DEADLINE, () -> "no call in flight", () -> said(runner, "calls").contains("No call is waited for."));
    }

    @Test
    void callsKeepsTheSlowestUntilTheyAreForgotten() throws IOException {
        try (A6Client apisix = runner.connect()) {
            call(apisix, "slow", "moody", "");
        }
        assertThat(json(runner, "calls").path("slowest").toString()).contains("moody");
        assertThat(json(runner, "calls", "--forget").path("slowest")).isEmpty();
    }

    @Test
    void statsCountsOutcomes() throws IOException {
        JsonNode before = json(runner, "stats");
        try (A6Client apisix = runner.connect()) {
            call(apisix, "stats", "moody", "");
            call(apisix, "stats", "moody", "mark");
            call(apisix, "stats", "moody", "stop");
            call(apisix, "stats", "moody", "throw");
            call(apisix, "stats", "nobody", "");
        }
        JsonNode after = json(runner, "stats");
        for (String outcome : new String[] {"went_on", "rewritten", "stopped", "refused_fault", "refused_plugin_missing"}) {
            assertThat(after.path(outcome).asInt() - before.path(outcome).asInt()).as(outcome).isEqualTo(1);
        }
        assertThat(after.path("heap_used").asLong()).isPositive();
        assertThat(after.has("leaked_versions")).isTrue();
        assertThat(said(runner, "stats")).contains("refused: plugin missing", "heap used");
    }

    @Test
    void disableRefusesCallsUntilEnableAndSurvivesAnUpgrade() throws Exception {
        try (RunnerProcess own = Distribution.packed().runner().deploying(TestBundle.of("test.moody", "1.0.0", Moody.class)).start();
                A6Client apisix = own.connect()) {
            assertThat(call(apisix, "disable", "moody", "")).isInstanceOf(Reply.Continue.class);
            assertThat(said(own, "disable", "moody")).contains("moody is disabled");
            assertThat(call(apisix, "disable", "moody", "")).isInstanceOf(Reply.ErrorReply.class);
            own.awaitLog("plugin \"moody\" is not deployed", "It is disabled (a6:enable takes that back)");
            TestBundle.of("test.moody", "1.1.0", Moody.class).copyTo(own.deploy());
            Await.within(Await.DEADLINE, () -> "the new version, disabled", () -> said(own, "plugins").matches("(?s).*moody +1\\.1\\.0 .* disabled .*"));
            assertThat(call(apisix, "disable", "moody", "")).isInstanceOf(Reply.ErrorReply.class);
            assertThat(said(own, "stats", "--json")).contains("\"disabled\": [\"moody\"]");
            assertThat(said(own, "enable", "moody")).contains("moody is enabled again");
            assertThat(call(apisix, "disable", "moody", "")).isInstanceOf(Reply.Continue.class);
        }
    }

    @Test
    void changesAreTakenDownWithTheCommandThatMadeThem() throws IOException {
        said(runner, "disable", "--force", "audited");
        said(runner, "enable", "audited");
        said(runner, "log", "debug", "com.example.audited");
        said(runner, "log", "default", "com.example.audited");
        assertThat(Files.readAllLines(Shells.data(runner).resolve("audit.log")).stream().filter(line -> line.contains("audited")).map(line -> line.replaceFirst("^.* change=", "")))
                .containsExactly("disable what=\"audited\" from=\"command disable\" outcome=\"calls that name it are treated as if it were missing\"",
                        "enable what=\"audited\" from=\"command enable\" outcome=\"calls find it again\"",
                        "log what=\"com.example.audited\" from=\"command log\" outcome=\"debug\"", "log what=\"com.example.audited\" from=\"command log\" outcome=\"info\"");
    }

    @Test
    void disableKnowsWhatThereIs() {
        Result wrong = shell(runner, "disable", "moodi");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("did you mean moody?");
        assertThat(said(runner, "disable", "--force", "moodi")).contains("is disabled");
        assertThat(said(runner, "enable", "moodi")).contains("is enabled again");
        assertThat(said(runner, "enable", "moodi")).contains("was not disabled");
    }

    /** Runs a trace of one step while calls are made, until it has seen one. */
    private static String traced(String what, String... more) throws Exception {
        String[] words = new String[more.length + 6];
        System.arraycopy(new String[] {"trace", "--for", "20s", "--count", "1"}, 0, words, 0, 5);
        System.arraycopy(more, 0, words, 5, more.length);
        words[words.length - 1] = what;
        CompletableFuture<String> trace = CompletableFuture.supplyAsync(() -> said(runner, words));
        try (A6Client apisix = runner.connect()) {
            while (!trace.isDone()) { // until it watches, and has seen its step
                call(apisix, "traced", "moody", "mark");
            }
        }
        return trace.join();
    }

    @Test
    void traceShowsAPluginsStepWithItsChangesAndMasksSecrets() throws Exception {
        assertThat(traced("moody")).contains("moody  request ", "route#traced#ext-plugin-pre-req#1", "sets header x-mark: seen", "sets path: /marked", "went on",
                " ms").contains("authorization: ***").doesNotContain("hush");
    }

    @Test
    void traceOfARouteIsJsonForPrograms() throws Exception {
        String line = traced("route#traced", "--json").lines().findFirst().orElseThrow();
        assertThat(line).startsWith("{\"plugin\": \"moody\"").contains("{\"what\": \"path\", \"name\": \"\", \"value\": \"/marked\"}");
        assertThat(traced("traced")).contains("route#traced#");
    }

    @Test
    void traceEndsByItselfAndSaysSo() {
        assertThat(said(runner, "trace", "--for", "200ms", "nobody-calls-it")).contains("tracing nobody-calls-it for 200ms", "0 steps");
        assertThat(shell(runner, "trace", "--for", "soon", "moody").exitCode()).isEqualTo(2);
    }

    @Test
    void dumpWritesAZipForTheRunnersUserWithoutSecrets() throws IOException {
        try (A6Client apisix = runner.connect()) {
            apisix.prepare("route#dump#ext-plugin-pre-req#1", Entry.list("moody", "{\"client_secret\": \"hush\", \"realm\": \"garden\"}"));
        }
        Path file = Path.of(said(runner, "dump").split(" ")[0]);
        assertThat(file.getParent()).isEqualTo(Shells.data(runner));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        StringBuilder all = new StringBuilder();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.stream().map(entry -> entry.getName())).contains("settings.txt", "plugins.txt", "confs.json", "threads.txt", "deploys.txt", "bundles.txt",
                    "components.txt", "connections.txt", "calls.json", "stats.json", "java.txt", "loops.txt", "log-levels.txt");
            for (String name : zip.stream().map(entry -> entry.getName()).toList()) {
                all.append(new String(zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(all.toString()).contains("garden", "a6runner-loop-0", "test.moody", "UnixSocketServer", "conf.max = 200000").doesNotContain("hush", "not to be had");
        assertThat(shell(runner, "dump", file.toString()).err()).contains("exists already");
        assertThat(shell(runner, "dump", "here.zip").exitCode()).isEqualTo(2);
    }

    @Test
    void whyAndDeploysAreJsonForPrograms() {
        assertThat(row(json(runner, "deploys"), "bundle", "test.moody 1.0.0").path("state").asText()).isEqualTo("ACTIVE");
        assertThat(json(runner, "why", "moody").toString()).contains("test.moody");
        Result nothing = shell(runner, "why", "nothing");
        assertThat(nothing.exitCode()).isEqualTo(1);
        assertThat(nothing.err()).contains("No file in the deploy folder is, or holds, \"nothing\"");
    }
}
