// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A connection to a runner's shell, as {@code a6runner.shell.Messages} describes it. One thread listens, others may say something meanwhile; a stream on top of
 * the channel would have them wait for each other.
 */
final class ShellConnection implements AutoCloseable {

    private final SocketChannel channel;
    private final ByteBuffer received = ByteBuffer.allocate(65_536).flip();

    private ShellConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Connects.
     *
     * @throws ShellClient.NoRunner if nobody listens there, or we may not open it
     */
    static ShellConnection open(Path socket) throws IOException {
        try {
            return new ShellConnection(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        } catch (ConnectException e) {
            throw new ShellClient.NoRunner("no runner listens at " + socket + " any more");
        } catch (IOException e) {
            throw new ShellClient.NoRunner("the shell at " + socket + " can't be opened as " + Folders.user() + ": " + e.getMessage());
        }
    }

    /** Whether somebody listens there, or may: one that we may not open counts. */
    static boolean isListening(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Sends a line. */
    void say(String line) throws IOException {
        say(line, new byte[0], 0);
    }

    /** Sends a line and the bytes that belong to it. */
    synchronized void say(String line, byte[] bytes, int length) throws IOException {
        byte[] head = (line + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocate(head.length + length).put(head).put(bytes, 0, length).flip();
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    /**
     * Passes on what the shell says, up to its exit code, which is returned.
     *
     * @throws IOException if the connection ends before
     */
    int listen(OutputStream out, OutputStream err) throws IOException {
        while (true) {
            String[] words = line().split(" ");
            int number = Integer.parseInt(words[1]);
            switch (words[0]) {
                case "out" -> pass(number, out);
                case "err" -> pass(number, err);
                case "exit" -> {
                    return number;
                }
                default -> throw new IOException("the shell said \"" + words[0] + "\" (expected: out, err or exit); is it a runner of another version?");
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (fill(); received.get(received.position()) != '\n'; fill()) {
            line.append((char) received.get());
        }
        received.get();
        if (!line.toString().matches("[a-z]+ \\d{1,9}")) {
            throw new IOException("the shell said \"" + line + "\" (expected: a word and a number); is it a runner of another version?");
        }
        return line.toString();
    }

    private void pass(int length, OutputStream to) throws IOException {
        for (int left = length; left > 0;) {
            fill();
            int part = Math.min(left, received.remaining());
            to.write(received.array(), received.position(), part);
            received.position(received.position() + part);
            left -= part;
        }
        to.flush();
    }

    private void fill() throws IOException {
        while (!received.hasRemaining()) {
            received.clear();
            int read;
            try {
                read = channel.read(received);
            } finally {
                received.flip();
            }
            if (read < 0) {
                throw new IOException("the runner has gone");
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // then it is as good as closed
        }
    }
}
