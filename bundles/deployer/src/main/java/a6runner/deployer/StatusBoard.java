// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What became of each file: shown by commands, and written beside the file as {@code NAME.jar.status} ({@link StatusFiles}) where that is possible. Files that are gone
 * are remembered for a while as retired.
 *
 * <p>{@link #all} may be called on any thread but the deployer's; all else is the deployer's, and only {@link #write} touches files.
 */
final class StatusBoard {

    private static final int REMEMBERED = 20;

    private final StatusFiles files;
    private final Map<String, FileStatus> shown = new TreeMap<>(); // guarded by this
    private List<FileStatus> beside = List.of(); // guarded by this
    private final Deque<FileStatus> retired = new ArrayDeque<>(); // guarded by this
    private final Set<String> renewed = new HashSet<>(); // files whose next status counts as another one
    private final Set<String> unwritten = new HashSet<>(); // files whose status is not in the folder as it is shown
    private final Set<String> gone = new HashSet<>(); // files whose status is in the folder and is shown no more
    private volatile Runnable beforeLooks = () -> {};

    StatusBoard(Path folder) {
        this.files = new StatusFiles(folder);
    }

    /** Whether a file of this name is one that a status board writes: whose coming and going means nothing to the deployer. */
    static boolean isOurs(Object name) {
        return name instanceof Path path && (path.toString().endsWith(StatusFiles.SUFFIX) || path.toString().endsWith(StatusFiles.PART));
    }

    /** Has something done before each look at the statuses, on the thread that looks. */
    void beforeLooks(Runnable before) {
        beforeLooks = before;
    }

    /** Waits until the statuses are as things stand, if that is not for long. Any thread but the deployer's. */
    void bringUpToDate() {
        beforeLooks.run();
    }

    /** Every file's status, by name, then those of what files held that still serves, then of the files that are gone, the latest first. */
    List<FileStatus> all() {
        bringUpToDate();
        return shown();
    }

    private synchronized List<FileStatus> shown() {
        List<FileStatus> all = new ArrayList<>(shown.values());
        all.addAll(beside);
        all.addAll(retired);
        return all;
    }

    /** Takes the status of each file that is there, and of what files held before that still serves; the others' are forgotten. */
    void show(Collection<FileStatus> statuses, Collection<FileStatus> serveStill) {
        Map<String, FileStatus> now = new TreeMap<>();
        synchronized (this) {
            List<FileStatus> before = beside;
            beside = serveStill.stream().map(status -> before.stream().filter(status::saysAs).findFirst().orElse(status)).toList();
            for (FileStatus status : statuses) {
                FileStatus known = shown.get(status.file());
                boolean same = status.saysAs(known) && !renewed.contains(status.file());
                now.put(status.file(), same ? known : status);
                if (!same) {
                    unwritten.add(status.file());
                    if (known != null && !renewed.contains(status.file())) {
                        DeployLog.changed(known, status);
                    }
                }
            }
            gone.addAll(shown.keySet());
            gone.removeAll(now.keySet());
            unwritten.removeAll(gone);
            shown.clear();
            shown.putAll(now);
            renewed.clear();
            retired.removeIf(status -> now.containsKey(status.file()));
        }
    }

    /** Writes what was shown beside the files; what can't be written now is tried again the next time. */
    void write() {
        if (files.isOpen()) {
            files.sweep(shown.keySet());
            gone.removeIf(files::delete);
            unwritten.removeIf(file -> files.write(shown.get(file)));
            files.tell();
        }
    }

    /** Has a file's next status count as another one, whatever it says: it gets a new {@code since}. The deployer's thread. */
    void renew(String file) {
        renewed.add(file);
    }

    /** Remembers that a file was taken away, and what became of what it held. */
    synchronized void retire(String file, String bundle, String why) {
        retired.removeIf(status -> status.file().equals(file));
        retired.addFirst(new FileStatus(file, FileState.RETIRED, why, bundle, List.of(), "", Instant.now()));
        if (retired.size() > REMEMBERED) {
            retired.removeLast();
        }
    }

    /** Whether a deploy folder is to be written to. Root may write everywhere, but a folder that nobody may write to is meant to stay as it is. */
    static boolean isWritable(Path folder) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        return Files.isWritable(folder) && (permissions.contains(PosixFilePermission.OWNER_WRITE) || permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE));
    }
}
