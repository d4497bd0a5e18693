// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ListenAddressTest {

    @TempDir
    private Path folder;

    private String check(String... words) {
        return check(Map.of(), words);
    }

    private String check(Map<String, String> environment, String... words) {
        return ListenAddress.check(ResolvedSettings.resolve(CommandLine.parse(words), environment, new Distribution(folder), folder), folder);
    }

    @Test
    void takesAnAbsolutePath() {
        assertThat(check("--address", "unix:" + folder.resolve("s"))).isEqualTo("unix:" + folder.resolve("s"));
    }

    @Test
    void makesARelativePathAbsolute() {
        assertThat(check("--address", "unix:s")).isEqualTo("unix:" + folder.resolve("s"));
        assertThat(check("--address", "unix:./s")).isEqualTo("unix:" + folder.resolve("s"));
    }

    @Test
    void takesThePathOfASocketThatIsThereAlready() throws IOException {
        Path path = folder.resolve("s");
        try (ServerSocketChannel before = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            before.bind(UnixDomainSocketAddress.of(path));
            assertThat(check("--address", "unix:s")).isEqualTo("unix:" + path);
        }
    }

    @Test
    void takesUpTo107Bytes() {
        int room = ListenAddress.MAX_PATH_BYTES - folder.toString().length() - 1;
        check("--address", "unix:" + "s".repeat(room));
        String tooLong = "s".repeat(room + 1);
        refuses("--address: the socket's path has 108 bytes (expected: at most 107): " + folder.resolve(tooLong), "--address", "unix:" + tooLong);
        // two bytes each
        String umlauts = "\u00fc".repeat(room / 2 + 1);
        assertThatThrownBy(() -> check("--address", "unix:" + umlauts)).hasMessageContaining(" bytes (expected: at most 107)");
    }

    @Test
    void saysHowToSetAMissingOne() {
        refuses("no address to listen on: say --address unix:/path, or set APISIX_LISTEN_ADDRESS, or listen.address in conf/a6runner.properties");
    }

    @Test
    void namesThePlaceOfAWrongOne() {
        assertThatThrownBy(() -> check(Map.of("APISIX_LISTEN_ADDRESS", "127.0.0.1:80")))
                .hasMessage("APISIX_LISTEN_ADDRESS: \"127.0.0.1:80\" (expected: unix:/path)");
        refuses("--address: \"/tmp/s\" (expected: unix:/path, did you mean unix:/tmp/s?)", "--address", "/tmp/s");
        refuses("--set: \"unix:\" (expected: unix:/path)", "--set", "listen.address=unix:");
    }

    @Test
    void wantsAFolderAndNothingButASocketAtThePath() throws IOException {
        refuses("--address: the socket's folder doesn't exist: " + folder.resolve("none"), "--address", "unix:none/s");
        Files.createFile(folder.resolve("file"));
        refuses("--address: there is a file at the socket's path: " + folder.resolve("file"), "--address", "unix:file");
        Files.createDirectory(folder.resolve("folder"));
        refuses("--address: there is a folder at the socket's path: " + folder.resolve("folder"), "--address", "unix:folder");
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("none"));
        refuses("--address: there is a link at the socket's path: " + folder.resolve("link"), "--address", "unix:link");
    }

    private void refuses(String message, String... words) {
        assertThatThrownBy(() -> check(words)).isInstanceOf(Refusal.class).hasMessage(message)
                .extracting(thrown -> ((Refusal) thrown).exitCode()).isEqualTo(2);
    }
}
