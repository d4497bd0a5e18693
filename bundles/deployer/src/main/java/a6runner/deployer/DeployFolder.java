// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deploy folder: each scan says what changed since the one before. A file counts when it is complete, and has changed when its content has.
 * A configuration has no end that shows it is complete, so it is waited for longer, and a jar whose component asks for it waits too.
 *
 * <p>Looked at are {@code *.jar}, {@code *.cfg}, {@code *.config} and {@code *.canary} that aren't hidden, and whether there is a {@code NAME.jar.force} beside a jar; symbolic
 * links are followed. What is writable for all isn't taken, unless {@code folders.open} says to: whoever may write to a plugin's file runs code in the runner.
 *
 * <p>The deployer's thread; blocks for file access.
 */
final class DeployFolder {

    /** For so long a file must stay as it is before it is read. */
    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** And so long a configuration file, which may be filled in several writes. */
    static final long CONFIG_QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    /** For so long a jar waits for its configurations: for one that is written quietly enough, not for one that is written to all the time. */
    static final long CONFIGS_FIRST_NANOS = 2 * CONFIG_QUIET_NANOS;
    /** A file that was last written so long ago isn't being written. */
    static final long OLD_MILLIS = 1_000;
    /** After so long a file that isn't a jar isn't waited for any more, nor is a configuration file that is empty. */
    static final long GIVE_UP_MILLIS = 2_000;
    /** After so long a file that can't be read or copied is tried again: the disk may have been full. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int OTHERS_WRITE = 02;
    private static final String DENY = "deny";
    private static final String FORCE = ".force";
    private static final Logger LOG = LoggerFactory.getLogger(DeployFolder.class);
    /** Configurations first, as jars wait for theirs. */
    private static final Comparator<String> IN_ORDER = Comparator.comparing((String name) -> !ConfigReader.isConfig(name)).thenComparing(Comparator.naturalOrder());

    private final Path folder;
    private final ContentStore store;
    private final LongSupplier nanoTime;
    private final LongSupplier epochMillis;
    private final boolean openDenied;
    private final Map<String, Seen> files = new TreeMap<>();
    private final Map<String, Long> unread = new HashMap<>(); // PIDs whose configuration is being written: in how many nanoseconds it should be looked at again

    /**
     * What a scan found.
     *
     * @param arrived files with a content that they didn't have before
     * @param refused files with a content that can't be deployed, and why
     * @param removed names of files that are gone
     * @param configs configuration files with a content that they didn't have before
     * @param canaries rules for trials with a content that they didn't have before
     * @param waiting files that are looked at again soon, and why
     * @param forced the jars with a file {@code NAME.jar.force} beside them
     * @param lookAgain in how many nanoseconds a file that was still being written should be looked at; {@link Long#MAX_VALUE} if there is none
     */
    record Changes(List<Content> arrived, Map<String, Refusal> refused, List<String> removed, List<ConfigFile> configs, List<CanaryFile> canaries,
            Map<String, String> waiting, Set<String> forced, long lookAgain) {}

    /** What shows that a file may have changed. The change time shows a changed mode too, and what a tool has reset the modification time of. */
    private record Look(long size, FileTime modified, FileTime changed, Object inode, int mode) {

        /** By hand: what the compiler makes is linked when it is first called, which takes milliseconds of the start. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Look look && size == look.size && mode == look.mode && modified.equals(look.modified) && changed.equals(look.changed) && Objects.equals(inode, look.inode);
        }

        @Override
        public int hashCode() {
            return Objects.hash(size, modified, changed, inode, mode);
        }

        boolean isOpen() {
            return (mode & OTHERS_WRITE) != 0;
        }
    }

    /** What is known of one file. */
    private static final class Seen {
        Look look;
        long since; // when the look was new
        boolean undated; // the look's modification time is that of what the file held before
        boolean done; // the look has been dealt with
        boolean open; // what was taken last is writable for all, which has been told
        boolean notAJar; // the look was read and isn't a jar, or not yet
        boolean noZip; // nor the beginning of one
        long retryAt; // a look that couldn't be read is tried again then
        String trouble = ""; // why it couldn't be read, last time
        String sha256 = ""; // the content that was last reported
    }

    DeployFolder(Path folder, ContentStore store, LongSupplier nanoTime, LongSupplier epochMillis, boolean openDenied) {
        this.folder = folder;
        this.store = store;
        this.nanoTime = nanoTime;
        this.epochMillis = epochMillis;
        this.openDenied = openDenied;
    }

    /** By the system's clocks and these settings. */
    static DeployFolder of(Path folder, ContentStore store, Settings settings) {
        return new DeployFolder(folder, store, System::nanoTime, System::currentTimeMillis, settings.text(Setting.OPEN_FOLDERS).equals(DENY));
    }

    /** The folder itself. */
    Path path() {
        return folder;
    }

