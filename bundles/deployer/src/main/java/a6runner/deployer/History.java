// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.CommandFailure;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What each bundle's files have held: for each symbolic name the last contents that served, as many as {@code history.keep} says, and as many that were refused
 * since. A file for each name, in a folder of the deploy folder's own; the contents themselves are the {@link ContentStore}'s.
 *
 * <p>Any thread; blocks for file access. Runners that share the folder take turns by a lock.
 */
final class History {

    private static final String SUFFIX = ".history";

    /**
     * One content.
     *
     * @param when it last came to something
     * @param version the bundle's
     * @param sha256 of the file's content
     * @param file its name in the deploy folder then
     * @param served whether it has ever served
     * @param outcome what it came to, in words
     */
    record Entry(Instant when, String version, String sha256, String file, boolean served, String outcome) {

        /** The hash as people say it. */
        String hash() {
            return sha256.substring(0, 12);
        }

        private String line() {
            return String.join("\t", when.toString(), version, sha256, file, served ? "served" : "refused", outcome.replaceAll("\\p{Cntrl}+", " "));
        }

        private static Optional<Entry> of(String line) {
            String[] parts = line.split("\t", 6);
            try {
                return parts.length < 6 || !parts[2].matches("[0-9a-f]{64}") ? Optional.empty()
                        : Optional.of(new Entry(Instant.parse(parts[0]), parts[1], parts[2], parts[3], parts[4].equals("served"), parts[5]));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        }
    }

    private final Path folder;
    private final int keep;

    /** {@code folder} is made when there is something to put into it. */
    History(Path folder, int keep) {
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * A name's contents in the order in which they first served, or were refused, after the one before; empty if there are none. What is no entry is passed over, and
     * gone with the next change.
     */
    List<Entry> of(String symbolicName) throws IOException {
        try {
            WholeFile.checkIsFile(file(symbolicName));
            String text = new String(Files.readAllBytes(file(symbolicName)), UTF_8); // which takes any bytes, as Files.readString doesn't
            return new ArrayList<>(text.lines().map(Entry::of).flatMap(Optional::stream).toList());
        } catch (NoSuchFileException e) {
            return new ArrayList<>();
        }
    }

    /** The names that have a history. */
    Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                names.add(URLDecoder.decode(name.substring(0, name.length() - SUFFIX.length()), UTF_8));
            }
        } catch (NoSuchFileException e) {
            return names;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /**
     * The symbolic name that somebody means who may think of the past: itself, or that of what a file once held.
     *
     * @throws CommandFailure if it means nothing
     */
    String meant(String name) throws IOException {
        Set<String> known = names();
        if (known.contains(name)) {
            return name;
        }
        for (String symbolicName : known) {
            if (of(symbolicName).stream().anyMatch(entry -> entry.file().equals(name) || entry.file().equals(name + ".jar"))) {
                return symbolicName;
            }
        }
        throw new CommandFailure("no bundle, plugin or file is or was named \"" + name + "\" (there are the bundles: " + String.join(", ", known) + ")");
    }

    /** The hashes of all contents in it. */
    Set<String> contents() throws IOException {
        Set<String> all = new TreeSet<>();
        for (String name : names()) {
            of(name).forEach(entry -> all.add(entry.sha256()));
        }
        return all;
    }

    /**
     * A content has come into service.
     *
     * @param before the hash of what served until then; empty if nothing did, as at a start
     * @param back whether it was called back, so that what is older than it stays so
     */
    void served(String symbolicName, Entry entry, String before, boolean back) throws IOException {
        change(symbolicName, entries -> {
            int at = index(entries, entry.sha256());
            boolean stays = at >= 0 && (back || before.isEmpty() || before.equals(entry.sha256()));
            if (stays) {
                entries.set(at, entry);
                return entries;
            }
            entries.removeIf(other -> other.sha256().equals(entry.sha256()));
            int old = index(entries, before);
            if (old >= 0) {
                entries.add(entries.remove(old)); // It may have been called back: now it is what served before the new one.
            }
            entries.add(entry);
            return pruned(entries, Set.of(before, entry.sha256()));
        });
    }

    /** A content was refused, or taken out of service. */
    void ended(String symbolicName, Entry entry, String serving) throws IOException {
        change(symbolicName, entries -> {
            int at = index(entries, entry.sha256());
            if (at >= 0) {
                Entry known = entries.get(at);
                entries.set(at, new Entry(entry.when(), entry.version(), entry.sha256(), entry.file(), known.served() || entry.served(), entry.outcome()));
            } else {
                entries.add(entry);
            }
            return pruned(entries, Set.of(serving, entry.sha256()));
        });
    }

    private static int index(List<Entry> entries, String sha256) {
        return entries.stream().map(Entry::sha256).toList().indexOf(sha256);
    }

    /** Contents that were refused don't take the places of those that served. */
    private List<Entry> pruned(List<Entry> entries, Collection<String> needed) {
        List<Entry> left = new ArrayList<>(entries);
        for (boolean served : new boolean[] {true, false}) {
            List<Entry> ofKind = left.stream().filter(entry -> entry.served() == served).toList();
            ofKind.stream().limit(Math.max(0, ofKind.size() - keep)).filter(entry -> !needed.contains(entry.sha256())).forEach(left::remove);
        }
        return left;
    }

    /** The content that served before one that serves; the last that served if none does. */
    static Optional<Entry> before(List<Entry> entries, String serving) {
        int at = index(entries, serving);
        List<Entry> older = (at < 0 ? entries : entries.subList(0, at)).stream().filter(Entry::served).toList();
        return older.isEmpty() ? Optional.empty() : Optional.of(older.get(older.size() - 1));
    }

    private void change(String symbolicName, UnaryOperator<List<Entry>> change) throws IOException {
        synchronized (History.class) { // A JVM may lock a file but once, whoever asks.
            changeAlone(symbolicName, change);
        }
    }

    private void changeAlone(String symbolicName, UnaryOperator<List<Entry>> change) throws IOException {
        Files.createDirectories(folder);
        Path lock = folder.resolve(".lock");
        WholeFile.checkIsFileIfThere(lock);
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // until the channel is closed
            List<Entry> before = of(symbolicName);
            List<Entry> after = change.apply(new ArrayList<>(before));
            String text = text(after); // Not the lists: the JVM makes a record's equals at its first use, which takes longer than all else here.
            if (!text.equals(text(before))) {
                Path file = file(symbolicName);
                WholeFile.checkIsFileIfThere(file);
                WholeFile.put(file, folder.resolve(".part"), part -> Files.writeString(part, text)); // of that name, as the file's own may be as long as one can be
            }
        }
    }

    private static String text(List<Entry> entries) {
        return entries.stream().map(entry -> entry.line() + "\n").collect(Collectors.joining());
    }

    private Path file(String symbolicName) {
        return folder.resolve(URLEncoder.encode(symbolicName, UTF_8) + SUFFIX);
    }
}
