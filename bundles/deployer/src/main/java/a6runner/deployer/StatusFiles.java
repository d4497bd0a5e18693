// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files {@code NAME.jar.status} in the deploy folder. What can't be written is one file's matter and that moment's: it is told once for each cause, and may be tried
 * again at any time.
 *
 * <p>The deployer's thread; blocks for file access.
 */
final class StatusFiles {

    /** What a status file's name ends with. */
    static final String SUFFIX = ".status";
    /** What a file's name ends with that is to become one. */
    static final String PART = SUFFIX + ".part";

    private static final Pattern LEFT = Pattern.compile("\\..+\\.(jar|cfg|config|canary)\\.(status|rollback)\\.part");
    private static final int LONGEST_NAME = 255; // in bytes, on nearly all file systems
    private static final int NAMED = 3; // in a line of the log

    private static final Logger LOG = LoggerFactory.getLogger(StatusFiles.class);

    private final Path folder;
    private final Map<String, String> troubles = new HashMap<>(); // by file: why its status file isn't up to date
    private final Map<String, List<String>> untold = new TreeMap<>(); // by cause: the files that it is new for
    private boolean swept;
    private boolean closed; // the folder can't be written to, which has been told

    StatusFiles(Path folder) {
        this.folder = folder;
    }

    /** Whether there is a folder that can be written to. */
    boolean isOpen() {
        try {
            boolean writable = StatusBoard.isWritable(folder);
            if (!writable && !closed) {
                LOG.info("no status files are written to {}: it is read-only; they are once it can be written to, until then a6:deploys tells", folder);
            }
            closed = !writable;
            return writable;
        } catch (IOException e) {
            return false; // It is away, as who scans it tells.
        }
    }

    /** Once: a runner that was killed has left status files of files that have gone since. */
    void sweep(Set<String> files) {
        if (swept) {
            return;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.{status,part}")) {
            for (Path path : all) {
                String name = path.getFileName().toString();
                boolean left = name.endsWith(SUFFIX) ? isOfNone(name.substring(0, name.length() - SUFFIX.length()), files) : LEFT.matcher(name).matches();
                if (left) {
                    discard(path);
                }
            }
            swept = true;
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("old status files in {} could not be listed", folder, e);
        }
    }

    private static boolean isOfNone(String file, Set<String> files) {
        return file.matches(".*\\.(jar|cfg|config|canary)") && !file.startsWith(".") && !files.contains(file);
    }

    /** Writes a file's status, whole or not at all; whether that was possible. */
    boolean write(FileStatus status) {
        Path file = folder.resolve(status.file() + SUFFIX);
        Path part = folder.resolve("." + status.file() + PART);
        try {
            Files.writeString(part, status.lines());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            troubles.remove(status.file());
            return true;
        } catch (IOException e) {
            discard(part);
            trouble(status.file(), isFolder(file) ? "there is a folder in its place, take that away" : isTooLong(part) ? "its name would be too long, give the file a shorter one" : why(e));
            return false;
        }
    }

    /** Deletes a file's status; whether it is gone. */
    boolean delete(String file) {
        Path path = folder.resolve(file + SUFFIX);
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isFolder(path)) {
                Files.deleteIfExists(path);
            }
            troubles.remove(file);
            return true;
        } catch (IOException e) {
            trouble(file, why(e));
            return false;
        }
    }

    /** Says what couldn't be written or deleted since the last time, where that is news. */
    void tell() {
        untold.forEach((why, files) -> LOG.warn("{} of {} in {} can't be brought up to date: {} (tried again each deploy.scan; a6:why tells what it would say)",
                files.size() == 1 ? "the status file" : "the status files", names(files), folder, why));
        untold.clear();
    }

    private static String names(List<String> files) {
        String first = files.stream().limit(NAMED).collect(Collectors.joining(", "));
        return files.size() <= NAMED ? first : first + " and " + (files.size() - NAMED) + " more";
    }

    private void trouble(String file, String why) {
        if (!why.equals(troubles.put(file, why))) {
            untold.computeIfAbsent(why, cause -> new ArrayList<>()).add(file);
        }
    }

    private static String why(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "the runner's user has no permission to write there";
        }
        // Without the path, which would make as many causes of one as there are files.
        return e instanceof FileSystemException failure && failure.getReason() != null ? failure.getReason() : e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static boolean isTooLong(Path path) {
        return path.getFileName().toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME;
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private void discard(Path file) {
        try {
            if (!isFolder(file)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.debug("{} could not be removed", file, e);
        }
    }
}
