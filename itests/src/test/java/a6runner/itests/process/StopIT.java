// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How a runner ends. */
final class StopIT {

    private static final int BY_SIGTERM = 128 + 15;

    @TempDir
    private Path folder;

    /** Says in a file that it runs, and answers when another file is there; the conf is the folder of both. */
    @Component
    public static final class Waiting implements PluginFilter {

        @Override
        public String name() {
            return "waiting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            Path folder = Path.of(request.getConfig(this));
            try {
                Files.createFile(folder.resolve("running"));
                while (!Files.exists(folder.resolve("go"))) {
                    Thread.sleep(5);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            response.setStatusCode(418);
        }
    }

    private static RunnerProcess.Starter waiting() {
        return Distribution.packed().runner().deploying(TestBundle.of("test.waiting", "1.0.0", Waiting.class));
    }

    private void callAndAwaitThatItRuns(A6Client apisix) throws IOException {
        apisix.send(Calls.request(Calls.prepare(apisix, "waiting", folder.toString())).frame());
        Await.until("the plugin runs", () -> Files.exists(folder.resolve("running")));
    }

    private void letThePluginAnswer() throws IOException {
        Files.createFile(folder.resolve("go"));
    }

    private static void assertAnswered(A6Client apisix) throws IOException {
        HttpReqCall.Resp reply = HttpReqCall.Resp.decode(apisix.receive().orElseThrow().payload());
        assertThat(reply.action()).isInstanceOfSatisfying(HttpReqCall.Stop.class, stop -> assertThat(stop.status()).isEqualTo(418));
    }

    @Test
    void aCallInFlightIsAnsweredThoughTheRunnerIsToldToStop() throws IOException {
        try (RunnerProcess runner = waiting().start(); A6Client apisix = runner.connect()) {
            callAndAwaitThatItRuns(apisix);
            runner.terminate();
            Await.until("nobody new is served", () -> isRefused(runner));
            assertThat(runner.process().isAlive()).isTrue();
            letThePluginAnswer();
            assertAnswered(apisix);
            apisix.assertClosed();
            assertThat(runner.awaitEnd()).isEqualTo(BY_SIGTERM);
            runner.awaitLog("a6runner stopped");
        }
    }

    private static boolean isRefused(RunnerProcess runner) {
        try (A6Client late = A6Client.connect(runner.socket(), Duration.ofMillis(200))) {
            return late.receive().isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aCallThatNeverEndsIsNotWaitedForLongerThanSet() throws IOException {
        try (RunnerProcess runner = waiting().setting("stop.timeout", "500ms").start(); A6Client apisix = runner.connect()) {
            callAndAwaitThatItRuns(apisix);
            long start = System.nanoTime();
            assertThat(runner.stop()).isEqualTo(BY_SIGTERM);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(8));
        }
    }

    @Test
    void anIdleRunnerStopsAtOnce() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().start(); A6Client apisix = runner.connect()) {
            assertThat(Calls.call(apisix, "noop", "")).isInstanceOf(Reply.Continue.class);
            long start = System.nanoTime();
            assertThat(runner.stop()).isEqualTo(BY_SIGTERM);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            apisix.assertClosed();
        }
    }

    @Test
    void aSecondSignalChangesNothing() throws IOException {
        try (RunnerProcess runner = waiting().start(); A6Client apisix = runner.connect()) {
            callAndAwaitThatItRuns(apisix);
            runner.terminate();
            runner.terminate();
            letThePluginAnswer();
            assertAnswered(apisix);
            assertThat(runner.awaitEnd()).isEqualTo(BY_SIGTERM);
        }
    }

