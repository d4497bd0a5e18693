// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Unix socket with frames on it, where every wait has a deadline. One thread at a time. */
final class FrameChannel implements AutoCloseable {

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    /** What has been read and not yet been taken, between position and limit. */
    private ByteBuffer received = ByteBuffer.allocate(64 * 1024).limit(0);

    FrameChannel(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                // APISIX's connect fails at once too when nobody accepts (APISIX.md §1).
                throw new ConnectException("The listen backlog of " + socket + " is full.");
            }
            selector = Selector.open();
            key = channel.register(selector, 0);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    void write(byte[] bytes, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0 && !awaitReady(SelectionKey.OP_WRITE, deadline)) {
                throw new SocketTimeoutException(
                        "The runner took only " + buffer.position() + " of " + bytes.length + " bytes within " + timeout.toMillis() + " ms.");
            }
        }
    }

    /** The next frame; empty if the connection ends before one begins. */
    Optional<Frame> read(Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (!fill(Frame.HEADER_LENGTH, deadline, timeout)) {
            return Optional.empty();
        }
        byte[] header = new byte[Frame.HEADER_LENGTH];
        received.get(header);
        byte[] payload = new byte[Frame.announcedLength(header)];
        if (!fill(payload.length, deadline, timeout)) {
            throw new EOFException("The connection ended before a frame of type " + FrameType.name(header[0] & 0xFF) + " with " + payload.length
                    + " bytes of payload had begun its payload.");
        }
        received.get(payload);
        return Optional.of(new Frame(header[0] & 0xFF, payload));
    }

    /** How many bytes can be taken, waiting up to the deadline for the first; -1 if the connection has ended. */
    int available(Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!received.hasRemaining()) {
            int count = readSome();
            if (count < 0) {
                return -1;
            }
            if (count == 0 && !awaitReady(SelectionKey.OP_READ, deadline)) {
                return 0;
            }
        }
        return received.remaining();
    }

    /** What can be taken without waiting, without taking it. */
    byte[] peek() {
        byte[] bytes = new byte[received.remaining()];
        received.duplicate().get(bytes);
        return bytes;
    }

    /** Says that nothing more will be written, and still reads. */
    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    /** Waits until so many bytes can be taken; false if the connection ends before the first. */
    private boolean fill(int length, long deadline, Duration timeout) throws IOException {
        reserve(length);
        while (received.remaining() < length) {
            int count = readSome();
            if (count < 0) {
                if (received.hasRemaining()) {
                    throw new EOFException("The connection ended in the midst of a frame: " + received.remaining() + " of " + length + " bytes.");
                }
                return false;
            }
            if (count == 0 && !awaitReady(SelectionKey.OP_READ, deadline)) {
                throw new SocketTimeoutException("The runner sent " + received.remaining() + " of " + length + " expected bytes within "
                        + timeout.toMillis() + " ms.");
            }
        }
        return true;
    }

    private void reserve(int length) {
        if (received.capacity() < length) {
            received = ByteBuffer.allocate(length).put(received).flip();
        }
    }

    private int readSome() throws IOException {
        received.compact();
        try {
            return received.hasRemaining() ? channel.read(received) : 0;
        } finally {
            received.flip();
        }
    }

    private boolean awaitReady(int operation, long deadline) throws IOException {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
            return false;
        }
        key.interestOps(operation);
        selector.selectedKeys().clear();
        return selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos))) > 0 || System.nanoTime() < deadline;
    }
}
