// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.upgrades;

import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code a6:rollback} and {@code a6:history} over the real shell, under load, and what a start makes of them. */
final class RollbackIT {

    private static final int CONNECTIONS = 8;
    private static final int MEANWHILE = 50;
    private static final String NAME = "test.versioned";
    private static final String JAR = NAME + ".jar";

    private static TestBundle bundle(int build) {
        return TestBundle.of(NAME, "1.0." + build, Versioned.class).resource(Versioned.BUILD_FILE, Integer.toString(build));
    }

    private static void readOnly(Path folder, boolean yes) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(yes ? "r-xr-xr-x" : "rwxr-xr-x"));
    }

    @Test
    void noCallIsLostByRollbacks() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying(bundle(0)).start();
                Callers callers = new Callers(runner, CONNECTIONS)) {
            Path data = Shell.data(runner);
            byte[] first = Files.readAllBytes(runner.deploy().resolve(JAR));
            callers.awaitAnswered(MEANWHILE);
            for (int build = 1; build <= 2; build++) {
                Files.write(runner.deploy().resolve(JAR), bundle(build).bytes());
                callers.awaitBuild(build);
            }
            assertThat(Shell.done(data, "rollback", NAME)).startsWith(NAME + " 1.0.1 (").endsWith("serves: " + JAR + " holds it now\n");
            callers.awaitAnswered(MEANWHILE);
            assertThat(Shell.done(data, "rollback", NAME)).startsWith(NAME + " 1.0.0 (");
            callers.awaitAnswered(MEANWHILE);
            assertThat(runner.deploy().resolve(JAR)).hasBinaryContent(first);
            assertThat(Shell.done(data, "history", NAME).lines().filter(line -> line.contains("  yes  ")).toList()).singleElement().asString().contains("1.0.0").contains("called back");
            callers.end();
            assertThat(callers.failed()).as("failed calls").isEmpty();
            assertThat(callers.mixed()).as("calls that saw two versions").isEmpty();
            assertThat(Files.readAllLines(data.resolve("audit.log")).stream().filter(line -> line.contains(" change=rollback ")).toList()).hasSize(2)
                    .allMatch(line -> line.contains("from=\"command rollback\" outcome=\"active; was " + NAME));
        }
    }

    @Test
    void aRollbackInAFolderThatIsReadOnlyOutlivesTheRunner() throws IOException {
        Path deploy = Files.createTempDirectory("a6it");
        Path data = Files.createTempDirectory("a6it");
        try {
            bundle(0).copyTo(deploy);
            try (RunnerProcess runner = start(deploy, data)) {
                runner.awaitLog(JAR + ": active (" + NAME + " 1.0.0");
                Files.write(deploy.resolve(JAR), bundle(1).bytes());
                runner.awaitLog("replaced " + NAME + " 1.0.0");
                readOnly(deploy, true);
                assertThat(Shell.done(data, "rollback", NAME)).contains(NAME + " 1.0.0 (", "is held back until the file changes");
                runner.stop();
            }
            try (RunnerProcess runner = start(deploy, data)) {
                runner.awaitLog(JAR, "1.0.1 is held back since a rollback");
                runner.awaitLog(JAR + ": active (" + NAME + " 1.0.0");
                readOnly(deploy, false);
                Files.write(deploy.resolve(JAR), bundle(2).bytes());
                runner.awaitLog("replaced " + NAME + " 1.0.0 (now active: " + NAME + " 1.0.2");
            }
        } finally {
            readOnly(deploy, false);
            Folder.delete(deploy);
            Folder.delete(data);
        }
    }

    private static RunnerProcess start(Path deploy, Path data) {
        return Distribution.packed().runner().options("--deploy", deploy.toString()).setting("data.dir", data.toString()).findingItsData().start();
    }
}
