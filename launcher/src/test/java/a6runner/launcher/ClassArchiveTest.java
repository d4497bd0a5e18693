// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
        Files.writeString(archive.file(), "abcd");
        Files.writeString(archive.madeFor(), ClassArchive.fingerprint(distribution, 4));
    }

    private Optional<String> complaint() {
        return ClassArchive.complaint(distribution, Map.of());
    }

    @Test
    void isNamedByTheJavaBuild() {
        String extension = Runtime.version().feature() >= 25 ? ".aot" : ".jsa";
        assertThat(archive.file().getFileName()).hasToString("classes-" + System.getProperty("java.runtime.version") + extension);
    }

    @Test
    void isNotMissedWhereNobodyMadeOne() {
        assertThat(complaint()).isEmpty();
    }

    @Test
    void isFineWhereItFitsAndIsInMemory() throws Exception {
        archive = new ClassArchive(folder.resolve("lib/mapped")); // a name of its own: it stays in memory for the other tests
        make();
        System.setProperty(ClassArchive.PROPERTY, archive.file().toString());
        try (FileChannel file = FileChannel.open(archive.file())) {
            MappedByteBuffer memory = file.map(FileChannel.MapMode.READ_ONLY, 0, 4);
            assertThat(complaint()).isEmpty();
            assertThat(memory.get(0)).isEqualTo((byte) 'a'); // it was there till now
        }
    }

    @Test
    void isMissedWhereTheJvmHasNotTakenIt() throws Exception {
        make();
        System.setProperty(ClassArchive.PROPERTY, archive.file().toString());
        assertThat(complaint()).hasValue("the class archive " + archive.file() + " is broken or doesn't go with the options of A6RUNNER_JAVA_OPTS, and is left out,"
                + " so the start takes longer; a6runner prepare makes a new one");
    }

    @Test
    void isMissedWhereItHasBeenCutOff() throws Exception {
        make();
        Files.writeString(archive.file(), "abc");
        assertThat(complaint()).hasValue("the class archive " + archive.file() + " has 3 bytes instead of the 4 it was made with, so it is broken, and is left out,"
                + " so the start takes longer; a6runner prepare makes a new one");
    }

    @Test
    void isMissedWhereItIsOfAVersionThatDidNotWriteItsSizeDown() throws Exception {
        make();
        Files.writeString(archive.madeFor(), Files.readString(archive.madeFor()).replace("size 4\n", ""));
        assertThat(complaint().orElseThrow()).startsWith("the class archive " + archive.file() + " was made by a version that didn't write down its size, and");
    }

    @Test
    void isMissedInTheDataFolderThatTheEnvironmentNames() throws Exception {
        Path data = Files.createDirectory(folder.resolve("elsewhere"));
        ClassArchive there = ClassArchive.in(data);
        Files.writeString(there.file(), "abc");
        Files.writeString(there.madeFor(), ClassArchive.fingerprint(distribution, 4));
        assertThat(ClassArchive.complaint(distribution, Map.of("A6RUNNER_DATA_DIR", data.toString())).orElseThrow()).startsWith("the class archive " + there.file() + " has 3 bytes");
        assertThat(complaint()).isEmpty();
    }

    @Test
    void isMissedWhereAJarHasChangedSince() throws Exception {
        make();
        System.setProperty(ClassArchive.PROPERTY, archive.file().toString());
        Files.writeString(folder.resolve("lib/a.jar"), "b and more");
        assertThat(complaint().orElseThrow()).startsWith("the class archive " + archive.file() + " was made for other jars")
                .endsWith("a6runner prepare makes a new one");
    }

    @Test
    void isMissedWhereTheStartScriptLeftItOut() throws Exception {
        make();
        assertThat(complaint()).isPresent();
    }

    @Test
    void isMissedWhereThereIsOneForAnotherJava() throws Exception {
        Files.createFile(folder.resolve("lib/classes-11.0.1.jsa"));
        assertThat(complaint().orElseThrow())
                .startsWith("the class archive classes-11.0.1.jsa isn't for Java " + ClassArchive.build() + " and is left out");
    }

    @Test
    void isNotMissedWhereTheUsersOptionsDecide() throws Exception {
        make();
        System.setProperty(ClassArchive.PROPERTY, "none");
        assertThat(complaint()).isEmpty();
    }
}
