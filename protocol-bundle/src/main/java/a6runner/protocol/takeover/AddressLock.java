// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Held from the look at who serves an address until the address is taken: of two runners that start at once, the second finds the first there. A file
 * beside the address, locked by the kernel, and gone when it is let go.
 */
public final class AddressLock implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(AddressLock.class);
    private static final long LOOK_MILLIS = 5;
    private static final int MOST_BYTES = 1 << 20; // of a file of which one is written
    private static final AddressLock NONE = new AddressLock(null, null);

    private final Path path;
    private final FileChannel channel;

    private AddressLock(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Waits for it, so long and no longer; without it, the address is taken all the same. Blocks. */
    public static AddressLock acquire(Path address, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            do {
                Optional<AddressLock> lock = tryAcquire(address);
                if (lock.isPresent()) {
                    return lock.get();
                }
                Thread.sleep(LOOK_MILLIS);
            } while (System.nanoTime() - deadline < 0);
            LOG.warn("another runner has been about to take unix:{} over for {} s; this one goes on without waiting for it", address, patience.toSeconds());
        } catch (IOException e) {
            LOG.warn("no lock for unix:{}: {}; should two runners start on it at once, it isn't told which will serve it", address, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return NONE;
    }

    /** Takes it if nobody has it. */
    static Optional<AddressLock> tryAcquire(Path address) throws IOException {
        Path path = SideFiles.lock(address);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is no file, take it away"); // who opens a FIFO hangs, and anybody may make one in /tmp
        }
        FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (locks(channel, path)) {
            return Optional.of(new AddressLock(path, channel));
        }
        channel.close();
        return Optional.empty();
    }

    /**
     * Locks, and sees that it is still the file that others find, for who lets go removes it. Not by opening that: to the kernel a lock is the process's, and gone
     * with the first of its descriptors that is closed.
     */
    private static boolean locks(FileChannel channel, Path path) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                return false;
            }
            channel.truncate(0);
            int mark = ThreadLocalRandom.current().nextInt(MOST_BYTES);
            channel.write(ByteBuffer.allocate(1), mark);
            return Files.size(path) == mark + 1;
        } catch (OverlappingFileLockException | NoSuchFileException e) {
            return false; // this very process has it; or it was removed
        }
    }

    /** Lets it go. */
    @Override
    public void close() {
        if (channel == null) {
            return;
        }
        try {
            Files.deleteIfExists(path);
            channel.close();
        } catch (IOException e) {
            LOG.debug("the lock {} could not be removed", path, e);
        }
    }
}
