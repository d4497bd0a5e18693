// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class AnnouncementsTest {

    private static final long LIVES = ProcessHandle.current().pid();
    private static final long NEVER_WAS = 4_000_000_000L;

    @TempDir
    private Path folder;
    private Announcements announcements;

    @BeforeEach
    void make() {
        announcements = new Announcements(folder.resolve("s"), 1);
    }

    private Path announce(Object pid) throws IOException {
        return Files.createFile(folder.resolve("s.next." + pid));
    }

    @Test
    void aProcessThatLivesAnnouncesItself() throws IOException {
        assertThat(announcements.another()).isFalse();
        announce(LIVES);
        assertThat(announcements.another()).isTrue();
        announcements.remove(); // that of another one stays
        assertThat(announcements.another()).isTrue();
    }

    @Test
    void onesOwnIsNoneAndGoes() throws IOException {
        Path own = announce(LIVES);
        Announcements ours = new Announcements(folder.resolve("s"), LIVES);
        assertThat(ours.another()).isFalse();
        ours.remove();
        assertThat(own).doesNotExist();
    }

    @Test
    void thoseOfTheDeadAndOfAPidUsedAgainAreNoneAndGo() throws IOException {
        announce(NEVER_WAS);
        Files.setLastModifiedTime(announce(LIVES), FileTime.from(Instant.now().minusSeconds(3_600 * 24 * 365)));
        assertThat(announcements.another()).isFalse();
        announcements.remove();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        announce("");
        announce("x");
        announce("0");
        Files.createFile(folder.resolve("t.next." + LIVES));
        assertThat(announcements.another()).isFalse();
        announcements.remove();
        assertThat(folder.toFile().list()).hasSize(4);
    }
}