    @Test
    void aSecondSignalThatComesLaterEndsItAtOnce() throws IOException, InterruptedException {
        try (RunnerProcess runner = waiting().setting("stop.timeout", "1h").start(); A6Client apisix = runner.connect()) {
            callAndAwaitThatItRuns(apisix);
            runner.terminate();
            TimeUnit.MILLISECONDS.sleep(1_200); // less than a second: one event that came twice
            assertThat(runner.process().isAlive()).isTrue();
            runner.terminate();
            assertThat(runner.awaitEnd()).isEqualTo(BY_SIGTERM);
            runner.awaitLog("a6runner: a second signal, SIGTERM: ended at once, calls in flight get no answer");
        }
    }

    /** Doesn't stop. */
    @Component
    public static final class Clinging implements PluginFilter {

        @Deactivate
        void never() throws InterruptedException {
            Thread.sleep(Long.MAX_VALUE);
        }

        @Override
        public String name() {
            return "clinging";
        }
    }

    @Test
    void aPluginThatDoesNotStopIsCutOffAndOneLineSaysSo() throws IOException {
        RunnerProcess.Starter starter = Distribution.packed().runner().deploying(TestBundle.of("test.clinging", "1.0.0", Clinging.class));
        try (RunnerProcess runner = starter.setting("stop.timeout", "100ms").start()) {
            try (A6Client apisix = runner.connect()) {
                assertThat(Calls.call(apisix, "clinging", "")).isInstanceOf(Reply.Continue.class);
            }
            assertThat(runner.stop()).isEqualTo(1);
            runner.awaitLog("a6runner: gave up stopping after 5 s: a plugin or a bundle doesn't stop, at " + Clinging.class.getName() + ".never(");
        }
    }

    /** Never comes up. */
    @Component
    public static final class Hanging implements PluginFilter {

        public Hanging() throws InterruptedException {
            Thread.sleep(Long.MAX_VALUE);
        }

        @Override
        public String name() {
            return "hanging";
        }
    }

    @Test
    void neitherAPluginThatNeverComesUpNorTheEarlyCallForItHoldsUpTheEnd() throws IOException {
        RunnerProcess.Starter starter = Distribution.packed().runner().deploying(TestBundle.of("test.hanging", "1.0.0", Hanging.class));
        try (RunnerProcess runner = starter.setting("stop.timeout", "1h").setting("start.wait", "1h").start(); A6Client apisix = runner.connect()) {
            apisix.send(Calls.request(Calls.prepare(apisix, "hanging", "")).frame());
            assertThat(runner.stop()).isEqualTo(BY_SIGTERM);
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.ERROR);
            runner.awaitLog("a6runner stopped");
            assertThat(runner.log()).doesNotContain("Could not obtain lock");
        }
    }

    /** Says when it is stopped how many calls it has let go on; the conf is the file to say it in. */
    @Component
    public static final class Counting implements PluginFilter {

        private final AtomicInteger calls = new AtomicInteger();
        private volatile String file;

