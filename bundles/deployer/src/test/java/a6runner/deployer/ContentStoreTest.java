// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ContentStoreTest {

    // sha256sum of "abc", FIPS 180-2's own example
    private static final String SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path dir;

    @Test
    void keepsACopyUnderItsHash() throws IOException {
        ContentStore store = new ContentStore(dir.resolve("data/store"));
        Path source = Files.writeString(dir.resolve("x.jar"), "abc");
        ContentStore.Copy copy = store.copy(source);
        Path kept = store.keep(copy);
        assertThat(kept).isEqualTo(dir.resolve("data/store/" + SHA_OF_ABC + ".jar")).hasContent("abc");
        assertThat(store.keep(store.copy(source))).isEqualTo(kept);
        assertThat(dir.resolve("data/store")).isDirectoryContaining(path -> path.equals(kept)).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void takesTheCopyThatItHasWhereNothingCanBeWritten() throws IOException {
        Path folder = dir.resolve("store");
        ContentStore store = new ContentStore(folder);
        Path source = Files.writeString(dir.resolve("x.jar"), "abc");
        Path kept = store.keep(store.copy(source));
        Files.createDirectories(store.part()); // and the next ones, as no file can be made then
        for (int i = 2; i < 9; i++) {
            Files.createDirectory(folder.resolve(ProcessHandle.current().pid() + "-" + i + ".part"));
        }
        ContentStore.Copy copy = store.copy(source);
        store.discard(copy);
        assertThat(store.keep(copy)).isEqualTo(kept).hasContent("abc");
        Path other = Files.writeString(dir.resolve("y.jar"), "abd");
        assertThatExceptionOfType(ContentStore.UnwritableException.class).isThrownBy(() -> store.copy(other));
        Files.writeString(kept, "damaged");
        assertThatExceptionOfType(ContentStore.UnwritableException.class).isThrownBy(() -> store.copy(source));
    }

    @Test
    void discardsACopy() throws IOException {
        ContentStore store = new ContentStore(dir.resolve("store"));
        store.discard(store.copy(Files.writeString(dir.resolve("x.jar"), "abc")));
        assertThat(dir.resolve("store")).isEmptyDirectory();
    }

    @Test
    void leavesNothingBehindWhenTheSourceCannotBeRead() throws IOException {
        ContentStore store = new ContentStore(dir.resolve("store"));
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.copy(dir.resolve("missing.jar")));
        assertThat(dir.resolve("store")).isEmptyDirectory();
    }

    @Test
    void deletesCopiesThatNobodyHasUsedForADay() throws IOException {
        ContentStore store = new ContentStore(dir.resolve("store"));
        Path used = store.keep(store.copy(Files.writeString(dir.resolve("x.jar"), "abc")));
        Path made = Files.writeString(store.derived(SHA_OF_ABC), "made of it");
        Path other = store.keep(store.copy(Files.writeString(dir.resolve("y.jar"), "another runner's")));
        Path unused = store.keep(store.copy(Files.writeString(dir.resolve("z.jar"), "gone")));
        Instant now = Instant.now();
        for (Path copy : List.of(used, made, unused)) {
            Files.setLastModifiedTime(copy, FileTime.from(now.minus(Duration.ofHours(25))));
        }
        Files.setLastModifiedTime(other, FileTime.from(now.minus(Duration.ofHours(2))));
        store.tend(Set.of(SHA_OF_ABC), now);
        assertThat(unused).doesNotExist();
        assertThat(List.of(used, made, other)).allMatch(Files::exists);
        store.tend(Set.of(SHA_OF_ABC), now.plus(Duration.ofHours(23)));
        assertThat(other).doesNotExist();
        assertThat(List.of(used, made)).allMatch(Files::exists);
    }

    @Test
    void removesWhatKilledRunnersLeftButNotWhatLivingOnesWrite() throws IOException {
        Path stale = Files.writeString(Files.createDirectories(dir.resolve("store")).resolve("1-0.part"), "x");
        Files.setLastModifiedTime(stale, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        Path fresh = Files.writeString(dir.resolve("store/2-0.part"), "x");
        new ContentStore(dir.resolve("store"));
        assertThat(stale).doesNotExist();
        assertThat(fresh).exists();
    }
}
