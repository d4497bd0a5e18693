// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Err;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Component;

import static org.assertj.core.api.Assertions.assertThat;

/** The deploy folder of a running runner: what is dropped, replaced or removed there, and what calls see of it. */
final class DeployIT {

    private static final String GREETING = "test.greeting";

    private RunnerProcess runner;
    private A6Client apisix;

    /** Stops with status 201. */
    @Component
    public static final class GreetingOne implements PluginFilter {

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(201);
        }
    }

    /** Stops with status 202. */
    @Component
    public static final class GreetingTwo implements PluginFilter {

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(202);
        }
    }

    /** Can't be activated. */
    @Component
    public static final class GreetingBroken implements PluginFilter {

        public GreetingBroken() {
            throw new IllegalStateException("out of greetings");
        }

        @Override
        public String name() {
            return "greeting";
        }
    }

    /** Takes no conf. */
    @Component(service = PluginFilter.class)
    public static final class GreetingChoosy implements ConfiguredFilter<String> {

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public String parseConf(String conf) {
            throw new IllegalArgumentException("no good: " + conf);
        }
    }

    private static final TestBundle ONE = TestBundle.of(GREETING, "1.0.0", GreetingOne.class);
    private static final TestBundle TWO = TestBundle.of(GREETING, "2.0.0", GreetingTwo.class);

    @BeforeEach
    void start() {
        runner = Distribution.packed().runner().deploying("noop").start();
        apisix = runner.connect();
    }

    @AfterEach
    void stop() throws IOException {
        apisix.close();
        runner.close();
    }

    /** The status that the greeting stops with; the error's code below 10 if the call is refused. */
    private int greeting() throws IOException {
        Reply reply = Calls.call(apisix, "greeting", "{}");
        return reply instanceof Reply.Stop stop ? stop.action().status() : ((Reply.ErrorReply) reply).code();
    }

    /** Waits for it and says how long that took. */
    private Duration awaitGreeting(int status) {
        return Await.within(Await.DEADLINE, () -> "greeting " + status + " in: " + runner.log(), () -> greeting() == status);
    }

    /** Prints how long it took; a time in an assertion would fail on a busy machine, so only the deadline of the wait is held. */
    private static void report(String what, Duration... took) {
        System.out.println(what + " after " + Stream.of(took).sorted().map(time -> time.toMillis() + " ms").collect(Collectors.joining(", ")));
    }

    private Path jar() {
        return runner.deploy().resolve(GREETING + ".jar");
    }

    @Test
    void aBundleCopiedInServes() throws IOException {
        assertThat(greeting()).isEqualTo(Err.SERVICE_UNAVAILABLE);
        Files.write(jar(), ONE.bytes()); // as cp does
        Duration greeting = awaitGreeting(201);
        report("copied in, live", greeting, copyIn("add-header", "add-header"), copyIn("stop-request", "StopRequestDemoFilter"));
        runner.awaitLog(GREETING + ".jar", "active", "greeting");
    }

    /** Copies a plugin of the distribution in; says how long it took until calls that name it are not refused. */
    private Duration copyIn(String jar, String plugin) throws IOException {
        Path from = Distribution.packed().pluginJar(jar);
        Files.copy(from, runner.deploy().resolve(from.getFileName()));
        String conf = "{\"stop_response_code\": 200}";
        return Await.within(Await.DEADLINE, () -> plugin + " in: " + runner.log(), () -> {
            Reply reply = Calls.call(apisix, plugin, plugin.equals("add-header") ? "{}" : conf);
            return !(reply instanceof Reply.ErrorReply);
        });
    }

    @Test
    void aBundleMovedInServes() {
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
    }

    @Test
    void aReplacedBundleServesInItsNewVersion() throws IOException {
        Files.write(jar(), ONE.bytes());
        awaitGreeting(201);
        Duration[] took = new Duration[3];
        for (int i = 0; i < took.length; i++) {
            byte[] next = (i % 2 == 0 ? TWO : ONE).version("2.0." + i).bytes();
            Files.write(jar(), next);
            took[i] = awaitGreeting(i % 2 == 0 ? 202 : 201);
        }
        report("replaced, live", took);
        runner.awaitLog(GREETING + ".jar", "replaced", "1.0.0", "2.0.0");
    }

    @Test
    void anOlderVersionMayComeBack() {
        TWO.copyTo(runner.deploy());
        awaitGreeting(202);
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
    }

    @Test
    void aNewBuildOfTheSameVersionReplacesTheOldOne() {
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
        TWO.version("1.0.0").copyTo(runner.deploy());
        awaitGreeting(202);
    }

    @Test
    void whatIsRemovedIsRefusedAndTheLogSaysWhatIsMeant() throws IOException {
        TestBundle.of(GREETING, "1.0.0", GreetingOne.class).copyTo(runner.deploy());
        awaitGreeting(201);
        Files.delete(jar());
        awaitGreeting(Err.SERVICE_UNAVAILABLE);
        assertThat(runner.awaitLog("\"greeting\" is not deployed", "refused")).contains("Deployed: noop");
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
        assertThat(Calls.call(apisix, "greetings", "{}")).isEqualTo(new Reply.ErrorReply(Err.SERVICE_UNAVAILABLE));
        assertThat(runner.awaitLog("\"greetings\" is not deployed")).contains("Did you mean \"greeting\"?");
    }

    @Test
    void aRemovedAndReplacedFileUnderAnotherNameIsAnUpgrade() throws IOException {
        ONE.copyTo(runner.deploy(), "greeting-1.jar");
        awaitGreeting(201);
        Set<Integer> seen = greetingsDuring(() -> {
            TWO.copyTo(runner.deploy(), "greeting-2.jar");
            Files.delete(runner.deploy().resolve("greeting-1.jar"));
            awaitGreeting(202);
        });
        assertThat(seen).containsOnly(201, 202);
    }

    @Test
    void noCallIsRefusedDuringUpgrades() throws Exception {
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
        Set<Integer> seen = greetingsDuring(() -> {
            for (int i = 0; i < 4; i++) {
                TWO.version("2.0." + i).copyTo(runner.deploy());
                awaitGreeting(202);
                ONE.version("3.0." + i).copyTo(runner.deploy());
                awaitGreeting(201);
            }
        });
        assertThat(seen).containsOnly(201, 202);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** What other connections get as long as the work is done. */
    private Set<Integer> greetingsDuring(Work work) {
        Set<Integer> seen = new ConcurrentSkipListSet<>();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        CompletableFuture<?>[] callers = new CompletableFuture<?>[3];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = CompletableFuture.runAsync(() -> {
                try (A6Client connection = runner.connect()) {
                    long token = Calls.prepare(connection, "greeting", "{}");
                    while (!done.get()) {
                        Reply reply = Calls.call(connection, token).reply();
                        seen.add(reply instanceof Reply.Stop stop ? stop.action().status() : -1);
                        calls.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
        try {
            work.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            done.set(true);
        }
        CompletableFuture.allOf(callers).join();
        assertThat(calls).hasPositiveValue();
        return seen;
    }

    @Test
    void aFileThatIsNotCompleteIsWaitedForAndTheOldVersionServesMeanwhile() throws IOException {
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
        byte[] two = TWO.bytes();
        Files.write(jar(), Arrays.copyOf(two, two.length / 2));
        long start = System.nanoTime();
        while (System.nanoTime() - start < Duration.ofSeconds(1).toNanos()) {
            assertThat(greeting()).isEqualTo(201);
        }
        Files.write(jar(), Arrays.copyOfRange(two, two.length / 2, two.length), StandardOpenOption.APPEND);
        awaitGreeting(202);
    }

    @Test
    void aVersionThatCannotBeActivatedLeavesTheOldOneServing() throws IOException {
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
        TestBundle.of(GREETING, "2.0.0", GreetingBroken.class).copyTo(runner.deploy());
        assertThat(runner.awaitLog(GREETING + ".jar: not deployed")).contains("1.0.0", "keeps serving");
        assertThat(greeting()).isEqualTo(201);
    }

    @Test
    void aVersionThatRefusesALiveConfLeavesTheOldOneServing() throws IOException {
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
        TestBundle.of(GREETING, "2.0.0", GreetingChoosy.class).copyTo(runner.deploy());
        assertThat(runner.awaitLog(GREETING + ".jar: not deployed")).contains("no good", "keeps serving");
        assertThat(greeting()).isEqualTo(201);
    }

    @Test
    void whatIsNoBundleIsSaidAndHarmsNobody() throws IOException {
        Files.writeString(runner.deploy().resolve("notes.jar"), "not a jar");
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
        runner.awaitLog("notes.jar: not deployed");
    }
}
