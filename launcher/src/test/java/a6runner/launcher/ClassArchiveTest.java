// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said of an archive that isn't in use. */
class ClassArchiveTest {

    @TempDir
    private Path folder;
    private Distribution distribution;
    private ClassArchive archive;

    @BeforeEach
    void makeDistribution() throws IOException {
        distribution = new Distribution(folder);
        Files.createDirectory(folder.resolve("bundles"));
        Path lib = Files.createDirectory(folder.resolve("lib"));
        Files.writeString(lib.resolve("a.jar"), "a");
        archive = ClassArchive.in(lib);
    }

    @AfterEach
    void forget() {
        System.clearProperty(ClassArchive.PROPERTY);
    }

    private void make() throws IOException {
        Files.createFile(archive.file());
        Files.writeString(archive.madeFor(), ClassArchive.fingerprint(distribution));
    }

    @Test
    void isNamedByTheJavaBuild() {
        String extension = Runtime.version().feature() >= 25 ? ".aot" : ".jsa";
        assertThat(archive.file().getFileName()).hasToString("classes-" + System.getProperty("java.runtime.version") + extension);
    }

    @Test
    void isNotMissedWhereNobodyMadeOne() {
        assertThat(ClassArchive.complaint(distribution)).isEmpty();
    }

    @Test
    void isFineWhereItFits() throws Exception {
        make();
        System.setProperty(ClassArchive.PROPERTY, archive.file().toString());
        assertThat(ClassArchive.complaint(distribution)).isEmpty();
    }

    @Test
    void isMissedWhereAJarHasChangedSince() throws Exception {
        make();
        System.setProperty(ClassArchive.PROPERTY, archive.file().toString());
        Files.writeString(folder.resolve("lib/a.jar"), "b and more");
        assertThat(ClassArchive.complaint(distribution).orElseThrow()).startsWith("the class archive " + archive.file() + " was made for other jars")
                .endsWith("a6runner prepare makes a new one");
    }

    @Test
    void isMissedWhereTheStartScriptLeftItOut() throws Exception {
        make();
        assertThat(ClassArchive.complaint(distribution)).isPresent();
    }

    @Test
    void isMissedWhereThereIsOneForAnotherJava() throws Exception {
        Files.createFile(folder.resolve("lib/classes-11.0.1.jsa"));
        assertThat(ClassArchive.complaint(distribution).orElseThrow())
                .startsWith("the class archive classes-11.0.1.jsa isn't for Java " + ClassArchive.build() + " and is left out");
    }

    @Test
    void isNotMissedWhereTheUsersOptionsDecide() throws Exception {
        make();
        System.setProperty(ClassArchive.PROPERTY, "none");
        assertThat(ClassArchive.complaint(distribution)).isEmpty();
    }
}
