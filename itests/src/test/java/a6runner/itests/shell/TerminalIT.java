// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.shell;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The dialogue: what keys do, over the real socket. */
final class TerminalIT {

    private static RunnerProcess runner;

    @BeforeAll
    static void start() {
        runner = Distribution.packed().runner().deploying("noop").start();
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    private static ShellTerminal open() throws IOException {
        return ShellTerminal.open(runner.awaitShell());
    }

    @Test
    void tabCompletesCommandsOptionsAndPlugins() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.type("plu\t");
            terminal.await("plugins ");
            terminal.type("--j\t");
            terminal.await("--json");
            terminal.clear();
            terminal.type(ShellTerminal.CTRL_C);
            terminal.await("a6> ");
            terminal.type("disable no\t");
            terminal.await("noop ");
        }
    }

    @Test
    void arrowUpRecallsWhatWasTypedAlsoInTheNextShell() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.type("echo recalled\r");
            terminal.await("\nrecalled");
            terminal.clear();
            terminal.type(ShellTerminal.UP);
            terminal.await("echo recalled");
            terminal.type("\r");
            terminal.await("\nrecalled");
            terminal.type(ShellTerminal.CTRL_D);
            assertThat(terminal.awaitExit()).isZero();
        }
        Path history = Shells.data(runner).resolve("shell.history");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history))).isEqualTo("rw-------");
        try (ShellTerminal next = open()) {
            next.type(ShellTerminal.UP);
            next.await("echo recalled");
        }
    }

    @Test
    void ctrlCGivesUpALine() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.type("nonsense");
            terminal.await("nonsense");
            terminal.clear();
            terminal.type(ShellTerminal.CTRL_C);
            terminal.await("a6> ");
            terminal.type("echo after\r");
            terminal.await("\nafter");
            assertThat(terminal.shown()).doesNotContain("no such command");
        }
    }

    @Test
    void ctrlCEndsACommandAndNotTheShell() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.type("trace --for 1h noop\r");
            terminal.await("tracing noop for 1h");
            terminal.clear();
            terminal.type(ShellTerminal.CTRL_C);
            terminal.await("a6> ");
            terminal.type("echo after\r");
            terminal.await("\nafter");
        }
    }

    @Test
    void ctrlCInTheMiddleOfACommandsOutputTakesNothingFromTheNextOnes() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.type("while { true } { echo flood }\r");
            terminal.await("\nflood\r\nflood");
            terminal.type(ShellTerminal.CTRL_C);
            terminal.type("echo after\r");
            terminal.await("\nafter");
        }
    }

    @Test
    void ctrlCInACommandThatReadsTakesNothingFromTheNextOnes() throws Exception {
        try (ShellTerminal terminal = open()) {
            // What is typed while a command begins may still go to the prompt: so wait until it runs.
            terminal.type("echo begun; cat\r");
            terminal.await("\nbegun");
            terminal.type("read\r");
            terminal.await("\nread");
            terminal.clear();
            terminal.type(ShellTerminal.CTRL_C);
            terminal.await("a6> ");
            terminal.type("echo begun; cat\r");
            terminal.await("\nbegun");
            terminal.type("again\r");
            terminal.await("\nagain");
        }
    }

    @Test
    void ctrlDAndExitLeave() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.type(ShellTerminal.CTRL_D);
            assertThat(terminal.awaitExit()).isZero();
        }
        try (ShellTerminal terminal = open()) {
            terminal.type("exit\r");
            assertThat(terminal.awaitExit()).isZero();
        }
    }

    @Test
    void aNewSizeIsKnownToCommands() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.resize(133, 37);
            terminal.type("($.terminal getSize) toString\r");
            terminal.await("Size[cols=133, rows=37]");
        }
    }

    @Test
    void whatFailsIsSaidInALineAndTheShellGoesOn() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.type("nonsense\r");
            terminal.await("no such command: nonsense; help lists them");
            terminal.type("echo after\r");
            terminal.await("\nafter");
        }
    }

    @Test
    void aClientThatGoesAwayLeavesNothingRunning() throws Exception {
        try (ShellTerminal terminal = open()) {
            terminal.type("sleep 3600\r");
            terminal.await("sleep 3600");
            Await.within(Await.DEADLINE, () -> "the command", () -> threads().contains("sleep 3600"));
        }
        Await.within(Await.DEADLINE, () -> "no command in " + threads(), () -> !threads().contains("sleep 3600"));
    }

    private static String threads() {
        Path dump = Path.of(Shells.said(runner, "dump", Shells.data(runner).resolve("threads-" + System.nanoTime() + ".zip").toString()).split(" ")[0]);
        try (java.util.zip.ZipFile zip = new java.util.zip.ZipFile(dump.toFile())) {
            return new String(zip.getInputStream(zip.getEntry("threads.txt")).readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
