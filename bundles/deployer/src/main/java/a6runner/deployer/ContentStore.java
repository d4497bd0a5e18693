// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our own copies of what was dropped, each named after the SHA-256 of its content: {@code <sha256>.jar}. What is checked and installed is the copy,
 * which nobody overwrites while we read. Runners may share the folder: a copy is written under a name of its own and renamed.
 *
 * <p>The deployer's thread; blocks for file access.
 */
final class ContentStore {

    private static final Logger LOG = LoggerFactory.getLogger(ContentStore.class);
    private static final Duration STALE = Duration.ofHours(1);
    /** So often a runner shows that it uses a copy. */
    static final Duration TEND = Duration.ofHours(1);
    /** A copy that no runner has used for so long is deleted. */
    static final Duration UNUSED = Duration.ofDays(1);

    private final Path folder;
    private int copies;

    /** A copy that is not in the store yet, or has been all along: either {@link #keep} or {@link #discard} it. */
    record Copy(String sha256, Path file) {}

    /**
     * Opens the store and removes what killed runners left half-written.
     *
     * @throws IOException if the folder can't be made
     */
    ContentStore(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        FileTime staleBefore = FileTime.from(Instant.now().minus(STALE));
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*.part")) {
            for (Path part : parts) {
                if (Files.getLastModifiedTime(part).compareTo(staleBefore) < 0) {
                    Files.deleteIfExists(part);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("what killed runners have left in {} could not be removed", folder, e); // the copies may be read all the same
        }
    }

    /** A name that nobody else uses, for what is to become a file of the store. */
    Path part() {
        return folder.resolve(ProcessHandle.current().pid() + "-" + copies++ + ".part");
    }

    /**
     * Copies a file and hashes what was copied. Where nothing can be written, a copy that was kept and holds the same is as good.
     *
     * @throws UnwritableException if the copy can't be made, whatever the file is, and there is none
     */
    Copy copy(Path source) throws IOException {
        Path part = part();
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(source);
                OutputStream out = new DigestOutputStream(open(part), digest)) {
            in.transferTo(out);
        } catch (UnwritableException e) {
            // There is nothing to delete, and where nothing can be written the attempt to would fail too, and be told instead.
            String sha256 = hash(source);
            if (Files.isRegularFile(kept(sha256)) && isWhole(sha256)) {
                return new Copy(sha256, kept(sha256));
            }
            throw e;
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        return new Copy(HexFormat.of().formatHex(digest.digest()), part);
    }

    private OutputStream open(Path part) throws IOException {
        try {
            return Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UnwritableException("no copy of it can be put into " + folder + " (" + e.getClass().getSimpleName() + "): let the runner's user write there, or set data.dir to"
                    + " another folder", e);
        }
    }

    /** The store can't be written to; the message says what to do. */
    static final class UnwritableException extends IOException {

        private static final long serialVersionUID = 1;

        UnwritableException(String message, IOException cause) {
            super(message, cause);
        }
    }

    /** Puts a copy into the store, in place of an equal one. */
    Path keep(Copy copy) throws IOException {
        return isKept(copy) ? copy.file() : Files.move(copy.file(), kept(copy.sha256()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Where the copy of a content is that was kept, and may be gone since. */
    Path kept(String sha256) {
        return folder.resolve(sha256 + ".jar");
    }

    /** Whether the copy of a content that was kept still holds it; reads all of it. */
    boolean isWhole(String sha256) throws IOException {
        WholeFile.checkIsFile(kept(sha256));
        return hash(kept(sha256)).equals(sha256);
    }

    private static String hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * A content that was kept, as if a file had it.
     *
     * @param modified when that file was last changed
     * @throws IOException if the copy is gone or is no bundle
     */
    Content content(String file, String sha256, long modified) throws IOException {
        Path jar = kept(sha256);
        try {
            return new Content(file, modified, sha256, jar, BundleFile.read(jar, file), List.of());
        } catch (Refusal e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Where to put what was made of a copy that is in the store. */
    Path derived(String sha256) {
        return folder.resolve(sha256 + ".bundle.jar");
    }

    /**
     * Shows that these contents are in use, and deletes what nobody has used for {@link #UNUSED}: not this runner, nor another that shares the folder. To be
     * called each {@link #TEND}.
     *
     * @param used SHA-256 hashes
     */
    void tend(Set<String> used, Instant now) throws IOException {
        FileTime unusedSince = FileTime.from(now.minus(UNUSED));
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path copy : copies) {
                String name = copy.getFileName().toString();
                if (used.contains(name.substring(0, name.indexOf('.')))) {
                    Files.setLastModifiedTime(copy, FileTime.from(now));
                } else if (Files.getLastModifiedTime(copy).compareTo(unusedSince) < 0) {
                    Files.deleteIfExists(copy);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Deletes a copy, unless it is one of the store's. */
    void discard(Copy copy) throws IOException {
        if (!isKept(copy)) {
            Files.deleteIfExists(copy.file());
        }
    }

    private boolean isKept(Copy copy) {
        return copy.file().equals(kept(copy.sha256()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
