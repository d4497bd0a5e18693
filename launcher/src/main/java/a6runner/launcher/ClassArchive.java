// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /** What an archive made now is for: the JVM, the distribution's place and its jars, as the JVM compares them itself. */
    static String fingerprint(Distribution distribution) throws IOException {
        List<String> lines = new ArrayList<>(List.of("java " + System.getProperty("java.vm.version"), "home " + distribution.home()));
        for (String folder : List.of("lib", "bundles")) {
            try (Stream<Path> files = Files.list(distribution.home().resolve(folder))) {
                for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
                    lines.add(folder + "/" + jar.getFileName() + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar).toMillis());
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }

    /**
     * Why this process runs without an archive although there is one: it was made for another Java, place or set of jars. Empty if all is well, or nobody has
     * made any. Reads a few files.
     */
    static Optional<String> complaint(Distribution distribution) {
        String given = System.getProperty(PROPERTY);
        if (NONE.equals(given)) {
            return Optional.empty();
        }
        try {
            if (given == null && !Files.exists(in(distribution.home().resolve("lib")).file())) {
                return others(distribution.home().resolve("lib")).map(name -> "the class archive " + name + " isn't for Java " + build() + " and is left out, so the"
                        + " start takes longer; a6runner prepare makes one");
            }
            Path file = given == null ? in(distribution.home().resolve("lib")).file() : Path.of(given);
            Path madeFor = new ClassArchive(file).madeFor();
            if (given != null && Files.isReadable(madeFor) && Files.readString(madeFor).equals(fingerprint(distribution))) {
                return Optional.empty();
            }
            return Optional.of("the class archive " + file + " was made for other jars, another place or another build of Java, and is left out, so the start takes"
                    + " longer; a6runner prepare makes a new one");
        } catch (IOException e) {
            return Optional.empty(); // then there is nothing to tell
        }
    }

    private static Optional<String> others(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(PREFIX) && (name.endsWith(".jsa") || name.endsWith(".aot")))
                    .sorted().findFirst();
        }
    }
}
