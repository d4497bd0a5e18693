// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Enumeration;
import java.util.Properties;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.osgi.framework.Version;

/** Says what a jar without an OSGi manifest is, as far as that can be told at a glance: who it is, and which version. */
final class PlainJar {

    private static final Pattern FILE_NAME = Pattern.compile("(.+?)(?:-(\\d[\\w.+-]*))?\\.jar");
    private static final Pattern VERSION = Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?[.+-]?(.*)");

    private PlainJar() {}

    /** Its identity: that which Maven has written into it if that is one, else the file's name without the version. */
    static BundleFile facts(JarFile jar, Attributes headers, String fileName) throws IOException, Refusal {
        if (jar.stream().noneMatch(entry -> entry.getName().endsWith(".class"))) {
            throw new Refusal("it offers no plugin: there is no class in it");
        }
        Properties maven = maven(jar);
        Matcher name = FILE_NAME.matcher(fileName);
        String base = name.matches() ? name.group(1) : fileName;
        String version = headers.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        if (maven != null) {
            return facts(maven.getProperty("groupId") + "." + maven.getProperty("artifactId"), maven.getProperty("version"), headers);
        }
        String module = headers.getValue("Automatic-Module-Name");
        return facts(module == null ? base : module.strip(), version == null && name.matches() ? name.group(2) : version, headers);
    }

    private static BundleFile facts(String name, String version, Attributes headers) {
        boolean replace = "replace".equals(headers.getValue(BundleFile.UPGRADE));
        return new BundleFile(name.replaceAll("[^\\w.-]", "_"), version(version), true, replace, Set.of());
    }

    /** OSGi's form of a version as people write them: 1.2-SNAPSHOT is 1.2.0.SNAPSHOT. */
    static Version version(String text) {
        Matcher matcher = VERSION.matcher(text == null ? "" : text.strip());
        if (!matcher.matches()) {
            return Version.emptyVersion;
        }
        return new Version(number(matcher.group(1)), number(matcher.group(2)), number(matcher.group(3)), matcher.group(4).replaceAll("[^\\w-]", "_"));
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** What Maven says it is; null if it says nothing, or more than one thing as in a jar with others packed in. */
    private static Properties maven(JarFile jar) throws IOException {
        Properties found = null;
        Enumeration<? extends ZipEntry> entries = jar.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            if (entry.getName().matches("META-INF/maven/[^/]+/[^/]+/pom\\.properties")) {
                if (found != null) {
                    return null;
                }
                found = new Properties();
                try (InputStream in = jar.getInputStream(entry)) {
                    found.load(in);
                }
            }
        }
        return found != null && found.containsKey("groupId") && found.containsKey("artifactId") ? found : null;
    }
}
