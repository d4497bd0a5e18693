// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.RunnerProcess;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code a6runner health} of the packed distribution, as a container's probe calls it. */
final class HealthIT {

    private static Result health(RunnerProcess runner, String... options) {
        String[] words = new String[options.length + 3];
        System.arraycopy(new String[] {"health", "--data", runner.socket().resolveSibling("data").toString()}, 0, words, 0, 3);
        System.arraycopy(options, 0, words, 3, options.length);
        return Distribution.packed().run(words);
    }

    private static Result awaitExitCode(RunnerProcess runner, int code) {
        Result[] last = new Result[1];
        Await.within(Await.DEADLINE, () -> "exit code " + code + " of health, which says: " + last[0], () -> {
            last[0] = health(runner);
            return last[0].exitCode() == code;
        });
        return last[0];
    }

    @Test
    void isReadyOnceTheFolderHasSettled() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start()) {
            Result ready = awaitExitCode(runner, 0);
            assertThat(ready.out()).isEqualTo("ready (deploy: 1 file active; socket: listening on unix:" + runner.socket() + ")\n");
            JsonNode json = new ObjectMapper().readTree(health(runner, "--json").out());
            assertThat(json.get("live").asBoolean()).isTrue();
            assertThat(json.get("ready").asBoolean()).isTrue();
            assertThat(json.get("deploy").get("well").asBoolean()).isTrue();
        }
    }

    @Test
    void isNotReadyWhileAFileHasFailed() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start()) {
            awaitExitCode(runner, 0);
            Files.writeString(runner.deploy().resolve("broken.jar"), "no jar at all");
            Result failed = awaitExitCode(runner, 10);
            assertThat(failed.out()).startsWith("not ready (deploy: broken.jar FAILED: ").hasLineCount(1);
            assertThat(health(runner, "--live").exitCode()).as("it lives all the same").isZero();
            Files.delete(runner.deploy().resolve("broken.jar"));
            awaitExitCode(runner, 0);
        }
    }

    @Test
    void isNotReadyWhenTheSocketsFileIsGone() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start()) {
            awaitExitCode(runner, 0);
            Files.delete(runner.socket());
            assertThat(awaitExitCode(runner, 10).out()).contains("socket: the file of unix:" + runner.socket() + " is gone");
        }
    }

    @Test
    void endsWhenTheRunnerDoesNotAnswerOrIsNotThere() throws Exception {
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start()) {
            awaitExitCode(runner, 0);
            signal(runner, "STOP");
            Result hung;
            try {
                hung = health(runner);
            } finally {
                signal(runner, "CONT");
            }
            assertThat(hung.exitCode()).isEqualTo(4);
            assertThat(hung.err()).contains("no answer within 5 s");
            runner.stop();
            Result gone = health(runner);
            assertThat(gone.exitCode()).isEqualTo(3);
            assertThat(gone.err()).contains("no runner");
        }
    }

    private static void signal(RunnerProcess runner, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(runner.process().pid())).start().waitFor()).isZero();
    }
}
