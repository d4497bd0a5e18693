// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.launcher.doctor.Finding.Severity;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who listens, asked on real sockets; DoctorIT asks a real runner. */
class ListenerCheckTest {

    private Path folder;
    private Path socket;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "a6doc"); // short enough for a socket, wherever temporary files of this JVM are
        socket = folder.resolve("s");
    }

    @AfterEach
    void removeFolder() throws IOException {
        Files.deleteIfExists(socket);
        Files.delete(folder);
    }

    private ServerSocketChannel listen(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    private Finding look() {
        List<Finding> findings = new ListenerCheck(socket).look();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    /** Answers every connection with a text, or takes it and says nothing. */
    private static Thread answering(ServerSocketChannel server, String text) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    SocketChannel channel = server.accept();
                    if (!text.isEmpty()) {
                        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                        channel.close();
                    }
                }
            } catch (IOException e) {
                return; // the test is over
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void saysThatWhatIsThereIsNoSocket() throws IOException {
        Files.createFile(socket);
        assertThat(look()).satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.FAULT)).satisfies(
                finding -> assertThat(finding.what()).contains("is no socket: no runner starts"));
    }

    @Test
    void knowsThatNobodyIsThere() {
        assertThat(look().severity()).isEqualTo(Severity.NOTE);
        assertThat(look().what()).contains("no runner listens at " + socket);
    }

    @Test
    void knowsASocketThatWasLeft() throws IOException {
        listen(socket).close(); // which leaves the file, as the death of a process does
        assertThat(Files.exists(socket)).isTrue();
        assertThat(look().what()).contains("nobody listens", "left of a runner that has ended");
    }

    @Test
    void namesTheForeignerWhoListens() throws Exception {
        ServerSocketChannel server = listen(socket);
        Thread thread = answering(server, "HTTP/1.1 400 Bad Request\r\n\r\n");
        try {
            Finding finding = look();
            assertThat(finding.severity()).isEqualTo(Severity.FAULT);
            assertThat(finding.what()).contains("no plugin runner", "pid " + ProcessHandle.current().pid(), "user " + System.getProperty("user.name"), "java");
        } finally {
            server.close();
            thread.join();
        }
    }

    @Test
    void doesNotWaitForEverForWhoSaysNothing() throws Exception {
        ServerSocketChannel server = listen(socket);
        Thread thread = answering(server, "");
        try {
            assertThat(A6Probe.ask(socket)).isEqualTo(A6Probe.Answer.SILENT);
        } finally {
            server.close();
            thread.join();
        }
    }

    @Test
    void findsAListenerThatHasRenamedItsSocket() throws IOException {
        Path bound = folder.resolve(".a6rtest");
        try (ServerSocketChannel server = listen(bound)) {
            Files.move(bound, socket);
            assertThat(server.isOpen()).isTrue();
            assertThat(Listeners.of(socket)).extracting(Listeners.Listener::pid).containsExactly(ProcessHandle.current().pid());
        }
    }
}
