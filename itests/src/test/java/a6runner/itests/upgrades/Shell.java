// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.upgrades;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.RunnerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** One command at a time in a runner's shell. */
final class Shell {

    private Shell() {}

    /** The data folder of a runner that has its own. */
    static Path data(RunnerProcess runner) {
        return runner.socket().resolveSibling("data");
    }

    /** What a command prints that has to succeed, once there is a shell. */
    static String done(Path data, String... words) {
        List<String> all = new ArrayList<>(List.of("shell", "--data", data.toString()));
        all.addAll(Arrays.asList(words));
        Result[] result = new Result[1];
        Await.within(Await.DEADLINE, () -> "a shell, which says: " + result[0], () -> {
            result[0] = Distribution.packed().run(all.toArray(new String[0]));
            return result[0].exitCode() != 3; // no runner: the shell comes a little after the start line
        });
        assertThat(result[0].exitCode()).as("%s", result[0]).isZero();
        return result[0].out();
    }
}
