// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Puts something into a file, whole or not at all: whoever reads it, also after a crash, finds what was there before or the new content. Reads such files too, and opens
 * nothing else that stands in their place: a FIFO would be waited for. Any thread; blocks for file access.
 */
final class WholeFile {

    private WholeFile() {}

    /**
     * Writes a content.
     *
     * @param <E> what else may go wrong
     */
    interface Writing<E extends Exception> {

        /** Into this file, which isn't there yet. */
        void to(Path part) throws IOException, E;
    }

    /** A text; makes the file's folder too, if need be. */
    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        put(file, file.resolveSibling(file.getFileName() + ".part"), part -> Files.writeString(part, text));
    }

    /**
     * Has the content written to {@code part}, which is on the file's own file system and nobody else's, and moves it to its place. What a killed process has left of
     * that name goes first; nothing is left of it if something goes wrong.
     */
    static <E extends Exception> Path put(Path file, Path part, Writing<E> writing) throws IOException, E {
        try {
            Files.deleteIfExists(part);
            writing.to(part);
            return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (Exception e) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** Takes the right to write from all others, as a runner without a umask gives it: in the deploy folder such a file is refused. */
    static void close(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.remove(PosixFilePermission.OTHERS_WRITE)) {
                Files.setPosixFilePermissions(file, permissions);
            }
        } catch (IOException e) {
            return; // A file system without modes: its files are told of when they are read.
        }
    }

    /**
     * What stands in a file.
     *
     * @throws NoSuchFileException if it isn't there
     * @throws CharacterCodingException if it is no UTF-8
     * @throws FileSystemException if it is no file; the message has its path
     */
    static String read(Path file) throws IOException {
        checkIsFile(file);
        return Files.readString(file);
    }

    /** Refuses what is no file, links followed, as {@link #read} does. */
    static void checkIsFile(Path file) throws IOException {
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        if (!is.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "it is " + (is.isDirectory() ? "a folder" : "no file") + " in the place of a file of the runner's: take it away");
        }
    }

    /** The same for what need not be there. */
    static void checkIsFileIfThere(Path file) throws IOException {
        try {
            checkIsFile(file);
        } catch (NoSuchFileException e) {
            return; // It is made.
        }
    }
}
