// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder that the program lies in, and what is where in it. */
record Distribution(Path home) {

    /** The one this class was loaded from: its jar lies in {@code lib}. */
    static Distribution running() {
        try {
            Path jar = Path.of(Distribution.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toRealPath();
            return new Distribution(jar.getParent().getParent());
        } catch (URISyntaxException | IOException e) {
            throw Refusal.failed("can't find the distribution's folder: " + e.getMessage());
        }
    }

    Path script() {
        return home.resolve("bin").resolve("a6runner");
    }

    Path settingsFile() {
        return home.resolve("conf").resolve("a6runner.properties");
    }

    /** Where the launcher and what is on its class path lie. */
    Path lib() {
        return home.resolve("lib");
    }

    /** The jar that {@code bin/a6runner} starts Java with. */
    Path launcher() {
        return lib().resolve("a6runner-launcher.jar");
    }

    /** Names the bundles whose classes are on the launcher's class path. */
    Path bundlesIndex() {
        return lib().resolve("a6runner-bundles.jar");
    }

    Path data() {
        return home.resolve("data");
    }

    /** Where the core's bundles lie. */
    Path coreBundles() {
        return home.resolve("bundles");
    }

    /** The core's bundles in the order in which they are installed: libraries, then ours, each by name. */
    List<Path> bundles() {
        List<Path> jars = new ArrayList<>(jars(coreBundles()));
        jars.sort(Comparator.comparing((Path jar) -> jar.getFileName().toString().startsWith("a6runner-")).thenComparing(Comparator.naturalOrder()));
        return jars;
    }

    /** The shell's bundle, and those that it starts when somebody opens it. */
    List<Path> shellBundles() {
        return jars(coreBundles().resolve("shell"));
    }

    /** What {@code a6runner call} and {@code a6runner dev} run from, besides the launcher's own class path. */
    List<Path> testkitJars() {
        return jars(lib().resolve("testkit"));
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
            if (jars.isEmpty()) {
                throw Refusal.failed("the distribution is incomplete: no jar in " + folder);
            }
            return jars;
        } catch (IOException e) {
            throw Refusal.failed("the distribution is incomplete: can't read " + folder + " (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** The version, such as {@code 0.1.0}. */
    static String version() {
        String version = Distribution.class.getPackage().getImplementationVersion();
        return version == null ? "(version unknown)" : version;
    }
}
