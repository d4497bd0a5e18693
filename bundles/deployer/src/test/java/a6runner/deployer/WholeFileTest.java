// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Who opens a FIFO hangs, and no interrupt ends that: hence the threads. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WholeFileTest {

    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("file");
    }

    private static void fifo(Path path) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("mkfifo", path.toString()).start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void leavesNothingWhereItCannotBeWritten() throws IOException {
        WholeFile.write(file, "old");
        assertThatThrownBy(() -> WholeFile.put(file, folder.resolve("part"), part -> {
            Files.writeString(part, "half");
            throw new IllegalStateException("no more");
        })).hasMessage("no more");
        assertThat(folder).isDirectoryNotContaining("glob:**part");
        assertThat(file).hasContent("old");
    }

    @Test
    void writesWhereAFifoIsInTheWay() throws Exception {
        fifo(folder.resolve("file.part"));
        WholeFile.write(file, "text");
        assertThat(file).hasContent("text");
    }

    @Test
    void takesTheRightToWriteFromOthersAlone() throws IOException {
        Files.createFile(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        WholeFile.close(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-rw-r--");
    }

    @Test
    void readsNoFifoAndNoFolder() throws Exception {
        fifo(file);
        assertThatThrownBy(() -> WholeFile.read(file)).hasMessage(file + ": it is no file in the place of a file of the runner's: take it away");
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> WholeFile.read(file)).hasMessage(file + ": it is a folder in the place of a file of the runner's: take it away");
    }

    @Test
    void noOneHangsAtAFifoInTheDataFolder() throws Exception {
        for (String name : new String[] {"offers", "held-back", "test.name.history", ".lock", "audit.log"}) {
            fifo(folder.resolve(name));
        }
        assertThat(new HeldBack(folder.resolve("held-back")).of("x.jar")).isNull();
        new KnownOffers(null, folder.resolve("offers"));
        new AuditLog(folder).record("deploy", "x", "", "y", "z");
        History history = new History(folder, 3);
        History.Entry entry = new History.Entry(Instant.now(), "1.0.0", "a".repeat(64), "f.jar", true, "served");
        assertThatThrownBy(() -> history.of("test.name")).hasMessageStartingWith(folder.resolve("test.name.history") + ": it is no file");
        assertThatThrownBy(() -> history.served("test.name", entry, "", false)).hasMessageStartingWith(folder.resolve(".lock") + ": it is no file");
    }
}
