// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code a6runner health}: asks the runner over its shell's socket how it is. A runner that doesn't answer is given five seconds; a probe that hangs is worth less than
 * one that fails.
 */
final class HealthClient {

    private static final long LIMIT_MILLIS = 5_000;

    private HealthClient() {
    }

    /** Prints the runner's one line and gives its exit code, or the reason why there is none. */
    static int run(Distribution distribution, CommandLine line, Map<String, String> environment, Path cwd) throws InterruptedException {
        Path socket;
        try {
            socket = ShellClient.find(distribution, line, environment, cwd);
        } catch (ShellClient.NoRunner e) {
            System.err.println("a6runner: " + e.getMessage());
            return ShellClient.NO_RUNNER;
        }
        String question = "health" + (line.rest().isEmpty() ? "" : " " + String.join(" ", line.rest()));
        AtomicInteger code = new AtomicInteger(ShellClient.LOST);
        Thread asking = new Thread(() -> code.set(ShellClient.ask(socket, question, System.out, System.err)), "a6runner-health");
        asking.setDaemon(true);
        asking.start();
        asking.join(LIMIT_MILLIS);
        if (asking.isAlive()) {
            System.err.println("a6runner: no answer within " + LIMIT_MILLIS / 1_000 + " s from the shell at " + socket);
            return ShellClient.LOST;
        }
        return code.get();
    }
}