    /**
     * Looks through the folder.
     *
     * @throws IOException if the folder can't be listed; nothing has changed then
     */
    Changes scan() throws IOException {
        Set<String> forced = new TreeSet<>();
        Map<String, Path> present = list(forced);
        Changes changes = new Changes(new ArrayList<>(), new TreeMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new TreeMap<>(),
                forced, Long.MAX_VALUE);
        long lookAgain = Long.MAX_VALUE;
        unread.clear();
        for (Map.Entry<String, Path> entry : present.entrySet()) {
            Seen seen = files.computeIfAbsent(entry.getKey(), name -> new Seen());
            try {
                long again = lookAt(entry.getValue(), seen, changes);
                if (!seen.done && seen.trouble.isEmpty()) {
                    changes.waiting().put(entry.getKey(), seen.notAJar ? "it is not a complete jar yet" : "it is being written");
                    if (ConfigReader.isConfig(entry.getKey())) {
                        unread.merge(ConfigReader.pid(entry.getKey()), again, Math::min);
                    }
                }
                lookAgain = Math.min(lookAgain, again);
            } catch (NoSuchFileException e) {
                lookAgain = 0; // Taken away while it was looked at.
            } catch (IOException e) {
                trouble(entry.getKey(), seen, e, changes);
            }
        }
        warnOfOpen();
        files.keySet().removeIf(name -> !present.containsKey(name) && changes.removed().add(name));
        return new Changes(changes.arrived(), changes.refused(), changes.removed(), changes.configs(), changes.canaries(), changes.waiting(), forced,
                lookAgain);
    }

    /** A file is written by the deployer itself: the next scan tells of its content, be it the one that it told of before. */
    void forget(String file) {
        Seen seen = files.get(file);
        if (seen != null) {
            seen.look = null;
            seen.sha256 = "";
        }
    }

    /**
     * Keeps the copies of these contents, and after a while no others.
     *
     * @param used SHA-256 hashes
     */
    void tendCopies(Set<String> used) throws IOException {
        store.tend(used, Instant.ofEpochMilli(epochMillis.getAsLong()));
    }

