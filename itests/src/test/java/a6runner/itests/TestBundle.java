// SPDX-License-Identifier: Apache-2.0
package a6runner.itests;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.EmbeddedResource;
import aQute.bnd.osgi.FileResource;
import aQute.bnd.osgi.Jar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.service.component.annotations.Component;

/**
 * A plugin bundle made of test classes, as bnd makes one in a build: what is annotated with {@link Component} becomes a component, what the classes use
 * is imported. A component is a public static class, nested or not, with a public constructor. Immutable; the same calls give the same bundle, but for
 * the time in it.
 *
 * <pre>{@code
 * TestBundle.of("test.hello", "1.0.0", Hello.class).copyTo(deploy);
 * }</pre>
 */
public final class TestBundle {

    private final String symbolicName;
    private final String version;
    private final Set<Class<?>> classes;
    private final Map<String, String> headers;
    private final Map<String, byte[]> resources;

    private TestBundle(String symbolicName, String version, Collection<Class<?>> classes, Map<String, String> headers, Map<String, byte[]> resources) {
        this.symbolicName = symbolicName;
        this.version = version;
        this.classes = new LinkedHashSet<>(classes);
        this.headers = new LinkedHashMap<>(headers);
        this.resources = new LinkedHashMap<>(resources);
    }

    /** A bundle of these classes and of all that are nested in them. */
    public static TestBundle of(String symbolicName, String version, Class<?>... classes) {
        return new TestBundle(symbolicName, version, Arrays.asList(classes), Map.of(), Map.of());
    }

    /** The same with another version. */
    public TestBundle version(String other) {
        return new TestBundle(symbolicName, other, classes, headers, resources);
    }

    /** The same with a header, or an instruction of bnd's, more. */
    public TestBundle header(String name, String value) {
        TestBundle more = new TestBundle(symbolicName, version, classes, headers, resources);
        more.headers.put(name, value);
        return more;
    }

    /** The same with a file more; a plugin reads it by {@code getResource}. */
    public TestBundle resource(String path, String text) {
        TestBundle more = new TestBundle(symbolicName, version, classes, headers, resources);
        more.resources.put(path, text.getBytes(StandardCharsets.UTF_8));
        return more;
    }

    public String symbolicName() {
        return symbolicName;
    }

    /** The jar's bytes. */
    public byte[] bytes() {
        try (Builder builder = new Builder(); Jar jar = new Jar(symbolicName)) {
            for (Class<?> type : classes) {
                add(jar, type);
            }
            resources.forEach((path, bytes) -> jar.putResource(path, new EmbeddedResource(bytes, 0L)));
            builder.setJar(jar);
            builder.setClasspath(new File[] {location(PluginFilter.class).toFile(), location(Component.class).toFile()});
            builder.setProperty("Bundle-SymbolicName", symbolicName);
            builder.setProperty("Bundle-Version", version);
            builder.setProperty("-noextraheaders", "true");
            builder.setProperty("-noimportjava", "true");
            headers.forEach(builder::setProperty);
            jar.setManifest(builder.calcManifest());
            if (!builder.getErrors().isEmpty()) {
                throw new IllegalArgumentException("bnd can't make " + symbolicName + ": " + builder.getErrors());
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            jar.write(bytes);
            return bytes.toByteArray();
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("bnd can't make " + symbolicName, e);
        }
    }

    public InputStream stream() {
        return new ByteArrayInputStream(bytes());
    }

    /** Writes the jar into a folder, as {@code SYMBOLIC-NAME.jar} whatever the version, in one step as {@code mv} would. */
    public Path copyTo(Path folder) {
        return copyTo(folder, symbolicName + ".jar");
    }

    /** Writes the jar into a folder under a name. */
    public Path copyTo(Path folder, String fileName) {
        try {
            Path part = Files.write(folder.resolve("." + fileName + ".part"), bytes());
            return Files.move(part, folder.resolve(fileName), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void add(Jar jar, Class<?> type) throws java.io.IOException {
        String name = type.getName().substring(type.getPackageName().length() + 1);
        Path folder = location(type).resolve(type.getPackageName().replace('.', '/'));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String fileName = file.getFileName().toString();
                if (fileName.equals(name + ".class") || fileName.startsWith(name + "$") && fileName.endsWith(".class")) {
                    jar.putResource(type.getPackageName().replace('.', '/') + "/" + fileName, new FileResource(file));
                }
            }
        }
    }

    /** The jar or the folder that a class was loaded from. */
    private static Path location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
