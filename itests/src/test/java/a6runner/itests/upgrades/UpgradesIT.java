// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.upgrades;

import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Many upgrades under load, up, down and to a new build of the same version, in each of the ways in which files are replaced. */
final class UpgradesIT {

    private static final int UPGRADES = 60;
    private static final int CONNECTIONS = 8;
    /** Calls that are served between the two halves of a file that is written slowly. */
    private static final int MEANWHILE = 50;
    private static final String[] VERSIONS = {"1.0.0", "1.0.1", "1.0.1", "1.0.0"};

    private static TestBundle bundle(int build) {
        return TestBundle.of("test.versioned", VERSIONS[build % VERSIONS.length], Versioned.class).resource(Versioned.BUILD_FILE, Integer.toString(build));
    }

    private static void put(Path jar, byte[] bytes, int way, Callers callers) throws IOException {
        switch (way) {
            case 0 -> Files.write(jar, bytes); // as cp does
            case 1 -> Files.move(Files.write(jar.resolveSibling(".part"), bytes), jar, StandardCopyOption.ATOMIC_MOVE);
            default -> {
                Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));
                callers.awaitAnswered(MEANWHILE);
                Files.write(jar, Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length), StandardOpenOption.APPEND);
            }
        }
    }

    @Test
    void noCallIsLostByUpgradesAndNoneSeesTwoVersions() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying(bundle(0)).start();
                Callers callers = new Callers(runner, CONNECTIONS)) {
            Path jar = runner.deploy().resolve("test.versioned.jar");
            callers.awaitAnswered(MEANWHILE);
            for (int build = 1; build <= UPGRADES; build++) {
                put(jar, bundle(build).bytes(), build % 3, callers);
                callers.awaitBuild(build);
            }
            callers.awaitAnswered(MEANWHILE);
            callers.end();
            assertThat(callers.failed()).as("failed calls").isEmpty();
            assertThat(callers.mixed()).as("calls that saw two versions").isEmpty();
            assertThat(callers.wentBack()).as("calls that saw an older version than one that served before").isEmpty();
            System.out.println(UPGRADES + " upgrades during " + callers.answered() + " calls");
        }
    }
}
