// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Await;
import a6runner.testkit.wire.Frame;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A connection of one file descriptor, for clients by the thousand and such as don't behave. It never waits unless it says so. */
final class RawConnection implements AutoCloseable {

    private static final int LOOKS = 10_000;

    private final SocketChannel channel;

    RawConnection(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
    }

    /** Writes as much as fits; how much that was. */
    int write(ByteBuffer bytes) throws IOException {
        return channel.write(bytes);
    }

    /** Writes all, waiting for the runner to take it. */
    void writeAll(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Await.until("the runner to take " + bytes.length + " bytes", () -> {
            channel.write(buffer);
            return !buffer.hasRemaining();
        });
    }

    /** Fills the buffer, waiting for what is still to come. */
    private void readAll(ByteBuffer buffer) throws IOException {
        // Most often it comes at once, and thousands of looks at intervals would take a minute.
        for (int look = 0; look < LOOKS && buffer.hasRemaining() && channel.read(buffer) == 0; look++) {
            Thread.yield();
        }
        Await.until("the runner to send " + buffer.remaining() + " bytes", () -> {
            int count = 1;
            while (buffer.hasRemaining() && count > 0) {
                count = channel.read(buffer);
            }
            if (count < 0) {
                throw new IOException("the runner has closed");
            }
            return !buffer.hasRemaining();
        });
    }

    /** The next frame, waiting for it. */
    Frame readFrame() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_LENGTH);
        readAll(header);
        ByteBuffer payload = ByteBuffer.allocate(Frame.announcedLength(header.array()));
        readAll(payload);
        return new Frame(header.get(0) & 0xFF, payload.array());
    }

    /** Whether it is open and nothing has come. */
    boolean isSilent() {
        try {
            return channel.read(ByteBuffer.allocate(1)) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the runner has closed it; takes a byte if there is one. */
    boolean isClosed() {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
