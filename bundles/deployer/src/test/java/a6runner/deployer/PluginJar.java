// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Makes the jars that the tests drop: a manifest by headers, classes of {@code sample}, components where wanted. */
final class PluginJar {

    static final String API = "org.apache.apisix.plugin.runner.filter";
    static final String SAMPLE = "a6runner.deployer.sample.";
    private static final String OFFERED = "<service><provide interface='" + API + ".PluginFilter'/></service>";

    private final Manifest manifest = new Manifest();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    private PluginJar() {
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    }

    /** A jar that is no bundle, with nothing in it. */
    static PluginJar plain() {
        return new PluginJar();
    }

    /** A bundle without services. */
    static PluginJar bundle(String symbolicName, String version) {
        return plain().header("Bundle-ManifestVersion", "2").header("Bundle-SymbolicName", symbolicName).header("Bundle-Version", version)
                .classes("Hello", "ThrowingActivator", "HangingActivator", "SleepingActivator");
    }

    /** A bundle {@code test.hello} with the plugin {@code hello}. */
    static PluginJar hello(String version) {
        return bundle("test.hello", version).header("Import-Package", API).component("Hello", "", "");
    }

    /** A bundle {@code test.hello} with a component of one of the samples. */
    static PluginJar of(String version, String sample, String attributes, String children) {
        return bundle("test.hello", version).header("Import-Package", API).classes(sample).component(sample, attributes, children);
    }

    PluginJar header(String name, String value) {
        manifest.getMainAttributes().putValue(name, value);
        return this;
    }

    /** Makes the content another one. */
    PluginJar build(int number) {
        return entry("build.txt", ("build " + number).getBytes(StandardCharsets.UTF_8));
    }

    PluginJar entry(String path, byte[] content) {
        entries.put(path, content);
        return this;
    }

    /** Puts samples into it. */
    PluginJar classes(String... samples) {
        for (String sample : samples) {
            classFile(SAMPLE + sample);
        }
        return this;
    }

    /** Puts a class of this JVM's into it. */
    PluginJar classFile(String name) {
        String path = name.replace('.', '/') + ".class";
        try (InputStream in = PluginJar.class.getClassLoader().getResourceAsStream(path)) {
            return entry(path, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A component of a sample that is in it, in place of the one before; registered as a PluginFilter unless the children say what it is registered as. */
    PluginJar component(String sample, String attributes, String children) {
        String xml = "<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.3.0' name='test." + sample.toLowerCase(java.util.Locale.ROOT) + "' " + attributes
                + "><implementation class='" + SAMPLE + sample + "'/>" + (children.contains("<service>") ? "" : OFFERED) + children + "</scr:component>";
        return header("Service-Component", "OSGI-INF/component.xml").entry("OSGI-INF/component.xml", xml.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            ByteArrayOutputStream headers = new ByteArrayOutputStream();
            manifest.write(headers);
            add(jar, JarFile.MANIFEST_NAME, headers.toByteArray());
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                add(jar, entry.getKey(), entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void add(JarOutputStream jar, String path, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(path);
        entry.setTime(0); // Equal jars are equal in every byte, whenever they are made.
        jar.putNextEntry(entry);
        jar.write(content);
        jar.closeEntry();
    }
}
