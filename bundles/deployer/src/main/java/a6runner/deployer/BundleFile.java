// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * What the manifest of a bundle's file says.
 *
 * @param symbolicName the bundle's identity, over all its versions
 * @param version its version, 0.0.0 if it states none
 * @param active whether it says that it registers services: by components or by an activator
 */
record BundleFile(String symbolicName, Version version, boolean active) {

    /**
     * Reads a file that nobody writes to any more.
     *
     * @throws ZipException if it isn't a jar, maybe because it is not complete: the end of a jar is its table of contents
     * @throws Refusal if it is a jar, but none that can be deployed
     * @throws IOException if it can't be read
     */
    static BundleFile read(Path file) throws IOException, Refusal {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest();
            return of(manifest == null ? new Attributes() : manifest.getMainAttributes());
        }
    }

    private static BundleFile of(Attributes headers) throws Refusal {
        String name = beforeDirectives(headers.getValue(Constants.BUNDLE_SYMBOLICNAME));
        if (name.isEmpty()) {
            throw new Refusal("not an OSGi bundle: Bundle-SymbolicName is missing from its manifest; build it with bnd-maven-plugin");
        }
        if (!"2".equals(beforeDirectives(headers.getValue(Constants.BUNDLE_MANIFESTVERSION)))) {
            throw new Refusal("not an OSGi bundle: its manifest lacks \"Bundle-ManifestVersion: 2\"; build it with bnd-maven-plugin");
        }
        if (headers.getValue(Constants.FRAGMENT_HOST) != null) {
            throw new Refusal("a fragment of " + beforeDirectives(headers.getValue(Constants.FRAGMENT_HOST))
                    + " can't be deployed: a plugin stands on its own; put its classes into the plugin's jar and remove Fragment-Host");
        }
        boolean active = headers.getValue("Service-Component") != null || headers.getValue(Constants.BUNDLE_ACTIVATOR) != null;
        return new BundleFile(name, version(headers.getValue(Constants.BUNDLE_VERSION)), active);
    }

    private static Version version(String text) throws Refusal {
        try {
            return Version.parseVersion(text);
        } catch (IllegalArgumentException e) {
            throw new Refusal("its Bundle-Version is \"" + text + "\" (expected: up to three numbers and a qualifier, such as 1.2.0.SNAPSHOT); bnd-maven-plugin"
                    + " makes a right one of Maven's version", e);
        }
    }

    private static String beforeDirectives(String header) {
        return header == null ? "" : header.split(";", 2)[0].strip();
    }

    @Override
    public String toString() {
        return symbolicName + " " + version;
    }
}
