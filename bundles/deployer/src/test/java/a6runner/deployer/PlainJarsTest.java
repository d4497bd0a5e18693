// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Jars without an OSGi manifest. */
class PlainJarsTest extends DeployerFixture {

    @Test
    void aPlainJarsPluginServes() throws Exception {
        deployer();
        write("my-plugin-1.0.jar", PluginJar.plain().classes("Hello"));
        seen.await("switch [my-plugin 1.0.0] for []");
        log.await("my-plugin-1.0.jar: active (my-plugin 1.0.0, plugins: hello)");
        write("my-plugin-1.1.jar", PluginJar.plain().classes("Hello").build(2));
        seen.await("switch [my-plugin 1.1.0] for [my-plugin 1.0.0]");
    }

    @Test
    void aPluginMayHaveHelpersThatImplementNothing() throws Exception {
        deployer();
        write("helped.jar", PluginJar.plain().classes("Hello").classFile("a6runner.deployer.PluginJar"));
        log.await("helped.jar: active (helped 0.0.0, plugins: hello)");
    }

    @Test
    void aLibraryIsTold() throws Exception {
        deployer();
        write("library.jar", PluginJar.plain().classFile("a6runner.deployer.PluginJar"));
        assertThat(log.await("library.jar: not deployed")).contains("it offers no plugin: no class in it implements PluginFilter");
    }

    @Test
    void theApiThatWasPackedInIsLeftOut() throws Exception {
        deployer();
        write("fat.jar", PluginJar.plain().classes("Hello").classFile(PluginJar.API + ".PluginFilter").classFile(PluginJar.API + ".PluginFilterChain"));
        log.await("fat.jar: active (fat 0.0.0, plugins: hello)");
    }

    @Test
    void whatItUsesAndIsNotThereIsOptional() throws Exception {
        deployer();
        write("linked.jar", PluginJar.plain().classes("Linked", "Hello", "Needy").classFile("org.assertj.core.api.Assertions"));
        log.await("linked.jar: active");
    }

    @Test
    void onlyOneThatCanBeMadeBecomesAPlugin() throws Exception {
        deployer();
        write("unfit.jar", PluginJar.plain().classes("Unfit"));
        assertThat(log.await("unfit.jar: not deployed")).contains("its plugin a6runner.deployer.sample.Unfit can't be made", "a public constructor without arguments");
        write("both.jar", PluginJar.plain().classes("Unfit", "Hello"));
        log.await("a6runner.deployer.sample.Unfit can't be made and is left out");
        log.await("both.jar: active (both 0.0.0, plugins: hello)");
    }

    @Test
    void aPluginInTheApisOwnPackageIsTold() throws Exception {
        deployer();
        byte[] type = PlainJarsTest.class.getClassLoader().getResourceAsStream("a6runner/deployer/sample/Hello.class").readAllBytes();
        write("api.jar", PluginJar.plain().entry("org/apache/apisix/plugin/runner/filter/MyFilter.class", type));
        assertThat(log.await("api.jar: not deployed")).contains("classes in the api's own packages are left out (org.apache.apisix.plugin.runner.filter.MyFilter …)",
                "move it to a package of its own");
    }
}
