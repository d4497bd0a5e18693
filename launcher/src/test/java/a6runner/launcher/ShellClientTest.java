// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How {@code a6runner shell} finds the runner that is meant, and what it makes of the words behind it. */
class ShellClientTest {

    private Path home;

    @BeforeEach
    void makeHome() throws Exception {
        home = Files.createTempDirectory(Path.of("/tmp"), "a6t"); // whose path is short enough for a socket's
        Files.createDirectory(home.resolve("data"));
    }

    @AfterEach
    void removeHome() {
        FrameworkCache.delete(home);
    }

    private ServerSocketChannel listen(Path path) throws Exception {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    private Path find(String... options) throws Exception {
        String[] words = new String[options.length + 1];
        words[0] = "shell";
        System.arraycopy(options, 0, words, 1, options.length);
        return ShellClient.find(new Distribution(home), CommandLine.parse(words), Map.of(), home);
    }

    /** Where a runner with this address opens its shell. */
    private Path socket(String address) {
        ResolvedSettings settings = ResolvedSettings.resolve(CommandLine.parse("run"), Map.of(), new Distribution(home), home);
        return Path.of(ShellAddress.of(settings, address, home.resolve("data"), home).substring(ListenAddress.SCHEME.length()));
    }

    @Test
    void findsTheOnlyRunnerOfTheDataFolder() throws Exception {
        Files.createFile(home.resolve("data").resolve("shell.history"));
        listen(socket("unix:/dead")).close(); // its file is left
        try (ServerSocketChannel live = listen(socket("unix:/run/a6.sock"))) {
            assertThat(live.isOpen()).isTrue();
            assertThat(find()).isEqualTo(socket("unix:/run/a6.sock"));
        }
    }

    @Test
    void findsOneOfSeveralByItsAddress() throws Exception {
        try (ServerSocketChannel one = listen(socket("unix:/one")); ServerSocketChannel two = listen(socket("unix:/two"))) {
            assertThat(one.isOpen() && two.isOpen()).isTrue();
            assertThat(find("--address", "unix:/two")).isEqualTo(socket("unix:/two"));
            assertThatThrownBy(this::find).isInstanceOf(Refusal.class).hasMessageContaining("several runners, say which by --address");
        }
    }

    @Test
    void findsTheOneWhoseShellIsSomewhereElse() throws Exception {
        try (ServerSocketChannel live = listen(home.resolve("own"))) {
            assertThat(live.isOpen()).isTrue();
            assertThat(find("--set", "shell.address=unix:" + home.resolve("own"))).isEqualTo(home.resolve("own"));
        }
    }

    @Test
    void saysWhereItLookedWhenThereIsNone() {
        assertThatThrownBy(this::find).isInstanceOf(ShellClient.NoRunner.class).hasMessageContaining(home.resolve("data").toString());
        assertThatThrownBy(() -> find("--address", "unix:/x")).isInstanceOf(ShellClient.NoRunner.class).hasMessageContaining("for unix:/x");
        assertThatThrownBy(() -> find("--set", "shell.address=off")).isInstanceOf(ShellClient.NoRunner.class).hasMessageContaining("off");
    }

    @Test
    void takesOneWordForACommandLineAndSeveralForWords() {
        assertThat(ShellClient.commandLine(List.of("lb | grep a6"))).isEqualTo("lb | grep a6");
        assertThat(ShellClient.commandLine(List.of("why", "add-header"))).isEqualTo("why add-header");
        assertThat(ShellClient.commandLine(List.of("why", "my plugin", "it's", "a|b"))).isEqualTo("why 'my plugin' \"it's\" 'a|b'");
    }
}
