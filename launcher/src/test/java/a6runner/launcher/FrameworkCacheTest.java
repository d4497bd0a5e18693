// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FrameworkCacheTest {

    @TempDir
    private Path data;

    @Test
    void isPrivateToThisProcessAndGoneAfterwards() throws IOException {
        FrameworkCache cache = FrameworkCache.create(data);
        assertThat(cache.folder()).isDirectory().hasParent(data);
        assertThat(cache.folder().getFileName().toString()).startsWith("cache-" + ProcessHandle.current().pid() + "-");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache.folder()))).isEqualTo("rwx------");
        Files.writeString(Files.createDirectory(cache.folder().resolve("bundle0")).resolve("file"), "x");
        cache.delete();
        assertThat(data).isDirectoryNotContaining("glob:**/cache-*");
    }

    @Test
    void twoOfOneDistributionDontMeet() {
        FrameworkCache first = FrameworkCache.create(data);
        FrameworkCache second = FrameworkCache.create(data);
        assertThat(first.folder()).isDirectory().isNotEqualTo(second.folder());
        second.delete();
        assertThat(first.folder()).isDirectory();
        first.delete();
    }

    @Test
    void sweepsWhatDeadProcessesLeft(@TempDir Path elsewhere) throws IOException {
        Path kept = Files.writeString(elsewhere.resolve("kept"), "x");
        Path stale = Files.createDirectory(data.resolve("cache-1-abc")); // pid 1 lives, and isn't the one that made it
        Files.createFile(data.resolve("cache-1-abc.lock"));
        Files.createSymbolicLink(Files.createDirectory(stale.resolve("bundle1")).resolve("link"), elsewhere);
        Path halfMade = Files.createDirectory(data.resolve("cache-2-def"));
        Path other = Files.createDirectory(data.resolve("store"));
        FrameworkCache cache = FrameworkCache.create(data);
        assertThat(stale).doesNotExist();
        assertThat(data.resolve("cache-1-abc.lock")).doesNotExist();
        assertThat(halfMade).doesNotExist();
        assertThat(other).exists();
        assertThat(kept).exists();
        cache.delete();
    }

    @Test
    void saysWhereItCanNotWrite() {
        Path none = data.resolve("none");
        assertThatThrownBy(() -> FrameworkCache.create(none)).isInstanceOf(Refusal.class).hasMessageStartingWith("can't write to the data folder " + none);
    }

    /** Who opens a FIFO hangs, and no interrupt ends that. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void hangsAtNoFifo() throws Exception {
        Path other = data.resolve("cache-1-1.lock");
        fifo(other);
        FrameworkCache.create(data).delete();
        assertThat(other).exists();
        Files.delete(data.resolve("cache.lock"));
        fifo(data.resolve("cache.lock"));
        assertThatThrownBy(() -> FrameworkCache.create(data)).hasMessage("can't write to the data folder " + data + ": " + data.resolve("cache.lock") + " isn't a file: take it away");
    }

    private static void fifo(Path path) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("mkfifo", path.toString()).start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
