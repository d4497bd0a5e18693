// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.shell;

import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.RunnerProcess;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What the tests do with a runner's shell. */
final class Shells {

    private Shells() {}

    /** Runs {@code bin/a6runner shell} with these words for a runner that has a data folder of its own. */
    static Result shell(RunnerProcess runner, String... words) {
        runner.awaitShell();
        List<String> all = new ArrayList<>(List.of("shell", "--data", data(runner).toString()));
        all.addAll(Arrays.asList(words));
        return Distribution.packed().run(all.toArray(new String[0]));
    }

    /** What a command prints; it must not fail. */
    static String said(RunnerProcess runner, String... words) {
        Result result = shell(runner, words);
        assertThat(result.exitCode()).as("%s: %s%s", Arrays.toString(words), result.out(), result.err()).isZero();
        assertThat(result.err()).isEmpty();
        return result.out();
    }

    /** What it prints with {@code --json}. */
    static JsonNode json(RunnerProcess runner, String... words) {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.add(1, "--json");
        try {
            return new ObjectMapper().readTree(said(runner, all.toArray(new String[0])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path data(RunnerProcess runner) {
        return runner.socket().resolveSibling("data");
    }
}
