// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LeftoversTest {

    @TempDir
    private Path folder;

    /** A socket at which nobody listens any more: closing it leaves the file. */
    private Path left(String name) throws IOException {
        Path file = folder.resolve(name);
        listen(file).close();
        return file;
    }

    private static ServerSocketChannel listen(Path file) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
    }

    private void sweep() {
        Leftovers.sweep(folder.resolve("s"), Instant.now().plus(Duration.ofHours(1)));
    }

    @Test
    void whatAKilledRunnerLeftGoes() throws IOException {
        Path file = left(".a6rx");
        Leftovers.sweep(folder.resolve("s"), Instant.now());
        assertThat(file).as("it may have been bound just now").exists();
        sweep();
        assertThat(file).doesNotExist();
    }

    @Test
    void aSocketOfAProcessThatLivesStays() throws IOException {
        Path file = folder.resolve(".a6rx");
        try (ServerSocketChannel server = listen(file)) {
            sweep();
            assertThat(server.isOpen()).isTrue();
            assertThat(file).exists();
        }
    }

    @Test
    void whatIsNotOursStays() throws IOException {
        left("s");
        left(".a6cx");
        Files.createFile(folder.resolve(".a6ry"));
        Files.createSymbolicLink(folder.resolve(".a6rz"), left("t"));
        sweep();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("s", "t", ".a6cx", ".a6ry", ".a6rz");
    }

    @Test
    void anotherUsersStays() throws IOException {
        Path file = left(".a6rx");
        Assumptions.assumeTrue((int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) == 0, "only root gives a file away");
        Files.setAttribute(file, "unix:uid", 4711, LinkOption.NOFOLLOW_LINKS);
        sweep();
        assertThat(file).exists();
    }
}
