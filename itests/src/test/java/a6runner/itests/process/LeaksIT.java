// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.Jcmd;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a plugin leaves behind is named, of each kind, by the log and by {@code a6:leaks} of the packed distribution. */
final class LeaksIT {

    /** A version is given 5 s after its stop, and then a collection has to come. */
    private static final Duration JUDGED = Duration.ofSeconds(60);
    private static final String CLASS = Leaky.class.getName();
    private static final String IN_THE_END = "in the method with @Deactivate";

    /** What is said of each kind. */
    private static final Map<String, String> SAID = new LinkedHashMap<>();

    static {
        SAID.put("thread", "the thread \"leaky-poller\" runs " + CLASS);
        SAID.put("pool", "the thread \"leaky-pool\" "); // Java 17 knows who started it, later ones whose code it is in
        SAID.put("timer", "the timer \"leaky-timer\" has a task of " + CLASS + "$Task: cancel it " + IN_THE_END);
        SAID.put("local", "a ThreadLocal of the thread \"a6runner-");
        SAID.put("context", "the thread \"a6runner-");
        SAID.put("driver", "the JDBC driver " + CLASS + "$Nothing is registered");
        SAID.put("bean", "the management bean leaky:type=Bean is of its class " + CLASS + "$Bean");
        SAID.put("hook", "the shutdown hook \"leaky-hook\" runs " + CLASS);
        SAID.put("service", "the plugin test.leaky.keeper 1.0.0 holds " + CLASS);
    }

    private static TestBundle bundle(String kind) {
        return TestBundle.of("test.leaky." + kind, "1.0.0", Leaky.class).resource(Leaky.KIND_FILE, kind);
    }

    @Test
    void eachKindOfLeakIsNamed() throws IOException {
        TestBundle[] bundles = SAID.keySet().stream().map(LeaksIT::bundle).toArray(TestBundle[]::new);
        try (RunnerProcess runner = Distribution.packed().runner().deploying(bundles).setting("plugin.leaky-local.execution", "event-loop")
                .setting("plugin.leaky-context.execution", "event-loop").start(); A6Client apisix = runner.connect()) {
            bundle("keeper").copyTo(runner.deploy());
            bundle("none").copyTo(runner.deploy());
            for (String kind : List.of("keeper", "none")) {
                runner.awaitLog("test.leaky." + kind + ".jar: active");
            }
            for (String kind : List.of("local", "context", "keeper", "none")) {
                assertThat(Calls.call(apisix, "leaky-" + kind, "")).as(kind).isInstanceOf(Reply.Continue.class);
            }
            for (String kind : SAID.keySet()) {
                Files.delete(runner.deploy().resolve("test.leaky." + kind + ".jar"));
            }
            Files.delete(runner.deploy().resolve("test.leaky.none.jar"));
            Await.within(JUDGED, () -> "each kind in: " + runner.log(), () -> {
                Jcmd.run(runner.process().pid(), "GC.run");
                return SAID.keySet().stream().allMatch(kind -> runner.lines().stream().anyMatch(line -> says(line, kind)));
            });
            SAID.forEach((kind, said) -> assertThat(runner.lines().stream().filter(line -> says(line, kind))).as(kind).singleElement().asString().contains("WARN").contains(said));
            assertThat(runner.lines()).as("what leaves nothing behind").noneMatch(line -> says(line, "none"));
            assertThat(leaks(runner).out()).contains(SAID.values()).endsWith(SAID.size() + " since the start\n");
            assertThat(leaks(runner, "--json").out())
                    .contains("\"since_start\": " + SAID.size(), "\"bundle\": \"test.leaky.thread 1.0.0\"", CLASS).doesNotContain("test.leaky.none");
        }
    }

    private static Result leaks(RunnerProcess runner, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("shell", "--data", runner.socket().resolveSibling("data").toString(), "leaks"));
        words.addAll(List.of(options));
        return Distribution.packed().run(words.toArray(String[]::new));
    }

    private static boolean says(String line, String kind) {
        return line.contains("test.leaky." + kind + ".jar: test.leaky." + kind + " 1.0.0 was stopped at ") && line.contains(" and is still in memory: ");
    }
}