    private Map<String, Path> list(Set<String> forced) throws IOException {
        Map<String, Path> present = new TreeMap<>(IN_ORDER);
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder, "*.{jar,cfg,config,canary,jar.force}")) {
            for (Path path : paths) {
                String name = name(path);
                if (name.endsWith(FORCE)) {
                    forced.add(name.substring(0, name.length() - FORCE.length()));
                } else if (!name.startsWith(".")) {
                    present.put(name, path);
                }
            }
        } catch (NoSuchFileException e) {
            if (!files.isEmpty()) {
                // A folder that is swapped or unmounted takes no plugin down.
                throw e;
            }
        }
        return present;
    }

    /** Deals with one file; returns in how many nanoseconds it should be looked at again. */
    private long lookAt(Path path, Seen seen, Changes changes) throws IOException {
        String broken = noFile(path);
        if (!broken.isEmpty()) {
            if (!broken.equals(seen.trouble)) {
                seen.trouble = broken;
                seen.look = null;
                seen.sha256 = "";
                changes.refused().put(name(path), new Refusal(broken));
            }
            return Long.MAX_VALUE;
        }
        Look look = look(path);
        long now = nanoTime.getAsLong();
        if (!look.equals(seen.look)) {
            // A file system may set a file's length before its time: what is emptied to be written anew is as old as what it held, for a moment.
            seen.undated = seen.look != null && look.size() != seen.look.size() && look.modified().equals(seen.look.modified()) && Objects.equals(look.inode(), seen.look.inode());
            seen.look = look;
            seen.since = now;
            seen.done = false;
            seen.notAJar = false;
            seen.retryAt = now;
        }
        if (seen.done || now - seen.retryAt < 0) {
            return Long.MAX_VALUE;
        }
        long age = seen.undated ? 0 : epochMillis.getAsLong() - look.modified().toMillis();
        long quiet = quiet(name(path), look);
        if (now - seen.since < quiet && age < Math.max(OLD_MILLIS, TimeUnit.NANOSECONDS.toMillis(quiet))) {
            return quiet - (now - seen.since);
        }
        if (look.isOpen() && openDenied) {
            seen.done = true;
            seen.trouble = "";
            seen.sha256 = "";
            changes.refused().put(name(path), new Refusal("it is writable for all, so anybody may " + danger(path) + "; chmod o-w " + path + ", or set " + Setting.OPEN_FOLDERS.key()
                    + " = warn"));
            return Long.MAX_VALUE;
        }
        if (!seen.notAJar) {
            long again = take(path, seen, changes);
            if (again > 0) {
                return again;
            }
        }
        if (seen.notAJar && (now - seen.since >= TimeUnit.MILLISECONDS.toNanos(GIVE_UP_MILLIS) || age >= GIVE_UP_MILLIS)) {
            seen.done = true;
            seen.trouble = "";
            seen.sha256 = "";
            changes.refused().put(name(path), new Refusal(look.size() == 0 ? "the file is empty"
                    : seen.noZip ? "not a jar file: a jar is a zip file, and this doesn't begin as one; put the jar here that your build makes (target/NAME.jar)"
                    : "the jar isn't complete: it has no table of contents at its end; copy it again"));
        }
        return Long.MAX_VALUE;
    }

    private static String danger(Path path) {
        return name(path).endsWith(".jar") ? "put another plugin in its place, and so run code in the runner" : "change what it says";
    }

    /** In one line, as a file system without modes has all files so. */
    private void warnOfOpen() {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, Seen> entry : files.entrySet()) {
            Seen seen = entry.getValue();
            boolean open = seen.look != null && seen.look.isOpen();
            if (seen.done && open != seen.open) {
                seen.open = open;
                if (open && !openDenied) {
                    names.add(entry.getKey());
                }
            }
        }
        if (!names.isEmpty()) {
            LOG.warn("anybody may change what the runner takes from {}: {} writable for all (mend: chmod o-w)", folder, String.join(", ", names) + (names.size() == 1 ? " is" : " are"));
        }
    }

    private static long quiet(String name, Look look) {
        if (!ConfigReader.isConfig(name)) {
            return QUIET_NANOS;
        }
        return look.size() == 0 ? TimeUnit.MILLISECONDS.toNanos(GIVE_UP_MILLIS) : CONFIG_QUIET_NANOS;
    }

    /** Why what stands under a file's name is no file; empty if it is one. */
    private static String noFile(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return "it is a folder: put the file itself here";
        }
        if (Files.isSymbolicLink(path) && !Files.exists(path)) {
            return "it is a symbolic link to " + Files.readSymbolicLink(path) + ", which isn't there: put the file there, or take the link away";
        }
        return Files.exists(path) && !Files.isRegularFile(path) ? "it is neither a file nor a link to one: take it away" : "";
    }

    /** Takes a file's content, or returns in how many nanoseconds a configuration should have been read that it waits for. */
    private long take(Path path, Seen seen, Changes changes) throws IOException {
        ContentStore.Copy copy = store.copy(path);
        boolean kept = false;
        try {
            if (!look(path).equals(seen.look)) {
                return 0; // Written to while it was copied: the next scan sees a new look.
            }
            if (!copy.sha256().equals(seen.sha256)) {
                if (name(path).endsWith(".jar")) {
                    BundleFile facts = BundleFile.read(copy.file(), name(path));
                    long configs = facts.pids().stream().mapToLong(pid -> unread.getOrDefault(pid, 0L)).max().orElse(0);
                    if (configs > 0 && nanoTime.getAsLong() - seen.since < CONFIGS_FIRST_NANOS) {
                        return Math.min(configs, CONFIGS_FIRST_NANOS - (nanoTime.getAsLong() - seen.since));
                    }
                    kept = true;
                    changes.arrived().add(new Content(name(path), seen.look.modified().toMillis(), copy.sha256(), store.keep(copy), facts, List.of()));
                } else if (name(path).endsWith(CanaryFile.SUFFIX)) {
                    changes.canaries().add(CanaryFile.read(copy.file(), name(path)));
                } else {
                    changes.configs().add(ConfigReader.read(copy.file(), name(path), copy.sha256()));
                }
                seen.sha256 = copy.sha256();
            }
            seen.done = true;
            seen.trouble = "";
        } catch (ZipException e) {
            seen.notAJar = true;
            seen.noZip = !beginsAsZip(copy.file());
        } catch (Refusal e) {
            seen.done = true;
            seen.trouble = "";
            seen.sha256 = copy.sha256();
            changes.refused().put(name(path), e);
        } finally {
            if (!kept) {
                store.discard(copy);
            }
        }
        return 0;
    }

    private static boolean beginsAsZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == 'P' && in.read() == 'K';
        }
    }

    private void trouble(String name, Seen seen, IOException e, Changes changes) {
        seen.retryAt = nanoTime.getAsLong() + RETRY_NANOS;
        if (!seen.trouble.equals(e.toString())) {
            seen.trouble = e.toString();
            seen.sha256 = "";
            changes.refused().put(name, new Refusal(e instanceof ContentStore.UnwritableException ? e.getMessage() + " (tried again every 5 s)"
                    : e instanceof AccessDeniedException ? "it can't be read: the runner's user has no permission to (tried again every 5 s)"
                    : "it can't be read or copied (tried again every 5 s): " + e, e));
        }
    }

    private static Look look(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:size,lastModifiedTime,ctime,ino,mode");
        return new Look((Long) attributes.get("size"), (FileTime) attributes.get("lastModifiedTime"), (FileTime) attributes.get("ctime"), attributes.get("ino"),
                (Integer) attributes.get("mode"));
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
