// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.osgi.framework.Version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BundleFileTest {

    @TempDir
    private Path dir;

    @Test
    void readsNameVersionAndPids() throws Exception {
        assertThat(read(PluginJar.hello("1.2.0.SNAPSHOT"))).isEqualTo(new BundleFile("test.hello", new Version("1.2.0.SNAPSHOT"), false, false, Set.of("test.hello")));
        assertThat(read(PluginJar.hello("1").header("Bundle-SymbolicName", "a.b;singleton:=true")).symbolicName()).isEqualTo("a.b");
        assertThat(read(PluginJar.hello("1").header(BundleFile.UPGRADE, "replace")).replace()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {" | test.named", "configuration-pid='x.y' | x.y", "configuration-pid='$ x.y' | test.named,x.y",
        "configuration-policy='ignore' | ``"})
    void readsThePidsOfAComponent(String attributes, String pids) throws Exception {
        Set<String> expected = pids.isEmpty() ? Set.of() : Set.of(pids.split(","));
        assertThat(read(PluginJar.of("1", "Named", attributes == null ? "" : attributes, "")).pids()).isEqualTo(expected);
        PluginJar wild = PluginJar.of("1", "Named", attributes == null ? "" : attributes, "").header("Service-Component", "OSGI-INF/none.xml, OSGI-INF/*.xml");
        assertThat(read(wild).pids()).isEqualTo(expected);
    }

    @Test
    void refusesABundleThatOffersNothing() {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.bundle("a", "1")))
                .withMessageStartingWith("it offers no plugin: it has neither a component nor an activator; if it is a library, ");
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.plain())).withMessage("it offers no plugin: there is no class in it");
    }

    @Test
    void refusesABundleOfAnOlderKind() {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.plain().header("Bundle-SymbolicName", "a")))
                .withMessageContaining("Bundle-ManifestVersion");
    }

    @Test
    void refusesASpringBootJar() {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.plain().entry("BOOT-INF/classes/A.class", new byte[0])))
                .withMessageStartingWith("a Spring Boot jar (it has BOOT-INF)");
    }

    @Test
    void refusesABundleThatHoldsTheApiInsteadOfImportingIt() throws Exception {
        PluginJar jar = PluginJar.hello("1").classFile(PluginJar.API + ".PluginFilter");
        assertThat(read(jar).symbolicName()).isEqualTo("test.hello");
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(jar.header("Import-Package", "org.slf4j")))
                .withMessageStartingWith("it holds the api's own classes (org.apache.apisix.plugin.runner.filter.PluginFilter)");
    }

    @ParameterizedTest
    @CsvSource({"my-plugin-1.2-SNAPSHOT.jar, my-plugin, 1.2.0.SNAPSHOT", "my-plugin.jar, my-plugin, 0.0.0", "x-1.0.3.jar, x, 1.0.3", "a b-2.jar, a_b, 2.0.0",
        "x-1.2.3.4.jar, x, 1.2.3.4"})
    void tellsAPlainJarByItsName(String file, String name, String version) throws Exception {
        Files.write(dir.resolve("x.jar"), PluginJar.plain().classes("Hello").bytes());
        BundleFile facts = BundleFile.read(dir.resolve("x.jar"), file);
        assertThat(facts).isEqualTo(new BundleFile(name, new Version(version), true, false, Set.of()));
    }

    @Test
    void tellsAPlainJarByWhatMavenSays() throws Exception {
        PluginJar jar = PluginJar.plain().classes("Hello").entry("META-INF/maven/g/a/pom.properties", "groupId=g\nartifactId=a\nversion=3.1".getBytes());
        assertThat(read(jar)).hasToString("g.a 3.1.0");
        jar.entry("META-INF/maven/other/lib/pom.properties", "groupId=other\nartifactId=lib\nversion=9".getBytes());
        assertThat(read(jar)).as("a jar with a library in it").hasToString("x 0.0.0");
    }

    @Test
    void refusesAFragment() {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.bundle("a", "1").header("Fragment-Host", "a6runner.runner;bundle-version=1")))
                .withMessageStartingWith("a fragment of a6runner.runner can't be deployed");
    }

    @Test
    void refusesAVersionThatIsNone() {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.hello("1.0-SNAPSHOT"))).withMessageContaining("\"1.0-SNAPSHOT\"");
    }

    @Test
    void tellsWhatIsNotAJarOrNotAllOfOne() throws IOException {
        byte[] whole = PluginJar.hello("1").bytes();
        for (byte[] bytes : new byte[][] {{}, {1, 2, 3}, Arrays.copyOf(whole, whole.length / 2), Arrays.copyOf(whole, whole.length - 1)}) {
            Path file = Files.write(dir.resolve("x.jar"), bytes);
            assertThatExceptionOfType(ZipException.class).isThrownBy(() -> BundleFile.read(file, "x.jar"));
        }
    }

    private BundleFile read(PluginJar jar) throws IOException, Refusal {
        return BundleFile.read(Files.write(dir.resolve("x.jar"), jar.bytes()), "x.jar");
    }
}
