// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The distribution's data folder is blocked by a file of its name where it must not be writable: root writes everywhere. */
class FoldersTest {

    @TempDir
    private Path home;
    @TempDir
    private Path temporary;
    private Path deploy;

    @BeforeEach
    void makeDistribution() throws IOException {
        deploy = Files.createDirectory(home.resolve("deploy"));
    }

    private ResolvedSettings settings(String... words) {
        return ResolvedSettings.resolve(CommandLine.parse(words), Map.of(), new Distribution(home), home);
    }

    private Path data(String... words) {
        return Folders.data(settings(words), new Distribution(home), deploy, temporary);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /* ---- Deploy folder ---- */

    @Test
    void theDistributionsDeployFolderIsTheDefault() {
        assertThat(Folders.deploy(settings(), new Distribution(home))).isEqualTo(deploy);
    }

    @Test
    void aDeployFolderThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Folders.deploy(settings("--deploy", "none"), new Distribution(home)))
                .hasMessage("--deploy: the deploy folder doesn't exist: " + home.resolve("none"));
        assertThatThrownBy(() -> Folders.deploy(settings("--set", "deploy.dir=other/none"), new Distribution(home)))
                .hasMessage("--set: the deploy folder doesn't exist: " + home.resolve("other/none"));
    }

    @Test
    void aDeployFolderThatIsAFileIsRefused() throws IOException {
        Files.createFile(home.resolve("a.jar"));
        assertThatThrownBy(() -> Folders.deploy(settings("--deploy", "a.jar"), new Distribution(home)))
                .hasMessage("--deploy: the deploy folder is no folder: " + home.resolve("a.jar"));
    }

    /* ---- Data folder ---- */

    @Test
    void theDistributionsDataFolderIsMadeForItsOwnerAlone() throws IOException {
        assertThat(data()).isEqualTo(home.resolve("data"));
        assertThat(mode(home.resolve("data"))).isEqualTo("rwx------");
        assertThat(data()).isEqualTo(home.resolve("data"));
    }

    @Test
    void aFolderThatIsSetIsTakenFromTheDistribution() throws IOException {
        Path set = Files.createDirectory(home.resolve("set"));
        assertThat(data("--set", "data.dir=set")).isEqualTo(set);
        assertThat(data("--set", "data.dir=new")).isEqualTo(home.resolve("new")).isDirectory();
    }

    @Test
    void aFolderThatIsSetAndCanNotBeWrittenIsRefused() throws IOException {
        Files.createFile(home.resolve("file"));
        assertThatThrownBy(() -> data("--set", "data.dir=file")).isInstanceOf(Refusal.class)
                .hasMessageStartingWith("--set: the data folder can't be made or isn't writable for").hasMessageEndingWith(": " + home.resolve("file"));
        assertThatThrownBy(() -> data("--set", "data.dir=no/parent")).isInstanceOf(Refusal.class);
    }

    @Test
    void aReadOnlyDistributionGetsAPrivateFolderInTheTemporaryDirectory() throws IOException {
        Files.createFile(home.resolve("data"));
        Path chosen = data();
        assertThat(chosen.getParent()).isEqualTo(temporary);
        assertThat(chosen.getFileName().toString()).startsWith("a6runner-");
        assertThat(mode(chosen)).isEqualTo("rwx------");
        assertThat(data()).isEqualTo(chosen);
    }

    @Test
    void theTemporaryFolderIsOneForEachDeployFolder() throws IOException {
        Files.createFile(home.resolve("data"));
        Path other = Folders.data(settings(), new Distribution(home), home.resolve("other"), temporary);
        assertThat(other).isNotEqualTo(data());
    }

    @Test
    void aTemporaryFolderOpenToOthersIsRefused() throws IOException {
        Files.createFile(home.resolve("data"));
        Path chosen = data();
        Files.setPosixFilePermissions(chosen, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(this::data).isInstanceOf(Refusal.class)
                .hasMessage("the data folder is open to others (rwxrwxrwx, expected: rwx------): " + chosen + "; chmod 700 or remove it, or set data.dir");
    }

    @Test
    void aLinkInThePlaceOfTheTemporaryFolderIsRefused(@TempDir Path elsewhere) throws IOException {
        Files.createFile(home.resolve("data"));
        Path chosen = data();
        Files.delete(chosen);
        Files.createSymbolicLink(chosen, elsewhere);
        assertThatThrownBy(this::data).isInstanceOf(Refusal.class).hasMessage("the data folder isn't a folder: " + chosen + "; remove it, or set data.dir");
    }

    @Test
    void aTemporaryFolderOfAnotherUserIsRefused() throws IOException {
        Files.createFile(home.resolve("data"));
        Path chosen = data();
        try {
            Files.setAttribute(chosen, "unix:uid", 54321);
        } catch (IOException e) {
            Assumptions.abort("only root gives files away: " + e.getMessage());
        }
        assertThatThrownBy(this::data).isInstanceOf(Refusal.class).hasMessageStartingWith("the data folder belongs to 54321 and not to ");
    }
}
