// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * What is known of a plugin's file before it is installed.
 *
 * @param symbolicName the bundle's identity, over all its versions
 * @param version its version, 0.0.0 if it states none
 * @param plain whether it is no bundle yet, but has to be made one
 * @param replace whether it asks not to stand beside its predecessor ({@value #UPGRADE}{@code : replace})
 * @param pids the PIDs that its components are configured by
 */
record BundleFile(String symbolicName, Version version, boolean plain, boolean replace, Set<String> pids) {

    /** The header by which a plugin's author says how its upgrades go. */
    static final String UPGRADE = "A6Runner-Upgrade";

    private static final String API = "org.apache.apisix.plugin.runner.filter";
    private static final String API_CLASS = API.replace('.', '/') + "/PluginFilter.class";

    /**
     * Reads a file that nobody writes to any more.
     *
     * @param fileName the name it has in the deploy folder
     * @throws ZipException if it isn't a jar, maybe because it is not complete: the end of a jar is its table of contents
     * @throws Refusal if it is a jar, but none that can be deployed
     * @throws IOException if it can't be read
     */
    static BundleFile read(Path file, String fileName) throws IOException, Refusal {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest();
            Attributes headers = manifest == null ? new Attributes() : manifest.getMainAttributes();
            if (jar.getEntry("BOOT-INF/") != null || jar.stream().anyMatch(entry -> entry.getName().startsWith("BOOT-INF/"))) {
                throw new Refusal("a Spring Boot jar (it has BOOT-INF): it is a program of its own, and its classes lie where no plugin's do; deploy a jar of the"
                        + " filter classes alone, such as the one that the build leaves as NAME.jar.original");
            }
            String name = beforeDirectives(headers.getValue(Constants.BUNDLE_SYMBOLICNAME));
            if (name.isEmpty()) {
                return PlainJar.facts(jar, headers, fileName);
            }
            return of(jar, headers, name);
        }
    }

    private static BundleFile of(JarFile jar, Attributes headers, String name) throws IOException, Refusal {
        if (!"2".equals(beforeDirectives(headers.getValue(Constants.BUNDLE_MANIFESTVERSION)))) {
            throw new Refusal("not an OSGi bundle: its manifest lacks \"Bundle-ManifestVersion: 2\"; build it with bnd-maven-plugin");
        }
        if (headers.getValue(Constants.FRAGMENT_HOST) != null) {
            throw new Refusal("a fragment of " + beforeDirectives(headers.getValue(Constants.FRAGMENT_HOST))
                    + " can't be deployed: a plugin stands on its own; put its classes into the plugin's jar and remove Fragment-Host");
        }
        Version version = version(headers.getValue(Constants.BUNDLE_VERSION));
        String components = headers.getValue("Service-Component");
        if (components == null && headers.getValue(Constants.BUNDLE_ACTIVATOR) == null) {
            if (jar.getEntry(API_CLASS) != null) {
                throw new Refusal("it is the api that plugins are written against, which the runner has already: take it away; a plugin's jar needs nothing beside it");
            }
            throw new Refusal("it offers no plugin: it has neither a component nor an activator; if it is a library, put it into the jar of the plugin that uses it,"
                    + " else annotate the plugin's class with @Component (org.osgi.service.component.annotations)");
        }
        String imports = headers.getValue(Constants.IMPORT_PACKAGE);
        if (jar.getEntry(API_CLASS) != null && (imports == null || !imports.contains(API))) {
            throw new Refusal("it holds the api's own classes (" + API + ".PluginFilter) instead of importing them, so the runner doesn't know its plugins: make the scope of"
                    + " a6runner-api provided, and let bnd-maven-plugin write Import-Package");
        }
        boolean replace = "replace".equals(beforeDirectives(headers.getValue(UPGRADE)));
        return new BundleFile(name, version, false, replace, ComponentPids.of(jar, components));
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
