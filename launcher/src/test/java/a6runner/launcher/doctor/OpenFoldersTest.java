// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.launcher.doctor.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class OpenFoldersTest {

    @TempDir
    private Path temporary;
    private Path above;
    private Path thing;

    @BeforeEach
    void makeFolders() throws IOException {
        above = Files.createDirectory(temporary.toRealPath().resolve("above"));
        thing = Files.createDirectory(above.resolve("thing"));
    }

    private static void mode(Path path, String octal) throws IOException {
        Files.setAttribute(path, "unix:mode", Integer.parseInt(octal, 8));
    }

    private List<Finding> closed() {
        return new OpenFolders().closed(thing, "do harm").wrong();
    }

    @ParameterizedTest
    @CsvSource({"0755, 0755", "0775, 0775", "0700, 1777", "0770, 0711"})
    void findsNothingWhereNobodyElseMayWrite(String ofThing, String ofFolder) throws IOException {
        mode(thing, ofThing);
        mode(above, ofFolder);
        assertThat(closed()).isEmpty();
        assertThat(new OpenFolders().closed(thing, "do harm").look()).containsExactly(Finding.ok("folders", "nobody else may change " + thing));
    }

    @ParameterizedTest
    @CsvSource({"0777", "0757", "0702", "1777"})
    void findsWhatAnybodyMayWriteTo(String ofThing) throws IOException {
        mode(thing, ofThing);
        assertThat(closed()).containsExactly(Finding.fault("folders", "anybody may do harm: " + thing + " is writable for all", "chmod o-w " + thing));
    }

    @Test
    void findsWhatAnybodyMayReplace() throws IOException {
        mode(above, "0777");
        assertThat(closed()).containsExactly(Finding.fault("folders", "anybody may do harm: " + above + ", above " + thing + ", is writable for all", "chmod o-w " + above));
    }

    @Test
    void followsALinkToWhereItLeads() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), thing);
        mode(above, "0777");
        assertThat(new OpenFolders().closed(link, "do harm").wrong()).hasSize(1);
    }

    @Test
    void findsALinkThatAnybodyMayReplace() throws IOException {
        Path open = Files.createDirectory(temporary.toRealPath().resolve("open"));
        Path link = Files.createSymbolicLink(open.resolve("link"), thing);
        Path further = Files.createSymbolicLink(above.resolve("further"), Path.of("../open/link"));
        mode(open, "0777");
        assertThat(new OpenFolders().closed(link, "do harm").wrong()).containsExactly(
                Finding.fault("folders", "anybody may do harm: " + open + ", above " + link + ", is writable for all", "chmod o-w " + open));
        assertThat(new OpenFolders().closed(link.resolve("in"), "do harm").wrong()).hasSize(1);
        assertThat(new OpenFolders().closed(further, "do harm").wrong()).containsExactly(Finding.fault("folders",
                "anybody may do harm: " + open + ", with the link " + link + " on the way to " + further + ", is writable for all", "chmod o-w " + open));
    }

    @Test
    void trustsALinkInAStickyFolderByItsOwner() throws IOException {
        Path open = Files.createDirectory(temporary.toRealPath().resolve("open"));
        Path link = Files.createSymbolicLink(open.resolve("link"), thing);
        mode(open, "1777");
        assertThat(new OpenFolders().closed(link, "do harm").wrong()).as("ours").isEmpty();
        Assumptions.assumeTrue((int) Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS) == 0, "only root gives a link away");
        Files.setAttribute(link, "unix:uid", 4711, LinkOption.NOFOLLOW_LINKS);
        assertThat(new OpenFolders().closed(link, "do harm").wrong()).extracting(Finding::what)
                .containsExactly("the owner of the link " + link + ", user id 4711, may do harm: " + open + " is writable for all");
    }

    @Test
    void goesNoFurtherInACircleOfLinks() throws IOException {
        Files.createSymbolicLink(above.resolve("a"), Path.of("b"));
        Path link = Files.createSymbolicLink(above.resolve("b"), Path.of("a"));
        assertThat(new OpenFolders().closed(link, "do harm").wrong()).isEmpty();
    }

    @Test
    void warnsOfWhatIsDoubtedAndOfOneMendOnce() throws IOException {
        Path file = Files.createFile(thing.resolve("file"));
        mode(above, "0777");
        mode(file, "0666");
        OpenFolders folders = new OpenFolders().closed(thing, "do harm").doubted(thing, "do more").doubted(file, "do more");
        assertThat(folders.wrong()).containsExactly(
                Finding.fault("folders", "anybody may do harm: " + above + ", above " + thing + ", is writable for all", "chmod o-w " + above),
                Finding.warning("folders", "anybody may do more: " + file + " is writable for all", "chmod o-w " + file));
    }

    @Test
    void takesWhatIsNotThereForFine() {
        thing = thing.resolve("nothing");
        assertThat(closed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0755, 0", "1777, 0", "0777, 1"})
    void warnsOfASocketsFolderWhereAnybodyMayReplaceIt(String ofFolder, int warnings) throws IOException {
        mode(thing, ofFolder);
        assertThat(new OpenFolders().place(thing).wrong()).hasSize(warnings).allMatch(finding -> finding.severity() == Severity.WARNING);
    }
}
