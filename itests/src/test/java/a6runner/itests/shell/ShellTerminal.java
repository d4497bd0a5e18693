// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.shell;

import a6runner.itests.Await;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** A client of the shell with a terminal of its own: types, and sees what is shown. */
final class ShellTerminal implements AutoCloseable {

    static final String UP = "\u001bOA";
    static final String CTRL_C = "\u0003";
    static final String CTRL_D = "\u0004";

    private final SocketChannel channel;
    private final StringBuffer shown = new StringBuffer();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    private ShellTerminal(SocketChannel channel) {
        this.channel = channel;
    }

    static ShellTerminal open(Path socket) throws IOException {
        ShellTerminal terminal = new ShellTerminal(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        Thread reader = new Thread(terminal::read, "shell's output");
        reader.setDaemon(true);
        reader.start();
        terminal.send("tty xterm 80 24", "");
        terminal.await("a6> ");
        return terminal;
    }

    private void read() {
        try {
            while (true) {
                String[] words = line().split(" ");
                if (words[0].equals("exit")) {
                    exit.complete(Integer.parseInt(words[1]));
                    return;
                }
                shown.append(new String(bytes(Integer.parseInt(words[1])), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            exit.completeExceptionally(e);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte next = bytes(1)[0]; next != '\n'; next = bytes(1)[0]) {
            line.append((char) next);
        }
        return line.toString();
    }

    private byte[] bytes(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the shell closed the connection without an exit code");
            }
        }
        return buffer.array();
    }

    private void send(String line, String bytes) {
        try {
            ByteBuffer message = ByteBuffer.wrap((line + "\n" + bytes).getBytes(StandardCharsets.UTF_8));
            while (message.hasRemaining()) {
                channel.write(message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void type(String keys) {
        send("in " + keys.getBytes(StandardCharsets.UTF_8).length, keys);
    }

    void resize(int columns, int lines) {
        send("size " + columns + " " + lines, "");
    }

    /** Forgets what was shown so far. */
    void clear() {
        shown.setLength(0);
    }

    /** Waits until this is shown, colours left out. */
    void await(String text) {
        Await.within(Await.DEADLINE, () -> text + " in: " + shown(), () -> shown().contains(text));
    }

    String shown() {
        return shown.toString().replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]|\u001b[=>]", "");
    }

    int awaitExit() throws Exception {
        return exit.get(Await.DEADLINE.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    /** Goes away without a word. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
