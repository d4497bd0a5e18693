// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * The folder in which the framework keeps its bundles while it runs, {@code cache-PID-RANDOM} in the data folder: one per process, so
 * that two runners of one distribution don't meet, and gone when the process is.
 *
 * <p>Who lives is told by a lock and not by the pid, which another process may have by now, or which another container doesn't see:
 * {@code cache-PID-RANDOM.lock} is locked as long as its process lives. Each start sweeps the folders whose lock is free. Making and
 * sweeping happen under the lock of {@code cache.lock}, so that nobody sweeps what is just being made.
 */
final class FrameworkCache {

    private static final String PREFIX = "cache-";
    private static final String LOCK = ".lock";

    private final Path folder;
    private final Path lockFile;
    private final FileChannel lock;

    private FrameworkCache(Path folder, Path lockFile, FileChannel lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Sweeps what dead processes left in the data folder, and makes a cache for this one. */
    static FrameworkCache create(Path data) {
        String name = PREFIX + ProcessHandle.current().pid() + "-" + Integer.toHexString(ThreadLocalRandom.current().nextInt());
        try (FileChannel all = open(data.resolve("cache.lock"))) {
            all.lock(); // until it is closed
            sweep(data);
            Path lockFile = data.resolve(name + LOCK);
            FileChannel lock = open(lockFile);
            lock.lock();
            return new FrameworkCache(Files.createDirectory(data.resolve(name), Folders.asPrivate()), lockFile, lock);
        } catch (IOException e) {
            throw Refusal.wrong("can't write to the data folder " + data + ": " + e.getMessage());
        }
    }

    Path folder() {
        return folder;
    }

    /** Removes it; what can't be removed is left to the next start. */
    void delete() {
        delete(folder);
        try {
            Files.deleteIfExists(lockFile);
            lock.close();
        } catch (IOException e) {
            // the lock ends with the process, and the file goes at the next start
        }
    }

    private static void sweep(Path data) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(data)) {
            found = files.filter(file -> file.getFileName().toString().startsWith(PREFIX)).toList();
        }
        for (Path file : found) {
            if (file.toString().endsWith(LOCK)) {
                if (Files.isRegularFile(file) && isFree(file)) {
                    delete(data.resolve(file.getFileName().toString().replace(LOCK, "")));
                    Files.deleteIfExists(file);
                }
            } else if (!Files.exists(data.resolve(file.getFileName() + LOCK))) {
                delete(file);
            }
        }
    }

    private static boolean isFree(Path lockFile) throws IOException {
        try (FileChannel channel = open(lockFile)) {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // this very process has it
        }
    }

    private static FileChannel open(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) { // who opens a FIFO hangs
            throw new IOException(file + " isn't a file: take it away");
        }
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Removes a folder with all that is in it, as far as that goes; links are removed and not followed. */
    static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // what is left, the next start sweeps
        }
    }
}
