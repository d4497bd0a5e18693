// SPDX-License-Identifier: Apache-2.0
package a6runner.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * What client and server of the shell say to each other: lines of UTF-8, words parted by spaces; a line that ends with a length is followed by so many bytes.
 *
 * <pre>
 * client   exec COMMAND              runs one command line of Gogo
 *          tty TYPE COLUMNS LINES    or opens a session for a terminal of this type and size
 *          health [--live] [--json]  or asks whether the runner is well; one of these three comes first, once
 *          in LENGTH                 bytes that were typed (tty)
 *          size COLUMNS LINES        the terminal's new size (tty)
 * server   out LENGTH                bytes for stdout
 *          err LENGTH                bytes for stderr
 *          exit CODE                 the end; the connection is closed
 * </pre>
 *
 * <p>A client that closes the connection interrupts what it has started. One thread reads, any may send. A thread of its own writes: commands are ended by
 * interrupts, and a channel closes when a thread that works on it is interrupted.
 */
public final class Messages {

    private static final int MAX_LINE = 64_000;
    private static final int MAX_BYTES = 1_000_000;
    private static final int QUEUED = 16;
    private static final long FINISH_MILLIS = 2_000;
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final ByteBuffer received = ByteBuffer.allocate(8_192).flip();
    private final BlockingQueue<ByteBuffer> outgoing = new ArrayBlockingQueue<>(QUEUED);
    private Thread writer; // guarded by this; null until the first message
    private volatile boolean ended; // the last message is on its way

    Messages(SocketChannel channel) {
        this.channel = channel;
    }

    /** The next line, or null at the end of the stream. */
    String readLine() throws IOException {
        byte[] line = new byte[256];
        int length = 0;
        while (fill()) {
            byte next = received.get();
            if (next == '\n') {
                return new String(line, 0, length, StandardCharsets.UTF_8);
            }
            if (length == MAX_LINE) {
                throw new IOException("a line of over " + MAX_LINE + " bytes");
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, 2 * length);
            }
            line[length++] = next;
        }
        return null;
    }

    /** The bytes that a line has announced. */
    byte[] readBytes(int length) throws IOException {
        if (length < 0 || length > MAX_BYTES) {
            throw new IOException(length + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;) {
            if (!fill()) {
                throw new IOException("the stream ends within a message");
            }
            int part = Math.min(received.remaining(), length - at);
            received.get(bytes, at, part);
            at += part;
        }
        return bytes;
    }

    private boolean fill() throws IOException {
        while (!received.hasRemaining()) {
            received.clear();
            int read = channel.read(received);
            received.flip();
            if (read < 0) {
                return false;
            }
        }
        return true;
    }

    /** A stream whose bytes go to the client's stdout. Each write is a message, so give it a buffer. Closing it does nothing. */
    public OutputStream out() {
        return stream("out");
    }

    /** The same for the client's stderr. */
    public OutputStream err() {
        return stream("err");
    }

    private OutputStream stream(String word) {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (length > 0) {
                    send(word + " " + length, bytes, offset, length);
                }
            }
        };
    }

    /** Sends the last message; the connection is closed once all is written. */
    void exit(int code) throws IOException {
        send("exit " + code, new byte[0], 0, 0);
        put(END);
        ended = true;
    }

    /** Closes the connection, after what was sent is written if the last message is on its way. Waits a moment for that. */
    void finish() {
        Thread writing;
        synchronized (this) {
            writing = writer;
        }
        if (ended && writing != null) {
            try {
                writing.join(FINISH_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        close();
    }

    private void send(String line, byte[] bytes, int offset, int length) throws IOException {
        byte[] head = (line + "\n").getBytes(StandardCharsets.UTF_8);
        put(ByteBuffer.allocate(head.length + length).put(head).put(bytes, offset, length).flip());
    }

    /** Waits while the client doesn't read; an interrupt ends that. */
    private void put(ByteBuffer message) throws IOException {
        startWriter();
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
        if (outgoing.offer(message)) { // also on a thread that was interrupted: what it has to say last is to be read
            return;
        }
        try {
            outgoing.put(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the client doesn't read");
        }
    }

    private synchronized void startWriter() {
        if (writer == null) {
            writer = new Thread(this::write, "a6runner-shell-writer");
            writer.setDaemon(true);
            writer.start();
        }
    }

    private void write() {
        try {
            for (ByteBuffer message = outgoing.take(); message != END; message = outgoing.take()) {
                while (message.hasRemaining()) {
                    channel.write(message);
                }
            }
        } catch (IOException | InterruptedException e) {
            outgoing.clear(); // lets go who waits to send
        }
        close();
        outgoing.clear();
    }

    /** Closes the connection at once; whoever reads or sends gets an exception. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // then it is as good as closed
        }
        synchronized (this) {
            if (writer != null) {
                writer.interrupt();
            }
        }
    }
}
