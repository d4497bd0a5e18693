// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What anybody may write to, the runner doesn't take code or settings from, unless it is told to. */
final class OpenFoldersIT {

    @TempDir
    private Path folder;
    private Distribution distribution;

    @BeforeEach
    void copyDistribution() throws IOException {
        distribution = Distribution.copyTo(folder.toRealPath().resolve("a6"));
        Files.createDirectory(distribution.home().resolve("data"));
    }

    private void open(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxrwxrwx" : "rw-rw-rw-"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy", "data", "conf/a6runner.properties", "conf"})
    void refusesToStart(String name) throws IOException {
        Path path = distribution.home().resolve(name);
        open(path);
        Distribution.Result ended = distribution.run("run", "--address", "unix:" + folder.resolve("s"));
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.errLines()).singleElement().asString().startsWith("a6runner: anybody may ").containsPattern(path + "(, above .+, | )is writable for all")
                .contains("; chmod o-w " + path + ", or set folders.open = warn");
    }

    @Test
    void startsWithAWarningWhereItIsToldTo() throws IOException {
        open(distribution.deploy());
        try (RunnerProcess runner = distribution.runner().setting("folders.open", "warn").start()) {
            assertThat(runner.log()).contains("WARN  anybody may put a plugin into the deploy folder, and so run code in the runner: " + distribution.deploy()
                    + " is writable for all (mend: chmod o-w " + distribution.deploy() + ")");
        }
    }

    @Test
    void refusesADeployFolderByALinkThatAnybodyMayReplace() throws IOException {
        Path open = Files.createDirectory(folder.toRealPath().resolve("open"));
        Path link = Files.createSymbolicLink(open.resolve("link"), distribution.deploy());
        open(open);
        Distribution.Result ended = distribution.run("run", "--address", "unix:" + folder.resolve("s"), "--deploy", link.toString());
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.errLines()).singleElement().asString().contains(open + ", above " + link + ", is writable for all; chmod o-w " + open + ", or set folders.open = warn");
    }

    @Test
    void warnsOfItsOwnCode() throws IOException {
        Path lib = distribution.home().resolve("lib");
        open(lib.resolve("a6runner-launcher.jar"));
        open(lib);
        try (RunnerProcess runner = distribution.runner().start()) {
            assertThat(runner.log()).contains("WARN  anybody may change the runner's own code: " + lib + " is writable for all (mend: chmod o-w " + lib + ")")
                    .contains(": " + lib.resolve("a6runner-launcher.jar") + " is writable for all");
        }
        assertThat(distribution.run("doctor").out()).contains("WARN   folders   anybody may change the runner's own code: " + lib + " is writable for all");
    }

    @Test
    void theDoctorSaysSoToo() throws IOException {
        open(distribution.deploy());
        Distribution.Result ended = distribution.run("doctor");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).contains("FAULT  folders   anybody may put a plugin into the deploy folder").contains("-> chmod o-w " + distribution.deploy());
    }
}
