// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** One runner after the other on one address. */
@Timeout(240)
final class ReloadIT {

    private static final int RELOADS = 3;

    private static Reply call(RunnerProcess runner) throws IOException {
        try (A6Client apisix = runner.connect()) {
            return Calls.call(apisix, "noop", "");
        }
    }

    private static List<String> beside(Path socket) throws IOException {
        try (Stream<Path> files = Files.list(socket.getParent())) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith("data-")).sorted().toList();
        }
    }

    // ---- APISIX's reload

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void reloadsLoseNoCall(String transport) throws Exception {
        try (Reloading reloading = new Reloading(transport)) {
            RunnerProcess runner = reloading.start(reloading.starter());
            try (Workers workers = new Workers(reloading.socket(), 4, 2, 2)) {
                workers.awaitAnswered(200);
                for (int i = 0; i < RELOADS; i++) {
                    RunnerProcess old = runner;
                    runner = reloading.reload(old);
                    Reloading.awaitListening(runner);
                    workers.awaitAnswered(200);
                    if (transport.equals("epoll")) { // the other one can't give its connections away
                        Await.until("the old JVM has gone", () -> !reloading.machine(old).isAlive());
                    }
                }
                workers.end();
                assertThat(workers.failed()).isEmpty();
            }
            if (transport.equals("epoll")) {
                assertThat(beside(reloading.socket())).hasSize(2).contains("s").anyMatch(name -> name.startsWith(".a6c"));
            }
        }
    }

    @Test
    void theOldRunnerServesUntilItsSuccessorDoes() throws Exception {
        try (Reloading reloading = new Reloading()) {
            RunnerProcess old = reloading.start(reloading.starter());
            RunnerProcess broken = reloading.launch(reloading.starter().setting("no.such.key", "1"));
            old.terminate();
            old.kill();
            assertThat(broken.awaitEnd()).isEqualTo(2);
            assertThat(call(old)).isInstanceOf(Reply.Continue.class); // APISIX starts another one 3 s later
            RunnerProcess next = reloading.start(reloading.starter());
            assertThat(call(next)).isInstanceOf(Reply.Continue.class);
            Await.until("the old JVM has gone", () -> !reloading.machine(old).isAlive());
            assertThat(call(next)).isInstanceOf(Reply.Continue.class);
        }
    }

    @Test
    void withoutSuccessorARunnerThatIsToldToStopGoesAtOnce() throws Exception {
        try (Reloading reloading = new Reloading()) {
            RunnerProcess runner = reloading.start(reloading.starter());
            Files.createFile(reloading.socket().resolveSibling("s.next.4000000000")); // of one that was killed
            runner.terminate();
            assertThat(runner.awaitEnd()).isEqualTo(128 + 15);
            assertThat(reloading.machine(runner).isAlive()).isFalse();
        }
    }

    @Test
    void aRunnerWhoseParentIsKilledServesUntilAnotherTakesOver() throws Exception {
        try (Reloading reloading = new Reloading()) {
            RunnerProcess killed = reloading.start(reloading.starter());
            try (Workers workers = new Workers(reloading.socket(), 2, 1, 1)) {
                workers.awaitAnswered(50);
                killed.kill();
                workers.awaitAnswered(50);
                RunnerProcess next = reloading.start(reloading.starter());
                Await.until("the orphan has gone", () -> !reloading.machine(killed).isAlive());
                workers.awaitAnswered(50);
                workers.end();
                assertThat(workers.failed()).isEmpty();
                assertThat(call(next)).isInstanceOf(Reply.Continue.class);
            }
        }
    }

    // ---- who owns the address

    @Test
    void ofTwoManagedRunnersThatFightForAnAddressOneServesAndNoCallIsLost() throws Exception {
        try (Reloading reloading = new Reloading()) {
            RunnerProcess first = reloading.start(reloading.starter());
            try (Workers workers = new Workers(reloading.socket(), 2, 2, 0)) {
                workers.awaitAnswered(50);
                RunnerProcess second = reloading.launch(reloading.starter());
                RunnerProcess third = reloading.launch(reloading.starter());
                Reloading.awaitListening(second);
                Reloading.awaitListening(third);
                workers.awaitAnswered(50);
                workers.end();
                assertThat(workers.failed()).isEmpty();
                first.awaitLog("ERROR", "another runner has taken unix:" + reloading.socket() + " over, but APISIX hasn't told this one to stop");
                assertThat(first.process().isAlive() && second.process().isAlive() && third.process().isAlive()).isTrue(); // else APISIX starts it anew
                assertThat(call(first)).isInstanceOf(Reply.Continue.class);
            }
        }
    }

    @Test
    void runnersThatStartAtOnceTakeTheAddressOneAfterTheOtherAndEndTogether() throws Exception {
        try (Reloading reloading = new Reloading()) {
            List<RunnerProcess> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(reloading.launch(reloading.starter().setting("log.level", "info")));
            }
            for (RunnerProcess runner : all) {
                Reloading.awaitListening(runner);
            }
            Await.until("each but the last was told who has the address now", () -> all.stream().filter(runner -> runner.log().contains(" has taken unix:")).count() == 3);
            all.forEach(RunnerProcess::terminate);
            for (RunnerProcess runner : all) {
                assertThat(runner.awaitEnd()).isEqualTo(128 + 15);
                assertThat(runner.log()).doesNotContain("isn't a runner");
            }
        }
    }

    @Test
    void anUnmanagedRunnerDoesNotDriveOutAnother() throws Exception {
        try (RunnerProcess runner = Distribution.packed().runner().start()) {
            try (RunnerProcess second = Distribution.packed().runner().at(runner.socket()).launch()) {
                assertThat(second.awaitEnd()).isEqualTo(1);
                second.awaitLog("unix:" + runner.socket() + " is served by another A6 Runner, pid " + runner.process().pid() + " of user ",
                        "--set listen.takeover=always");
            }
            assertThat(call(runner)).isInstanceOf(Reply.Continue.class);
        }
    }

    @Test
    void aRunnerOfAnotherUserIsNamedAndLeftAlone() throws Exception {
        Assumptions.assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "needs root");
        try (RunnerProcess runner = Distribution.packed().runner().start(); Stream<Path> beside = Files.list(runner.socket().getParent())) {
            // Whose runner it is, is known by whose this file is.
            Path control = beside.filter(file -> file.getFileName().toString().startsWith(".a6c")).findFirst().orElseThrow();
            Files.setOwner(control, control.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
            try (RunnerProcess second = Distribution.packed().runner().at(runner.socket()).setting("listen.takeover", "always").launch()) {
                assertThat(second.awaitEnd()).isEqualTo(1);
                second.awaitLog("a6runner: not started: ", "unix:" + runner.socket() + " is served by an A6 Runner of user nobody; stop it, or choose another path");
            }
            assertThat(call(runner)).isInstanceOf(Reply.Continue.class);
        }
    }

    @Test
    void anUnmanagedRunnerTakesOverWhereThatIsSetAndTheOtherOneGoes() throws Exception {
        RunnerProcess runner = Distribution.packed().runner().deploying("noop", "add-header").start();
        try (runner; Workers workers = new Workers(runner.socket(), 2, 1, 1)) {
            workers.awaitAnswered(50);
            try (RunnerProcess second = Distribution.packed().runner().at(runner.socket()).deploying("noop", "add-header").setting("listen.takeover", "always").start()) {
                assertThat(runner.awaitEnd()).isZero();
                workers.awaitAnswered(50);
                workers.end();
                assertThat(workers.failed()).isEmpty();
                assertThat(call(second)).isInstanceOf(Reply.Continue.class);
            }
        }
    }

    @Test
    void aForeignOwnerIsNamedAndLeftAlone() throws Exception {
        try (Reloading reloading = new Reloading(); ServerSocketChannel foreign = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            foreign.bind(UnixDomainSocketAddress.of(reloading.socket()));
            RunnerProcess runner = reloading.launch(reloading.starter().setting("listen.takeover", "always"));
            assertThat(runner.awaitEnd()).isEqualTo(1);
            runner.awaitLog("unix:" + reloading.socket() + " is served by pid " + ProcessHandle.current().pid() + " of user ", "no A6 Runner");
            foreign.accept().close();
            A6Client.connect(reloading.socket(), Duration.ofSeconds(5)).close();
            foreign.accept().close();
        }
    }

    @Test
    void aRunnerThatWasKilledIsReplaced() throws Exception {
        try (Reloading reloading = new Reloading()) {
            RunnerProcess killed = reloading.start(reloading.starter());
            reloading.machine(killed).destroyForcibly();
            killed.awaitEnd();
            RunnerProcess next = reloading.start(reloading.starter());
            assertThat(call(next)).isInstanceOf(Reply.Continue.class);
            assertThat(next.lines()).hasSize(1);
        }
    }
}
