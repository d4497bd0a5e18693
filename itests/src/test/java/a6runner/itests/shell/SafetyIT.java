// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.shell;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Who may come in, and that nobody who is in holds anything up. */
final class SafetyIT {

    private static final String NOBODY = "65534";
    private static final String PYTHON = "/usr/bin/python3";

    /** Has another user open a socket and say something; gives what comes back, errors too. */
    private static String asNobody(Path socket) throws IOException, InterruptedException {
        String script = """
                import socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.connect(sys.argv[1])
                s.sendall(b"exec echo in\\n")
                while True:
                    part = s.recv(4096)
                    if not part:
                        break
                    sys.stdout.write(part.decode())
                """;
        Process process = new ProcessBuilder(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", PYTHON, "-c", script,
                socket.toString())).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static void assumeWeMayBeSomebodyElse() {
        assumeThat(System.getProperty("user.name")).as("only root may run something as another user").isEqualTo("root");
        assumeThat(Path.of("/usr/bin/setpriv")).exists();
        assumeThat(Path.of(PYTHON)).exists();
    }

    @Test
    void anotherUserCannotOpenTheSocket() throws Exception {
        assumeWeMayBeSomebodyElse();
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start()) {
            Path socket = runner.awaitShell();
            open(socket.getParent());
            open(socket.getParent().getParent());
            assertThat(asNobody(socket)).contains("line 3").contains("PermissionError: [Errno 13]");
        }
    }

    @Test
    void anotherUserIsSentAwayEvenWhereTheSocketsModeLetsHimIn() throws Exception {
        assumeWeMayBeSomebodyElse();
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start()) {
            Path socket = runner.awaitShell();
            open(socket.getParent());
            open(socket.getParent().getParent());
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            assertThat(asNobody(socket)).startsWith("err ").contains("the shell is root's alone").contains("\nexit 1\n").doesNotContain("out ");
            runner.awaitLog("WARN", "tried to open the shell, which is root's alone; refused");
        }
    }

    private static void open(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aShellLeftOpenDoesNotHoldUpTheStop() throws Exception {
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start();
                ShellTerminal idle = ShellTerminal.open(runner.awaitShell());
                ShellTerminal busy = ShellTerminal.open(runner.awaitShell())) {
            Path socket = runner.awaitShell();
            busy.type("trace --for 1h noop\r");
            busy.await("tracing noop");
            assertThat(idle.shown()).contains("a6> ");
            assertThat(runner.stop()).isEqualTo(143);
            assertThat(runner.log()).contains("a6runner stopped").doesNotContain("gave up");
            assertThat(socket).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"touch", "mkfifo"})
    void aPlaceThatIsTakenLeavesTheRunnerServing(String make) throws Exception {
        Path folder = Files.createTempDirectory("a6it");
        Path foreign = folder.resolve("s");
        assertThat(new ProcessBuilder(make, foreign.toString()).start().waitFor()).isZero();
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").setting("shell.address", "unix:" + foreign).start()) {
            runner.awaitLog("ERROR", "there is no shell", "exists and is not a socket");
            runner.connect().close();
            assertThat(foreign).exists();
        } finally {
            Files.deleteIfExists(foreign);
            Files.delete(folder);
        }
    }

    @Test
    void canBeSwitchedOff() {
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").setting("shell.address", "off").setting("log.level.a6runner.shell", "debug").start()) {
            runner.awaitLog("DEBUG", "shell.address is off");
            assertThat(Shells.data(runner).toFile().list()).noneMatch(name -> name.endsWith(".sock"));
            assertThat(Distribution.packed().run("shell", "--data", Shells.data(runner).toString(), "lb").exitCode()).isEqualTo(3);
        }
    }
}
