// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

import static org.assertj.core.api.Assertions.assertThat;

/** Configuration files in the deploy folder. */
class ConfigurationsTest extends DeployerFixture {

    private static PluginJar named() {
        return PluginJar.of("1", "Named", "activate='activate'", "");
    }

    private Configuration[] configurations() throws Exception {
        ServiceReference<ConfigurationAdmin> reference = framework.context().getServiceReference(ConfigurationAdmin.class);
        Configuration[] found = framework.context().getService(reference).listConfigurations(null);
        return found == null ? new Configuration[0] : found;
    }

    @Test
    void aConfigurationIsThereWhenTheComponentIsMade() throws Exception {
        config("test.named.cfg", "name = one");
        write("named.jar", named());
        deployer();
        assertThat(log.await("named.jar: active")).endsWith("plugins: one)");
        awaitStatus("test.named.cfg", "state: ACTIVE", "why: configures named.jar");
        assertThat(configurations()).extracting(Configuration::getPid).containsExactly("test.named|test.hello|1.0.0|a6runner-plugin:1");
    }

    @Test
    void aChangedConfigurationIsAnUpgrade() throws Exception {
        config("test.named.cfg", "name = one");
        write("named.jar", named());
        deployer();
        log.await("named.jar: active");
        config("test.named.cfg", "name = two");
        seen.await("switch [hello 1.0.0] for [hello 1.0.0]");
        assertThat(log.await("named.jar: configured anew")).endsWith("plugins: two)");
        seen.await("forget hello 1.0.0");
        Files.delete(deploy.resolve("test.named.cfg"));
        assertThat(log.await("named.jar: configured anew")).endsWith("plugins: unnamed)");
        seen.await("forget hello 1.0.0");
        assertThat(Arrays.stream(configurations()).map(Configuration::getPid)).isEmpty();
    }

    @Test
    void aBadConfigurationLeavesTheOneBeforeInForce() throws Exception {
        config("test.named.cfg", "name = one");
        write("named.jar", named());
        deployer();
        log.await("named.jar: active");
        config("test.named.cfg", "name = bad");
        assertThat(log.await("named.jar: not deployed")).contains("Named threw java.lang.IllegalArgumentException: name = bad (expected: another)", "(with test.named.cfg)")
                .endsWith("; test.hello 1.0.0 keeps serving");
        awaitStatus("test.named.cfg", "state: FAILED", "why: named.jar doesn't come up with it", "name = bad");
        config("test.named.cfg", "name = three");
        assertThat(log.await("named.jar: configured anew")).endsWith("plugins: three)");
    }

    @Test
    void oneThatWaitsForItsConfigurationServesOnceThatComes() throws Exception {
        write("named.jar", PluginJar.of("1", "Named", "configuration-policy='require' activate='activate'", ""));
        deployer();
        log.await("named.jar: waiting: the component a6runner.deployer.sample.Named needs a configuration");
        config("test.named.cfg", "name = late");
        assertThat(log.await("named.jar: active")).endsWith("plugins: late)");
    }

    @Test
    void factoryConfigurationsMakeAComponentEach() throws Exception {
        config("test.named~a.cfg", "name = a");
        config("test.named~b.cfg", "name = b");
        write("named.jar", PluginJar.of("1", "Named", "configuration-policy='require' activate='activate'", ""));
        deployer();
        assertThat(log.await("named.jar: active")).containsPattern("plugins: (a, b|b, a)\\)");
    }

    @Test
    void whatNoPluginAsksForIsThereForWhoeverDoes() throws Exception {
        config("org.acme.cfg", "a = 1");
        deployer();
        awaitStatus("org.acme.cfg", "state: ACTIVE", "why: no plugin's component has the PID org.acme");
        assertThat(configurations()).extracting(Configuration::getPid).containsExactly("org.acme");
        Files.delete(deploy.resolve("org.acme.cfg"));
        log.await("org.acme.cfg: removed");
        marker("after");
        assertThat(configurations()).isEmpty();
    }

    @Test
    void ofTwoFilesForOnePidTheFirstIsRead() throws Exception {
        config("test.named.cfg", "name = cfg");
        config("test.named.config", "name=\"config\"");
        write("named.jar", named());
        deployer();
        assertThat(log.await("named.jar: active")).endsWith("plugins: cfg)");
        awaitStatus("test.named.config", "state: SHADOWED", "why: test.named.cfg is read for the same PID");
    }
}
