// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.rules;

import a6runner.itests.Distribution;
import a6runner.testkit.A6Client;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/** Where our jars are. */
final class Jars {

    private static final Path BUNDLES = Path.of("target", "bundles");

    private Jars() {}

    /** A bundle by the end of its artifact's name: {@code api}, {@code plugin-noop}. */
    static Path bundle(String name) {
        return BUNDLES.resolve("a6runner-" + name + ".jar");
    }

    static Path launcher() {
        return Distribution.packed().home().resolve("lib").resolve("a6runner-launcher.jar");
    }

    /** The testkit's jar, or its classes where the build has not packed them yet. */
    static Path testkit() {
        try {
            return Path.of(A6Client.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The classes of a jar, or of a folder. */
    static JavaClasses classes(Path place) {
        if (Files.isDirectory(place)) {
            return new ClassFileImporter().importPath(place);
        }
        try (JarFile jar = new JarFile(place.toFile())) {
            return new ClassFileImporter().importJar(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
