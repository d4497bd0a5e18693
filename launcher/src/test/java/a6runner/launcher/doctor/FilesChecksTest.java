// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.launcher.doctor.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Folders and files: who may do what with them, and what the runner says of them. */
class FilesChecksTest {

    @TempDir
    private Path folder;

    private void mode(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private Finding socketFolder() {
        return new SocketCheck(folder.resolve("s"), "0660").look().get(0);
    }

    @Test
    void looksWhoMayReplaceTheSocket() throws IOException {
        mode(folder, "rwxr-xr-x");
        assertThat(socketFolder().severity()).isEqualTo(Severity.OK);
        mode(folder, "rwxr-x---");
        assertThat(socketFolder()).satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.NOTE)).satisfies(
                finding -> assertThat(finding.what()).contains("can't enter the socket's folder", "APISIX's workers must be one of them"));
        mode(folder, "rwx------");
        assertThat(socketFolder().what()).contains("can't enter the socket's folder", "APISIX's workers must be that user").doesNotContain("group");
        assertThat(socketFolder().mend()).contains("chmod o+x " + folder);
        mode(folder, "rwxrwxrwx");
        assertThat(socketFolder()).satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.FAULT)).satisfies(
                finding -> assertThat(finding.mend()).isEqualTo("chmod o-w " + folder));
        Files.setAttribute(folder, "unix:mode", 01777);
        assertThat(socketFolder()).satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.WARNING)).satisfies(
                finding -> assertThat(finding.what()).contains("take the address before the runner does"));
    }

    @Test
    void saysWhoMayCall() throws IOException {
        Path socket = Files.createFile(folder.resolve("s"));
        mode(socket, "rw-rw----");
        assertThat(new SocketCheck(socket, "0660").look().get(1).what()).contains("and group", "may call the runner", "socket.mode is 0660");
        mode(socket, "rw-rw-rw-");
        assertThat(new SocketCheck(socket, "0666").look().get(1).what()).contains("anybody who may enter the folder");
        mode(socket, "rw-------");
        assertThat(new SocketCheck(socket, "0600").look().get(1).what()).contains("nobody but user");
    }

    @Test
    void saysWhichUsersAreNotThere() {
        assertThat(new UsersCheck("root", "", "root, 0").look()).isEmpty();
        assertThat(new UsersCheck("", "", "").look()).isEmpty();
        assertThat(new UsersCheck("nosuch1", "nosuch2", "root,nosuch3").look()).extracting(Finding::what).containsExactly("socket.owner: there is no user \"nosuch1\"",
                "socket.group: there is no group \"nosuch2\"", "socket.users: there is no user \"nosuch3\"");
    }

    @Test
    void saysWhatBecameOfEachJar() throws IOException {
        for (String name : List.of("a.jar", "b.jar", "c.jar", "d.jar", "e.jar")) {
            Files.createFile(folder.resolve(name));
        }
        Files.writeString(folder.resolve("a.jar.status"), "state: ACTIVE\nplugins: x, y\nsince: 2026-11-22T00:21:13Z\n");
        Files.writeString(folder.resolve("b.jar.status"), "state: FAILED\nwhy: it lacks com.example: 1\nserving: b 1.0.0\nsince: 2026-11-22T00:21:13Z\n");
        Files.writeString(folder.resolve("e.jar.status"), "state: PINNED\nwhy: x@1 in route#1\nserving: x 2.0.0\n");
        Files.writeString(folder.resolve("c.jar.status"), "state: SHADOWED\nwhy: a.jar has it\n");
        List<Finding> findings = new DeployCheck(folder).look();
        assertThat(findings).extracting(Finding::severity).containsExactly(Severity.OK, Severity.OK, Severity.FAULT, Severity.WARNING, Severity.NOTE, Severity.OK);
        assertThat(findings).extracting(Finding::what).containsExactly("5 jars in " + folder + ", each with what the runner that had the folder last wrote beside it",
                "a.jar: ACTIVE since 2026-11-22T00:21:13Z, plugins: x, y",
                "b.jar: FAILED since 2026-11-22T00:21:13Z: it lacks com.example: 1; in its place serves b 1.0.0",
                "c.jar: SHADOWED: a.jar has it",
                "d.jar: no runner has said anything of it (no d.jar.status beside it)",
                "e.jar: PINNED by x@1 in route#1; all others get x 2.0.0");
    }

    @Test
    void leavesTheMendOfWhatIsNoJarToItsReason() throws IOException {
        Files.createDirectory(folder.resolve("a.jar"));
        Files.writeString(folder.resolve("a.jar.status"), "state: FAILED\nwhy: it is a folder: put the file itself here\n");
        Files.createFile(folder.resolve("b.jar"));
        Files.writeString(folder.resolve("b.jar.status"), "state: FAILED\nwhy: the file is empty\n");
        List<Finding> findings = new DeployCheck(folder).look();
        assertThat(findings.get(1).mend()).isEmpty();
        assertThat(findings.get(2).mend()).startsWith("mend the jar and drop it again");
    }

    @Test
    void saysThatAFolderIsInTheWayOfWhatIsSaidOfAJar() throws IOException {
        Files.createFile(folder.resolve("a.jar"));
        Path status = Files.createDirectory(folder.resolve("a.jar.status"));
        assertThat(new DeployCheck(folder).look().get(1)).isEqualTo(Finding.warning("deploy",
                "a.jar: what the runner says of it can't be written: " + status + " is a folder", "take that away; until then a6runner shell why a.jar tells"));
    }

    @Test
    void saysThatAJarIsWritableForAllUnlessTheRunnerHas() throws IOException {
        Path jar = Files.createFile(folder.resolve("a.jar"));
        mode(jar, "rw-rw-r--");
        assertThat(new DeployCheck(folder).look()).hasSize(2);
        mode(jar, "rw-rw-rw-");
        List<Finding> findings = new DeployCheck(folder).look();
        assertThat(findings).hasSize(3);
        assertThat(findings.get(2)).satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.FAULT)).satisfies(
                finding -> assertThat(finding.what() + " -> " + finding.mend()).startsWith("a.jar: it is writable for all, so anybody may ").contains("-> chmod o-w " + jar));
        Files.writeString(folder.resolve("a.jar.status"), "state: FAILED\nwhy: it is writable for all, so anybody may change it\n");
        assertThat(new DeployCheck(folder).look()).hasSize(2);
    }

    @Test
    void warnsOfADeployFolderThatIsEmpty() {
        assertThat(new DeployCheck(folder).look().get(0).severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void saysWhichJavaAndWarnsOfATinyHeap() {
        List<Finding> findings = new JavaCheck(Map.of("A6RUNNER_JAVA_OPTS", "-Xss1m -Xmx32m")).look();
        assertThat(findings).extracting(Finding::severity).containsExactly(Severity.OK, Severity.WARNING);
        assertThat(findings.get(0).what()).startsWith("Java " + System.getProperty("java.version"));
        assertThat(new JavaCheck(Map.of("A6RUNNER_JAVA_OPTS", "-Xmx1g")).look()).hasSize(1);
    }

    @Test
    void aCheckThatFailsItselfIsAFinding() {
        Report report = new Report();
        report.add("odd", () -> {
            throw new IllegalStateException("oops");
        });
        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(report.text()).contains("FAULT  odd       could not be looked at: java.lang.IllegalStateException: oops").endsWith("1 fault\n");
        assertThat(report.json()).startsWith("{\"faults\": 1, \"warnings\": 0, \"findings\": [{\"severity\": \"fault\", \"check\": \"odd\"");
    }
}
