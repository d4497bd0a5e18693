// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What confs named is known after a restart, until the start is over. */
class NamedPluginsTest {

    @TempDir
    Path dir;

    @Test
    void remembersWhatConfsNamed() {
        Path file = dir.resolve("own/named");
        NamedPlugins first = new NamedPlugins(file);
        assertThat(first.before()).isEmpty();
        first.write(Set.of("one", "two and more", "", "a\nb"));
        NamedPlugins second = new NamedPlugins(file);
        assertThat(second.before()).containsExactlyInAnyOrder("one", "two and more");
        second.forget();
        assertThat(second.before()).isEmpty();
        second.write(Set.of());
        assertThat(new NamedPlugins(file).before()).as("no conf has come in the second life").containsExactlyInAnyOrder("one", "two and more");
    }

    @Test
    void whatCantBeReadIsAsIfThereWereNothing() throws IOException {
        Path file = dir.resolve("named");
        Files.write(file, new byte[] {(byte) 0xff, '\n', '\n', '\n'});
        assertThat(new NamedPlugins(file).before()).isEmpty();
        Files.writeString(file, "one\n\none\n\n");
        new NamedPlugins(file).write(Set.of("two"));
        assertThat(Files.readString(file)).isEqualTo("two\n");
        assertThat(new NamedPlugins(dir).before()).as("a folder").isEmpty();
    }
}
