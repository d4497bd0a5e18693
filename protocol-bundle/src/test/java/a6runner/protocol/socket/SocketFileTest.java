// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class SocketFileTest {

    @TempDir
    private Path folder;

    private SocketFile file(String name) throws IOException {
        return new SocketFile("unix:" + folder.resolve(name), "0660");
    }

    private static ServerSocketChannel listen(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"0660, rw-rw----", "666, rw-rw-rw-", "0777, rwxrwxrwx", "0600, rw-------", "0124, --x-w-r--"})
    void thePublishedSocketHasTheMode(String mode, String permissions) throws IOException {
        SocketFile file = new SocketFile("unix:" + folder.resolve("s"), mode);
        try (ServerSocketChannel server = listen(file.temporary())) {
            file.publish();
            assertThat(server.isOpen()).isTrue();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("s")))).isEqualTo(permissions);
            assertThat(names()).containsExactly("s");
        }
    }

    @Test
    void publishingReplacesAStaleSocketInOneStep() throws IOException {
        try (ServerSocketChannel before = listen(folder.resolve("s"))) {
            assertThat(before.isOpen()).isTrue();
        }
        assertThat(names()).containsExactly("s");
        SocketFile file = file("s");
        assertThat(file.hasLiveOwner()).isFalse();
        try (ServerSocketChannel server = listen(file.temporary())) {
            Object stale = Files.getAttribute(folder.resolve("s"), "unix:ino", LinkOption.NOFOLLOW_LINKS);
            assertThat(Files.getAttribute(file.temporary(), "unix:ino")).isNotEqualTo(stale);
            Object own = Files.getAttribute(file.temporary(), "unix:ino");
            file.publish();
            assertThat(Files.getAttribute(folder.resolve("s"), "unix:ino")).isEqualTo(own);
            assertThat(server.isOpen()).isTrue();
            assertThat(file.hasLiveOwner()).isTrue();
            assertThat(names()).containsExactly("s");
        }
    }

    @Test
    void aSocketThatCanNotBePublishedLeavesNothingBehind() throws IOException {
        SocketFile file = file("s");
        try (ServerSocketChannel server = listen(file.temporary())) {
            Files.createDirectories(folder.resolve("s/in the way"));
            assertThatThrownBy(file::publish).isInstanceOf(IOException.class);
            assertThat(server.isOpen()).isTrue();
        }
        assertThat(names()).containsExactly("s");
    }

    @Test
    void twoServersOfOneAddressHaveDifferentTemporaryNames() throws IOException {
        assertThat(file("s").temporary()).hasParentRaw(folder).isNotEqualTo(file("s").temporary());
    }

    @Test
    void nobodyOwnsAnAddressWithoutASocket() throws IOException {
        assertThat(file("s").hasLiveOwner()).isFalse();
    }

    @Test
    void whoListensOwnsTheAddress() throws IOException {
        try (ServerSocketChannel server = listen(folder.resolve("s"))) {
            assertThat(server.isOpen()).isTrue();
            assertThat(file("s").hasLiveOwner()).isTrue();
        }
    }

    @Test
    void anOwnerWhoAcceptsNobodyAnyMoreDoesNotHoldUpItsSuccessor() throws IOException {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel stuck = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stuck.bind(UnixDomainSocketAddress.of(folder.resolve("s")), 1);
            while (connects(waiting)) {
                assertThat(waiting).hasSizeLessThan(100);
            }
            SocketFile file = file("s");
            assertThat(assertTimeoutPreemptively(Duration.ofSeconds(5), file::hasLiveOwner)).isTrue();
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    private boolean connects(List<SocketChannel> channels) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channels.add(channel);
        channel.configureBlocking(false);
        try {
            return channel.connect(UnixDomainSocketAddress.of(folder.resolve("s")));
        } catch (SocketException e) {
            return false; // the backlog is full
        }
    }

    // ---- addresses that can't be ----

    @ParameterizedTest
    @ValueSource(strings = {"", "unix:", "/run/a6.sock", "tcp:127.0.0.1:80"})
    void anAddressIsAUnixSocketWithAPath(String address) {
        assertThatThrownBy(() -> new SocketFile(address, "0660")).isInstanceOf(IOException.class)
                .hasMessage("listen.address: \"" + address + "\" (expected: unix:/path of a socket)");
    }

    @Test
    void aFolderThatIsMissingIsToBeMadeFirst() {
        assertThatThrownBy(() -> file("no/where")).isInstanceOf(IOException.class)
                .hasMessage("listen.address: the folder " + folder.resolve("no") + " of the socket does not exist; make it first");
    }

    @Test
    void aFileInTheWayIsNotTouched() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("s"), "precious");
        String message = "listen.address: " + folder.resolve("s") + " exists and is not a socket; move it away or choose another path";
        assertThatThrownBy(() -> file("s")).isInstanceOf(IOException.class).hasMessage(message);
        assertThat(folder.resolve("s")).hasContent("precious");

        Files.delete(folder.resolve("s"));
        Files.createDirectory(folder.resolve("s"));
        assertThatThrownBy(() -> file("s")).isInstanceOf(IOException.class).hasMessage(message);

        Files.delete(folder.resolve("s"));
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("s").toString()).start().waitFor()).isZero();
        assertThatThrownBy(() -> file("s")).isInstanceOf(IOException.class).hasMessage(message);

        Files.delete(folder.resolve("s"));
        Files.createSymbolicLink(folder.resolve("s"), folder.resolve("elsewhere"));
        assertThatThrownBy(() -> file("s")).isInstanceOf(IOException.class).hasMessage(message);
    }

    @Test
    void aPathMayHave107Bytes() throws IOException {
        int room = 107 - folder.toString().length() - 1;
        SocketFile longest = file("s".repeat(room));
        try (ServerSocketChannel server = listen(longest.temporary())) {
            longest.publish();
            assertThat(server.isOpen()).isTrue();
            assertThat(names()).containsExactly("s".repeat(room));
            assertThat(longest.hasLiveOwner()).isTrue();
        }
        assertThat(longest.hasLiveOwner()).as("though it can't be connected to").isFalse();
        try (ServerSocketChannel other = listen(folder.resolve("s".repeat(room)).resolveSibling("other"))) {
            assertThat(other.isOpen()).isTrue();
            assertThat(longest.hasLiveOwner()).isFalse();
        }
        assertThatThrownBy(() -> file("s".repeat(room + 1))).isInstanceOf(IOException.class)
                .hasMessage("listen.address: " + folder.resolve("s".repeat(room + 1)) + " is too long for a Unix socket by 1 bytes; choose a shorter path");
        assertThatThrownBy(() -> file("ü".repeat(room / 2 + 1))).isInstanceOf(IOException.class).hasMessageContaining("too long");
    }

    @Test
    void aFolderThatLeavesNoRoomForTheTemporaryNameIsTooLongToo() throws IOException {
        Path deep = folder.resolve("d".repeat(104 - folder.toString().length() - 1));
        Files.createDirectory(deep);
        assertThatThrownBy(() -> new SocketFile("unix:" + deep.resolve("s"), "0660")).isInstanceOf(IOException.class)
                .hasMessageContaining("too long for a Unix socket by ");
    }
}
