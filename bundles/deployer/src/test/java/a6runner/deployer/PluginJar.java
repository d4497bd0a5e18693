// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Makes the jars that the tests drop: a manifest by headers, classes of {@code sample}, a component where wanted. */
final class PluginJar {

    private static final String API = "org.apache.apisix.plugin.runner.filter";

    private final Manifest manifest = new Manifest();
    private final StringBuilder content = new StringBuilder();
    private String component = "";

    private PluginJar() {
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    }

    /** A jar that is no bundle. */
    static PluginJar plain() {
        return new PluginJar();
    }

    /** A bundle without services. */
    static PluginJar bundle(String symbolicName, String version) {
        return plain().header("Bundle-ManifestVersion", "2").header("Bundle-SymbolicName", symbolicName).header("Bundle-Version", version);
    }

    /** A bundle {@code test.hello} with the plugin {@code hello}. */
    static PluginJar hello(String version) {
        return bundle("test.hello", version).header("Import-Package", API).component();
    }

    PluginJar header(String name, String value) {
        manifest.getMainAttributes().putValue(name, value);
        return this;
    }

    /** Makes the content another one. */
    PluginJar build(int number) {
        content.append("build ").append(number);
        return this;
    }

    private PluginJar component() {
        component = "<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.3.0' name='hello'><implementation class='a6runner.deployer.sample.Hello'/>"
                + "<service><provide interface='" + API + ".PluginFilter'/></service></scr:component>";
        return header("Service-Component", "OSGI-INF/hello.xml");
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            ByteArrayOutputStream headers = new ByteArrayOutputStream();
            manifest.write(headers);
            add(jar, JarFile.MANIFEST_NAME, headers.toByteArray());
            for (String name : new String[] {"Hello", "ThrowingActivator", "HangingActivator"}) {
                String path = "a6runner/deployer/sample/" + name + ".class";
                try (InputStream in = PluginJar.class.getClassLoader().getResourceAsStream(path)) {
                    add(jar, path, in.readAllBytes());
                }
            }
            add(jar, "OSGI-INF/hello.xml", component.getBytes(StandardCharsets.UTF_8));
            add(jar, "build.txt", content.toString().getBytes(StandardCharsets.UTF_8));
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
