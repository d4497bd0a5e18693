// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;

/**
 * Gives the framework the core's bundles with their classes from our own class path (OSGi Core 8, chapter 60, Connect), so that a class archive of the JVM
 * serves them: loading those classes from jars is most of what a start costs. What is a bundle in all else stays one: headers, wiring, components. Plugins are
 * none of this; theirs are ordinary bundles, and they see of the core's classes what they are wired to.
 *
 * <p>Which jars are on the class path stands in {@code lib/a6runner-bundles.jar}, which the build makes; a jar that isn't named there is installed as a
 * bundle of the ordinary kind. Called by the framework on whatever thread installs.
 */
final class ConnectedBundles implements ModuleConnector {

    /** What the location of such a bundle begins with; the jar's path follows. */
    private static final String LOCATION = "a6runner-core:";

    private final Set<Path> onClassPath;

    ConnectedBundles(Set<Path> onClassPath) {
        this.onClassPath = onClassPath;
    }

    /** Those of a distribution; none if it doesn't say which. */
    static ConnectedBundles of(Distribution distribution) {
        Path index = distribution.bundlesIndex();
        Set<Path> jars = new HashSet<>();
        if (Files.exists(index)) {
            try (JarFile jar = new JarFile(index.toFile())) {
                for (String name : jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH).split(" ")) {
                    jars.add(index.resolveSibling(name).normalize());
                }
            } catch (IOException e) {
                throw Refusal.failed("the distribution is incomplete: can't read " + index + ": " + e.getMessage());
            }
        }
        return new ConnectedBundles(jars);
    }

    /** The location to install a jar from. */
    String location(Path jar) {
        return onClassPath.contains(jar) ? LOCATION + jar : reference(jar);
    }

    /** Felix uses the jar where it lies, and decodes the location as if it came from a form: a plus sign would become a space. */
    private static String reference(Path jar) {
        return "reference:" + jar.toUri().toString().replace("file:///", "file:/").replace("+", "%2B");
    }

    @Override
    public void initialize(File storage, Map<String, String> configuration) {
        // Nothing is kept.
    }

    @Override
    public Optional<ConnectModule> connect(String location) {
        return location.startsWith(LOCATION) ? Optional.of(new ConnectedJar(Path.of(location.substring(LOCATION.length())))) : Optional.empty();
    }

    @Override
    public Optional<BundleActivator> newBundleActivator() {
        return Optional.empty();
    }
}
