// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What is known of contents after a restart. */
class KnownOffersTest {

    @TempDir
    Path dir;
    private Path file;
    private KnownOffers offers;

    @BeforeEach
    void open() {
        file = dir.resolve("own/offers");
        offers = new KnownOffers(null, file);
    }

    private static Content content(String hash) {
        return new Content("a.jar", 0, hash, null, null, List.of());
    }

    @Test
    void remembersWhatWasWritten() {
        offers.put("aa", List.of("one", "two and more"));
        offers.put("bb", List.of());
        offers.write();
        KnownOffers later = new KnownOffers(null, file);
        assertThat(later.of(content("aa"))).containsExactly("one", "two and more");
        assertThat(later.of(content("bb"))).isEmpty();
        assertThat(later.of(content("cc"))).as("never seen").isNull();
    }

    @Test
    void whatWasPreparedIsKnownBeforeTheFirstStart() throws IOException {
        Path prepared = Files.writeString(dir.resolve("prepared"), "aa\tone\nbb\ttwo\n");
        offers = new KnownOffers(prepared, file);
        assertThat(offers.of(content("aa"))).containsExactly("one");
        offers.put("bb", List.of("another"));
        offers.write();
        assertThat(new KnownOffers(prepared, file).of(content("bb"))).as("what has served here counts more").containsExactly("another");
        assertThat(prepared).hasContent("aa\tone\nbb\ttwo\n");
    }

    @Test
    void forgetsAllButWhatIsRetained() {
        offers.put("aa", List.of("one"));
        offers.put("bb", List.of("two"));
        offers.retain(Set.of("bb"));
        offers.write();
        assertThat(new KnownOffers(null, file).of(content("aa"))).isNull();
        assertThat(new KnownOffers(null, file).of(content("bb"))).containsExactly("two");
    }

    @Test
    void aNameThatFitsNoLineIsNotRemembered() {
        offers.put("aa", List.of("one\ntwo"));
        offers.put("bb", List.of("a\tb"));
        offers.put("cc", List.of("three"));
        offers.write();
        KnownOffers later = new KnownOffers(null, file);
        assertThat(later.of(content("aa"))).isNull();
        assertThat(later.of(content("bb"))).isNull();
        assertThat(later.of(content("cc"))).containsExactly("three");
    }

    @Test
    void linesOfNobodysDoNoHarm() throws IOException {
        offers.put("aa", List.of("one"));
        offers.write();
        Files.writeString(file, "\t\t\n\n\t\nno tab\nbb\t\n" + Files.readString(file));
        assertThat(new KnownOffers(null, file).of(content("aa"))).containsExactly("one");
    }

    @Test
    void afterAFileThatCannotBeReadNothingIsKnown() throws IOException {
        Files.createDirectories(file);
        KnownOffers later = new KnownOffers(null, file);
        assertThat(later.of(content("aa"))).isNull();
        later.put("aa", List.of("one"));
        later.write();
        assertThat(later.of(content("aa"))).containsExactly("one");
    }
}
