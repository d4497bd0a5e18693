// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BundleFileTest {

    @TempDir
    private Path dir;

    @Test
    void readsNameVersionAndWhetherThereAreServices() throws Exception {
        assertThat(read(PluginJar.hello("1.2.0.SNAPSHOT"))).isEqualTo(new BundleFile("test.hello", new Version("1.2.0.SNAPSHOT"), true));
        assertThat(read(PluginJar.bundle("a.b;singleton:=true", "1"))).isEqualTo(new BundleFile("a.b", new Version("1.0.0"), false));
        assertThat(read(PluginJar.bundle("a", "1").header("Bundle-Activator", "x.Y")).active()).isTrue();
    }

    @Test
    void refusesAJarThatIsNoBundle() {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.plain()))
                .withMessage("not an OSGi bundle: Bundle-SymbolicName is missing from its manifest; build it with bnd-maven-plugin");
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.plain().header("Bundle-SymbolicName", "a")))
                .withMessageContaining("Bundle-ManifestVersion");
    }

    @Test
    void refusesAFragment() {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.bundle("a", "1").header("Fragment-Host", "a6runner.runner;bundle-version=1")))
                .withMessageStartingWith("a fragment of a6runner.runner can't be deployed");
    }

    @Test
    void refusesAVersionThatIsNone() {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> read(PluginJar.bundle("a", "1.0-SNAPSHOT"))).withMessageContaining("\"1.0-SNAPSHOT\"");
    }

    @Test
    void tellsWhatIsNotAJarOrNotAllOfOne() throws IOException {
        byte[] whole = PluginJar.hello("1").bytes();
        for (byte[] bytes : new byte[][] {{}, {1, 2, 3}, Arrays.copyOf(whole, whole.length / 2), Arrays.copyOf(whole, whole.length - 1)}) {
            Path file = Files.write(dir.resolve("x.jar"), bytes);
            assertThatExceptionOfType(ZipException.class).isThrownBy(() -> BundleFile.read(file));
        }
    }

    private BundleFile read(PluginJar jar) throws IOException, Refusal {
        return BundleFile.read(Files.write(dir.resolve("x.jar"), jar.bytes()));
    }
}
