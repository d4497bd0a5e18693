// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.rules;

import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import aQute.bnd.header.OSGiHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the bundles of the distribution say of themselves. */
final class ManifestsIT {

    private static final Set<String> EXPORTED = Set.of("org.apache.apisix.plugin.runner", "org.apache.apisix.plugin.runner.filter", "a6runner.spi");

    /** Our bundles in the distribution, core and plugins. */
    static Stream<Path> ours() {
        Distribution distribution = Distribution.packed();
        Path bundles = distribution.home().resolve("bundles");
        return Stream.of(bundles, bundles.resolve("shell"), distribution.deploy()).flatMap(folder -> Folder.jars(folder).stream())
                .filter(jar -> jar.getFileName().toString().startsWith("a6runner-"));
    }

    private static boolean isApi(Path jar) {
        return jar.getFileName().toString().startsWith("a6runner-api-");
    }

    private static boolean isPlugin(Path jar) {
        return jar.getFileName().toString().startsWith("a6runner-plugin-");
    }

    private static Attributes headers(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes();
        } catch (IOException e) {
            throw new AssertionError(jar + " can't be read", e);
        }
    }

    private static Set<String> names(Attributes headers, String header) {
        return OSGiHeader.parseHeader(headers.getValue(header)).keySet();
    }

    @Test
    void theDistributionHasTheCoreAndSevenPlugins() {
        assertThat(ours().map(jar -> headers(jar).getValue("Bundle-SymbolicName"))).containsExactlyInAnyOrder("a6runner.api", "a6runner.protocol", "a6runner.runner",
                "a6runner.deployer", "a6runner.shell", "a6runner.plugin.noop", "a6runner.plugin.add-header", "a6runner.plugin.stop-request", "a6runner.plugin.rewrite-request",
                "a6runner.plugin.response-filter", "a6runner.plugin.post-req-with-vars-filter", "a6runner.plugin.async-response-filter");
    }

    @Test
    void theApiBundleExportsItsThreePackagesEachWithAVersion() {
        Attributes api = headers(ours().filter(ManifestsIT::isApi).findFirst().orElseThrow());
        assertThat(names(api, "Export-Package")).isEqualTo(EXPORTED);
        assertThat(OSGiHeader.parseHeader(api.getValue("Export-Package")).values()).allSatisfy(attributes -> assertThat(attributes.getVersion()).isNotNull());
    }

    static Stream<Path> allButTheApi() {
        return ours().filter(jar -> !isApi(jar));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allButTheApi")
    void noOtherBundleExportsAnything(Path jar) {
        assertThat(headers(jar).getValue("Export-Package")).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ours")
    void aBundleIsWiredByPackagesAlone(Path jar) {
        assertThat(headers(jar)).doesNotContainKeys(new Attributes.Name("Require-Bundle"), new Attributes.Name("DynamicImport-Package"),
                new Attributes.Name("Fragment-Host"), new Attributes.Name("Bundle-Activator"));
    }

    static Stream<Path> plugins() {
        return ours().filter(ManifestsIT::isPlugin);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plugins")
    void aPluginImportsTheApiAndTheLogOnly(Path jar) {
        assertThat(names(headers(jar), "Import-Package")).isNotEmpty().isSubsetOf("org.apache.apisix.plugin.runner", "org.apache.apisix.plugin.runner.filter", "org.slf4j");
    }

    @ParameterizedTest
    @CsvSource({"protocol, a6runner.runner", "runner, a6runner.protocol", "runner, io.netty", "deployer, org.apache.apisix", "shell, org.apache.apisix", "shell, io.netty"})
    void aBundleOfTheCoreDoesNotImport(String bundle, String packages) {
        assertThat(names(headers(Jars.bundle(bundle)), "Import-Package")).isNotEmpty().noneMatch(name -> name.startsWith(packages));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ours")
    void aBundleRunsOnJava17(Path jar) {
        assertThat(headers(jar).getValue("Require-Capability")).contains("(&(osgi.ee=JavaSE)(version=17))");
    }
}
