// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Status files that can't be written, for a while or for good. */
class StatusBoardTest extends DeployerFixture {

    private StatusBoard board;

    @BeforeEach
    void board() {
        board = new StatusBoard(deploy);
    }

    @Test
    void aStatusThatCannotBeWrittenIsThatFilesMatterAndIsTriedAgain() throws IOException {
        Path inPlace = Files.createDirectories(deploy.resolve("b.jar.status/of-somebody"));
        show("one", "a.jar", "b.jar", "c.jar");
        board.write();
        assertThat(names()).as("and no .b.jar.status.part").containsExactly("a.jar.status", "b.jar.status", "c.jar.status");
        assertThat(deploy.resolve("c.jar.status")).content().contains("why: one");
        assertThat(log.await("status file")).isEqualTo("WARN the status file of b.jar in " + deploy
                + " can't be brought up to date: there is a folder in its place, take that away (tried again each deploy.scan; a6:why tells what it would say)");
        show("two", "a.jar", "b.jar", "c.jar");
        board.write();
        assertThat(deploy.resolve("a.jar.status")).content().contains("why: two");
        assertThat(log.now()).as("told once").isEmpty();
        Files.delete(inPlace);
        Files.delete(deploy.resolve("b.jar.status"));
        board.write();
        assertThat(deploy.resolve("b.jar.status")).content().contains("why: two");
    }

    @Test
    void whatNothingShadowsAnyMoreIsTold() {
        FileStatus shadowed = new FileStatus("a.jar", FileState.SHADOWED, "plugin a is served by test.b 1.0.0", "test.a 1.0.0", List.of(), "", Instant.now());
        FileStatus lower = new FileStatus("b.jar", FileState.SHADOWED, "c.jar has 2.0.0 of the same symbolic name", "test.b 1.0.0", List.of(), "test.b 2.0.0", Instant.now());
        FileStatus config = new FileStatus("x.cfg", FileState.ACTIVE, "configures a.jar", "", List.of(), "", Instant.now());
        board.show(List.of(shadowed, lower, config), List.of());
        board.show(List.of(new FileStatus("a.jar", FileState.ACTIVE, "", "test.a 1.0.0", List.of("a"), "", Instant.now()),
                new FileStatus("b.jar", FileState.ACTIVE, "", "test.b 1.0.0", List.of("b"), "", Instant.now()), // its switch is told of
                new FileStatus("x.cfg", FileState.SHADOWED, "w.cfg is read for the same PID", "", List.of(), "", Instant.now())), List.of());
        board.show(List.of(config), List.of());
        assertThat(log.now()).containsExactly("INFO a.jar: active, as nothing shadows it any more (test.a 1.0.0, plugins: a)",
                "INFO x.cfg: shadowed (w.cfg is read for the same PID)", "INFO x.cfg: active, as nothing shadows it any more (configures a.jar)");
    }

    @Test
    void aCauseThatHasPassedIsToldAnew() throws IOException {
        for (int i = 0; i < 2; i++) {
            Files.deleteIfExists(deploy.resolve("a.jar.status"));
            Files.createDirectory(deploy.resolve("a.jar.status"));
            show("time " + i, "a.jar");
            board.write();
            log.await("the status file of a.jar");
            Files.delete(deploy.resolve("a.jar.status"));
            board.write();
            assertThat(deploy.resolve("a.jar.status")).content().contains("why: time " + i);
        }
    }

    @Test
    void oneCauseIsOneLineForAllFiles() throws IOException {
        String[] files = {"a.jar", "b.jar", "c.jar", "d.jar", "e.jar"};
        for (String file : files) {
            Files.createDirectory(deploy.resolve(file + ".status"));
        }
        show("one", files);
        board.write();
        assertThat(log.now()).singleElement().asString().contains("WARN the status files of ", " and 2 more in ");
    }

    @Test
    void aNameThatIsTooLongForAStatusFileIsThatFilesMatter() throws IOException {
        String tooLong = "a".repeat(245) + ".jar";
        show("one", tooLong, "b.jar");
        board.write();
        assertThat(names()).containsExactly("b.jar.status");
        log.await("its name would be too long, give the file a shorter one");
        show("one", "b.jar");
        board.write();
        board.write();
        assertThat(log.now()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeWrittenForAWhileIsToldOfOnceAndGetsThemThen() throws IOException {
        show("one", "a.jar", "b.jar");
        board.write();
        assertThat(deploy.toFile().setWritable(false, false)).isTrue();
        try {
            show("two", "b.jar", "c.jar");
            board.write();
            board.write();
            assertThat(log.now()).singleElement().asString().contains("no status files are written to " + deploy + ": it is read-only");
            assertThat(names()).containsExactly("a.jar.status", "b.jar.status");
        } finally {
            assertThat(deploy.toFile().setWritable(true)).isTrue();
        }
        board.write();
        assertThat(names()).containsExactly("b.jar.status", "c.jar.status");
        assertThat(deploy.resolve("b.jar.status")).content().contains("why: two");
    }

    @Test
    void whatAKilledRunnerLeftGoesAndNothingElseDoes() throws IOException {
        for (String file : List.of("gone.jar.status", ".a.jar.status.part", "a.jar.status", "notes.status", "notes.part")) {
            Files.createFile(deploy.resolve(file));
        }
        Files.createDirectory(deploy.resolve("folder.jar.status"));
        show("one", "a.jar");
        board.write();
        assertThat(names()).containsExactly("a.jar.status", "folder.jar.status", "notes.part", "notes.status");
        show("one", "a.jar", "folder.jar");
        show("one", "a.jar");
        board.write();
        assertThat(names()).as("a folder isn't ours").contains("folder.jar.status");
    }

    private void show(String why, String... files) {
        board.show(Arrays.stream(files).map(file -> new FileStatus(file, FileState.ACTIVE, why, "", List.of(), "", Instant.now())).toList(), List.of());
    }

    private String[] names() {
        String[] names = deploy.toFile().list();
        Arrays.sort(names);
        return names;
    }
}
