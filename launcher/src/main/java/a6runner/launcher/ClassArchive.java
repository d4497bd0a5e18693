// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The core's classes as a JVM keeps them in memory, in a file that it maps: a class data archive up to Java 24, an ahead-of-time cache from 25 on. One JVM
 * build in one distribution can use it, so the build is in its name, and beside it stands what it was made for. {@code a6runner prepare} makes it
 * ({@link Prepare}), {@code bin/a6runner} hands it to the JVM, and the JVM leaves out what doesn't fit without a word; {@link #complaint} has the word.
 *
 * @param file where it is
 */
record ClassArchive(Path file) {

    /** The file that {@code bin/a6runner} has handed to this JVM; {@code none} where the user's own options say what archive there is to be. */
    static final String PROPERTY = "a6runner.archive";

    private static final String NONE = "none";

    private static final String PREFIX = "classes-";
    private static final String SIZE = "size ";
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final int FIRST_WITH_CACHE = 25;

    /** The one for this JVM in a folder. */
    static ClassArchive in(Path folder) {
        return new ClassArchive(folder.resolve(PREFIX + build() + (hasCache() ? ".aot" : ".jsa")));
    }

    /** The JVM's build, as in the file {@code release} of its folder, where the start script reads it. */
    static String build() {
        return System.getProperty("java.runtime.version");
    }

    private static boolean hasCache() {
        return Runtime.version().feature() >= FIRST_WITH_CACHE;
    }

    /** The option with which a JVM writes one at its end. */
    static String writeTo(Path file) {
        return (hasCache() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + file;
    }

    /** The text file beside it that says what it was made for. */
    Path madeFor() {
        return file.resolveSibling(file.getFileName() + ".txt");
    }

    /** The text file beside it with the names of the plugins that come along, by their files' contents, so that even a first start knows them. */
    Path offers() {
        return file.resolveSibling("offers");
    }

    /** The one that this process was started with. */
    static Optional<ClassArchive> given() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).filter(given -> !given.equals(NONE)).map(given -> new ClassArchive(Path.of(given)));
    }

    /** What an archive made now is for: the JVM, the distribution's place and its jars, as the JVM compares them itself. Its own size is told, too. */
    static String fingerprint(Distribution distribution, long bytes) throws IOException {
        List<String> lines = new ArrayList<>(List.of("java " + System.getProperty("java.vm.version"), "home " + distribution.home(), SIZE + bytes));
        for (String folder : List.of("lib", "bundles")) {
            try (Stream<Path> files = Files.list(distribution.home().resolve(folder))) {
                for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
                    lines.add(folder + "/" + jar.getFileName() + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar).toMillis());
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }

    /** The one that is there for this JVM, in the folders in which {@code bin/a6runner} looks, in its order. */
    static Optional<ClassArchive> find(Distribution distribution, Map<String, String> environment) {
        String data = environment.getOrDefault(Setting.DATA_DIR.variable(), "");
        return Stream.of(distribution.home().resolve("lib"), data.isEmpty() ? distribution.data() : Path.of(data)).map(ClassArchive::in)
                .filter(archive -> Files.exists(archive.file())).findFirst();
    }

    /** Why it is left out: it isn't whole, or was made for another Java, place or set of jars. Empty if it fits. */
    Optional<String> misfit(Distribution distribution) throws IOException {
        if (!Files.isReadable(madeFor())) {
            return Optional.of("has no " + madeFor().getFileName() + " beside it that says what it was made for");
        }
        String says = Files.readString(madeFor());
        long bytes = Files.size(file);
        Optional<String> size = says.lines().filter(line -> line.startsWith(SIZE)).findFirst();
        if (size.isEmpty()) {
            return Optional.of("was made by a version that didn't write down its size");
        }
        if (!size.get().equals(SIZE + bytes)) {
            return Optional.of("has " + bytes + " bytes instead of the " + size.get().substring(SIZE.length()) + " it was made with, so it is broken");
        }
        return says.equals(fingerprint(distribution, bytes)) ? Optional.empty() : Optional.of("was made for other jars, another place or another build of Java");
    }

    /**
     * Why this process runs without an archive although there is one: it isn't whole, or was made for another Java, place or set of jars. Empty if all is
     * well, or nobody has made any. Reads a few files.
     */
    static Optional<String> complaint(Distribution distribution, Map<String, String> environment) {
        String given = System.getProperty(PROPERTY);
        if (NONE.equals(given)) {
            return Optional.empty();
        }
        try {
            Optional<ClassArchive> archive = given == null ? find(distribution, environment) : Optional.of(new ClassArchive(Path.of(given)));
            if (archive.isEmpty()) {
                return others(distribution.home().resolve("lib")).map(name -> "the class archive " + name + " isn't for Java " + build() + " and is left out, so the"
                        + " start takes longer; a6runner prepare makes one");
            }
            Optional<String> why = archive.get().misfit(distribution);
            if (given == null) {
                why = why.or(() -> Optional.of("can't be read, or belongs to another user"));
            } else if (why.isEmpty() && !archive.get().isMapped()) {
                why = Optional.of("is broken or doesn't go with the options of A6RUNNER_JAVA_OPTS");
            }
            return why.map(reason -> "the class archive " + archive.get().file() + " " + reason + ", and is left out, so the start takes longer; a6runner prepare makes a"
                    + " new one");
        } catch (IOException e) {
            return Optional.empty(); // then there is nothing to tell
        }
    }

    /** Whether this JVM has it in its memory, which it doesn't tell us otherwise. */
    private boolean isMapped() throws IOException {
        return !Files.isReadable(MAPS) || Files.readString(MAPS).contains("/" + file.getFileName());
    }

    private static Optional<String> others(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(PREFIX) && (name.endsWith(".jsa") || name.endsWith(".aot")))
                    .sorted().findFirst();
        }
    }
}
