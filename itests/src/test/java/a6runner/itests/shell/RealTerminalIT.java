// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.shell;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** {@code a6runner shell} at a real terminal, which is tmux's: the client's side of the dialogue. Passed over where there is no tmux. */
final class RealTerminalIT {

    private RunnerProcess runner;
    private String server;

    @BeforeEach
    void start() {
        assumeThat(Path.of("/usr/bin/tmux")).exists();
        runner = Distribution.packed().runner().deploying("noop").start();
        server = "a6it-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    }

    @AfterEach
    void stop() {
        if (runner != null) {
            tmux("kill-server");
            runner.close();
        }
    }

    private String tmux(String... words) {
        List<String> command = new ArrayList<>(List.of("tmux", "-f", "/dev/null", "-L", server));
        command.addAll(Arrays.asList(words));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("A6RUNNER_JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("LC_ALL", "C.UTF-8");
            return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(String text) {
        Await.within(Await.DEADLINE, () -> text + " in: " + tmux("capture-pane", "-p"), () -> tmux("capture-pane", "-p").contains(text));
    }

    /** Waits until nothing stands behind the last prompt. */
    private void awaitPrompt() {
        Await.within(Await.DEADLINE, () -> "a prompt below " + tmux("capture-pane", "-p"), () -> tmux("capture-pane", "-p").stripTrailing().endsWith("a6>"));
    }

    @Test
    void completesRecallsInterruptsResizesAndLeavesTheTerminalAsItWas() throws Exception {
        Path script = runner.socket().resolveSibling("session");
        Files.writeString(script, "before=$(stty -g)\n" + Distribution.packed().script() + " shell --data " + runner.awaitShell().getParent()
                + "\necho \"ended with $?\"\n[ \"$before\" = \"$(stty -g)\" ] && echo as it was\nexec cat\n");
        tmux("new-session", "-d", "-x", "90", "-y", "24", "sh " + script);
        await("a6>");
        tmux("send-keys", "plu", "Tab");
        await("a6> plugins");
        tmux("send-keys", "C-c");
        awaitPrompt();
        tmux("send-keys", "echo one", "Enter");
        await("\none");
        tmux("send-keys", "trace --for 1h noop", "Enter");
        await("tracing noop");
        tmux("send-keys", "C-c");
        awaitPrompt();
        tmux("send-keys", "Up", "Up", "Enter");
        Await.within(Await.DEADLINE, () -> "one twice in: " + tmux("capture-pane", "-p"), () -> tmux("capture-pane", "-p").split("\none").length == 3);
        tmux("resize-window", "-x", "71", "-y", "19");
        Await.within(Await.DEADLINE, () -> "the new size", () -> {
            tmux("send-keys", "($.terminal getSize) toString", "Enter");
            return tmux("capture-pane", "-p").contains("cols=71, rows=19");
        });
        tmux("send-keys", "C-d");
        await("ended with 0");
        await("as it was");
        assertThat(runner.process().isAlive()).isTrue();
    }
}
