// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.History.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class HistoryTest {

    @TempDir
    Path folder;
    private History history;

    @BeforeEach
    void open() {
        history = new History(folder.resolve("own"), 3);
    }

    /** A content whose hash is one letter over and over. */
    private static Entry entry(char letter, boolean served) {
        return new Entry(Instant.parse("2026-11-25T10:00:00Z"), "1.0." + (int) letter, hash(letter), "f.jar", served, served ? "served" : "refused: for\ta\nreason");
    }

    private static String hash(char letter) {
        return String.valueOf(letter).repeat(64);
    }

    private void served(char letter, char before) throws IOException {
        history.served("test.name", entry(letter, true), before == ' ' ? "" : hash(before), false);
    }

    private String letters() throws IOException {
        StringBuilder letters = new StringBuilder();
        history.of("test.name").forEach(entry -> letters.append(entry.sha256().charAt(0)));
        return letters.toString();
    }

    private char before(char serving) throws IOException {
        return History.before(history.of("test.name"), hash(serving)).map(entry -> entry.sha256().charAt(0)).orElse(' ');
    }

    @Test
    void isEmptyAtFirst() throws IOException {
        assertThat(history.of("test.name")).isEmpty();
        assertThat(history.names()).isEmpty();
        assertThat(history.contents()).isEmpty();
        assertThat(History.before(List.of(), hash('a'))).isEmpty();
    }

    @Test
    void keepsAllThatIsKnownOfAContentOverARestart() throws IOException {
        history.ended("test.name", entry('a', false), "");
        Entry read = new History(folder.resolve("own"), 3).of("test.name").get(0);
        assertThat(read).isEqualTo(new Entry(Instant.parse("2026-11-25T10:00:00Z"), "1.0.97", hash('a'), "f.jar", false, "refused: for a reason"));
        assertThat(history.names()).containsExactly("test.name");
        assertThat(history.contents()).containsExactly(hash('a'));
    }

    @Test
    void passesOverWhatIsNoEntry() throws IOException {
        served('a', ' ');
        Path file = folder.resolve("own/test.name.history");
        byte[] entry = Files.readAllBytes(file);
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, '\t', '\n'});
        Files.write(file, entry, StandardOpenOption.APPEND);
        assertThat(letters()).isEqualTo("a");
        served('b', 'a');
        assertThat(letters()).isEqualTo("ab");
        assertThat(Files.readString(file)).as("what was no entry has gone").hasLineCount(2);
    }

    @Test
    void goesBackStepByStepAndOnFromThere() throws IOException {
        served('a', ' ');
        served('b', 'a');
        served('c', 'b');
        assertThat(before('c')).isEqualTo('b');
        history.served("test.name", entry('b', true), hash('c'), true);
        assertThat(letters()).as("what was called back stays where it was").isEqualTo("abc");
        assertThat(before('b')).isEqualTo('a');
        served('d', 'b');
        assertThat(before('d')).as("what served before it").isEqualTo('b');
    }

    @Test
    void aFilePutBackByHandIsTheLatest() throws IOException {
        served('a', ' ');
        served('b', 'a');
        served('a', 'b');
        assertThat(letters()).isEqualTo("ba");
        assertThat(before('a')).isEqualTo('b');
    }

    @Test
    void aStartChangesNothing() throws IOException {
        served('a', ' ');
        served('b', 'a');
        history.served("test.name", entry('a', true), hash('b'), true);
        served('a', ' ');
        assertThat(letters()).isEqualTo("ab");
    }

    @Test
    void whatWasRefusedIsNoPlaceToGoBackToAndTakesNoOnesPlace() throws IOException {
        served('a', ' ');
        served('b', 'a');
        for (char letter = '1'; letter <= '6'; letter++) {
            history.ended("test.name", entry(letter, false), hash('b'));
        }
        assertThat(letters()).as("the last three").isEqualTo("ab456");
        served('c', 'b');
        assertThat(before('c')).isEqualTo('b');
    }

    @Test
    void keepsSoManyThatServedAndWhatServesNow() throws IOException {
        served('a', ' ');
        served('b', 'a');
        served('c', 'b');
        history.served("test.name", entry('a', true), hash('c'), true);
        history.ended("test.name", entry('1', false), hash('a'));
        served('d', 'a');
        assertThat(letters()).isEqualTo("c1ad");
        served('e', 'd');
        assertThat(letters()).isEqualTo("1ade");
    }

    @Test
    void whatOnceServedHasServedThoughItIsRefusedLater() throws IOException {
        served('a', ' ');
        served('b', 'a');
        history.ended("test.name", entry('a', false), hash('b'));
        assertThat(history.of("test.name").get(0)).returns(true, Entry::served).returns("refused: for a reason", Entry::outcome);
    }

    @Test
    void aNameThatIsNoFileNameLeadsNowhereElse() throws IOException {
        history.ended("../up", entry('a', false), "");
        assertThat(history.names()).containsExactly("../up");
        assertThat(folder.resolve("own").toFile().list()).allMatch(name -> name.startsWith(".") || name.endsWith(".history")).hasSize(2);
    }
}
