// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class AuditLogTest {

    @TempDir
    Path folder;

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name));
    }

    @Test
    void writesALineForEachChange() throws IOException {
        AuditLog audit = new AuditLog(folder);
        audit.record(Instant.parse("2026-11-25T10:00:00.123456Z"), "upgrade", "com.example.jwt 2.0.0", "ab".repeat(32), "file /deploy/jwt.jar", "active; was 1.0.0");
        audit.record("disable", "jwt", "", "command disable", "it said \"no\",\n\tand so on");
        long pid = ProcessHandle.current().pid();
        assertThat(lines("audit.log")).hasSize(2).first().isEqualTo("2026-11-25T10:00:00.123Z pid=" + pid + " change=upgrade what=\"com.example.jwt 2.0.0\" sha256="
                + "ab".repeat(32) + " from=\"file /deploy/jwt.jar\" outcome=\"active; was 1.0.0\"");
        assertThat(lines("audit.log").get(1)).endsWith("Z pid=" + pid + " change=disable what=\"jwt\" from=\"command disable\" outcome=\"it said 'no', and so on\"");
    }

    @Test
    void goesOnWhereAnotherRunnerHasBegun() throws IOException {
        new AuditLog(folder).record("disable", "a", "", "command disable", "done");
        new AuditLog(folder).record("disable", "b", "", "command disable", "done");
        assertThat(lines("audit.log")).hasSize(2);
    }

    @Test
    void keepsThreeOlderFiles() throws IOException {
        AuditLog audit = new AuditLog(folder, 1);
        for (String what : List.of("a", "b", "c", "d", "e")) {
            audit.record("disable", what, "", "command disable", "done");
        }
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("audit.log", "audit.log.1", "audit.log.2", "audit.log.3");
        assertThat(lines("audit.log").get(0)).contains("what=\"e\"");
        assertThat(lines("audit.log.3").get(0)).contains("what=\"b\"");
    }

    @Test
    void harmsNobodyWhereItCannotBeWritten() throws IOException {
        Files.createDirectory(folder.resolve("audit.log"));
        new AuditLog(folder).record("disable", "a", "", "command disable", "done");
        assertThat(folder.resolve("audit.log")).isEmptyDirectory();
    }
}