        @Deactivate
        void tell() throws IOException {
            Files.writeString(Path.of(file), calls.toString());
        }

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            file = request.getConfig(this);
            calls.incrementAndGet();
            chain.filter(request, response);
        }
    }

    @Test
    void everyCallThatAPluginHasSeenIsAnsweredThoughTheRunnerStopsUnderLoad() throws Exception {
        Path file = folder.resolve("calls");
        AtomicInteger answered = new AtomicInteger();
        Queue<Reply> others = new ConcurrentLinkedQueue<>();
        List<Thread> callers = new ArrayList<>();
        try (RunnerProcess runner = Distribution.packed().runner().deploying(TestBundle.of("test.counting", "1.0.0", Counting.class)).start()) {
            for (int i = 0; i < 8; i++) {
                A6Client apisix = runner.connect();
                long token = Calls.prepare(apisix, "counting", file.toString());
                callers.add(new Thread(() -> callUntilClosed(apisix, token, answered, others)));
            }
            callers.forEach(Thread::start);
            Await.until("many calls were answered", () -> answered.get() > 2_000);
            assertThat(runner.stop()).isEqualTo(BY_SIGTERM);
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertThat(others).isEmpty();
        assertThat(Files.readString(file)).isEqualTo(answered.toString());
    }

    private static void callUntilClosed(A6Client apisix, long token, AtomicInteger answered, Queue<Reply> others) {
        try (apisix) {
            Reply reply = Calls.call(apisix, token).reply();
            while (reply instanceof Reply.Continue) {
                answered.incrementAndGet();
                reply = Calls.call(apisix, token).reply();
            }
            if (!(reply instanceof Reply.Closed)) {
                others.add(reply);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- as APISIX's child

    private RunnerProcess.Starter managed() {
        return waiting().managed().bare().variable("A6RUNNER_DATA_DIR", folder.resolve("data").toString());
    }

    @Test
    void startedAsApisixDoesItServesAndSaysOnlyThatItStarted() throws IOException {
        try (RunnerProcess runner = managed().start(); A6Client apisix = runner.connect()) {
            letThePluginAnswer();
            callAndAwaitThatItRuns(apisix);
            assertAnswered(apisix);
            assertThat(runner.lines()).singleElement().satisfies(line -> assertThat(line).contains(" listening on "));
        }
    }

    @Test
    void startedAsApisixDoesTheJvmIsAChildInASessionOfItsOwn() throws IOException {
        try (RunnerProcess runner = managed().start()) {
            ProcessHandle child = child(runner);
            assertThat(child.info().command().orElse("")).endsWith("/java");
            assertThat(session(child.pid())).isEqualTo(child.pid()).isNotEqualTo(session(runner.process().pid()));
        }
    }

    private static ProcessHandle child(RunnerProcess runner) {
        assertThat(runner.process().children()).hasSize(1);
        return runner.process().children().findFirst().orElseThrow();
    }

    /** The session of a process: the fourth field behind its name in brackets. */
    private static long session(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3]);
    }

    @Test
    void theEndOfStdinEndsAManagedRunner() {
        try (RunnerProcess runner = managed().start()) {
            ProcessHandle child = child(runner);
            runner.endStdin();
            runner.awaitEnd();
            Await.until("the JVM has ended too", () -> !child.isAlive());
        }
    }

    @Test
    void aManagedRunnerThatIsToldToStopAnswersTheCallInFlight() throws IOException {
        try (RunnerProcess runner = managed().start(); A6Client apisix = runner.connect()) {
            ProcessHandle child = child(runner);
            callAndAwaitThatItRuns(apisix);
            runner.terminate();
            Await.until("nobody new is served", () -> isRefused(runner));
            letThePluginAnswer();
            assertAnswered(apisix);
            runner.awaitEnd();
            Await.until("the JVM has ended too", () -> !child.isAlive());
        }
    }

    @Test
    void theCallInFlightIsAnsweredThoughApisixKillsTheProcessItStarted() throws IOException {
        try (RunnerProcess runner = managed().start(); A6Client apisix = runner.connect()) {
            ProcessHandle child = child(runner);
            callAndAwaitThatItRuns(apisix);
            runner.terminate();
            runner.kill(); // as APISIX does, a second after SIGTERM
            letThePluginAnswer();
            assertAnswered(apisix);
            Await.until("the JVM has ended", () -> !child.isAlive());
        }
    }

    @Test
    void aManagedRunnerEndsWhenItsParentIsKilled() {
        try (RunnerProcess runner = managed().start()) {
            ProcessHandle child = child(runner);
            runner.kill();
            Await.until("the JVM has ended", () -> !child.isAlive());
        }
    }

    @Test
    void aRunnerIsUnmanagedIfSaidSo() {
        try (RunnerProcess runner = managed().options("--managed=no").start()) {
            assertThat(runner.process().children()).isEmpty();
            runner.endStdin();
            assertThatThrownBy(() -> Await.within(Duration.ofMillis(500), () -> "its end", () -> !runner.process().isAlive())).isInstanceOf(AssertionError.class);
        }
    }
}
