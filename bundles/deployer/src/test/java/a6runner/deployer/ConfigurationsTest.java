// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
    void aFileThatIsShadowedDoesNotKeepAConfigurationWaiting() throws Exception {
        config("test.named.cfg", "name = one");
        write("named.jar", named());
        write("newer.jar", PluginJar.of("2", "Named", "activate='activate'", ""));
        deployer();
        awaitStatus("named.jar", "state: SHADOWED");
        awaitStatus("test.named.cfg", "state: ACTIVE", "why: configures named.jar, newer.jar");
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
    void aConfigurationReachesWhatServesInThePlaceOfAJarThatIsNone() throws Exception {
        write("named.jar", named());
        deployer();
        log.await("named.jar: active");
        config("named.jar", "no jar");
        log.await("named.jar: not deployed");
        config("test.named.cfg", "name = two");
        assertThat(log.await("named.jar: configured anew by test.named.cfg")).endsWith("plugins: two)");
        awaitStatus("test.named.cfg", "state: ACTIVE", "why: configures test.hello 1.0.0, which serves in the place of what named.jar holds");
        awaitStatus("named.jar", "state: FAILED", "serving: test.hello 1.0.0");
        config("test.named.cfg", "name = bad");
        assertThat(log.await("Named threw java.lang.IllegalArgumentException: name = bad")).endsWith("; test.hello 1.0.0 keeps serving");
        awaitStatus("test.named.cfg", "state: FAILED", "name = bad");
        Files.delete(deploy.resolve("test.named.cfg"));
        assertThat(log.await("named.jar: configured anew")).endsWith("plugins: unnamed)");
    }

    @Test
    void aConfigurationReachesWhatServesInThePlaceOfAVersionThatFails() throws Exception {
        write("named.jar", named());
        deployer();
        log.await("named.jar: active");
        renameIn("named.jar", PluginJar.of("2", "Throwing", "", ""));
        log.await("named.jar: not deployed");
        config("test.named.cfg", "name = two");
        assertThat(log.await("named.jar: configured anew by test.named.cfg")).endsWith("plugins: two)");
        awaitStatus("test.named.cfg", "state: ACTIVE", "why: configures test.hello 1.0.0, which serves in the place of what named.jar holds");
        awaitStatus("named.jar", "state: FAILED", "bundle: test.hello 2.0.0", "serving: test.hello 1.0.0");
    }

    @Test
    void aFileThatCannotBeReadLeavesWhatItSaidBeforeInForce() throws Exception {
        config("test.named.cfg", "name = one");
        write("named.jar", named());
        deployer();
        log.await("named.jar: active");
        config("test.named.cfg", "name = \\u12zz");
        assertThat(log.await("test.named.cfg: not deployed")).contains("it can't be read as Java properties (key = value): \\u needs four hexadecimal digits")
                .endsWith("; what it said before stays in force until it can be read again or is deleted");
        awaitStatus("test.named.cfg", "state: FAILED", "why: it can't be read as Java properties", "what it said before stays in force");
        linkToNowhere("test.named.cfg");
        assertThat(log.await("test.named.cfg: not deployed: it is a symbolic link")).contains("what it said before stays in force");
        marker("after");
        assertThat(log.now()).noneMatch(line -> line.contains("configured anew"));
        assertThat(configurations()).extracting(Configuration::getPid).containsExactly("test.named|test.hello|1.0.0|a6runner-plugin:1");
        config("test.named.cfg", "name = two");
        assertThat(log.await("named.jar: configured anew")).endsWith("plugins: two)");
        awaitStatus("test.named.cfg", "state: ACTIVE");
        config("test.named.cfg", "name = \\u12zz");
        log.await("test.named.cfg: not deployed");
        Files.delete(deploy.resolve("test.named.cfg"));
        assertThat(log.await("named.jar: configured anew")).endsWith("plugins: unnamed)");
        marker("gone");
        assertThat(command("why", "test.named.cfg")).contains("state: RETIRED");
    }

    private void linkToNowhere(String name) throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("nowhere"));
        Files.move(link, deploy.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aFileThatCannotBeReadAtTheStartHasNothingInForce() throws Exception {
        config("test.named.cfg", "name = \\u12zz");
        write("named.jar", named());
        deployer();
        assertThat(log.await("named.jar: active")).endsWith("plugins: unnamed)");
        assertThat(awaitStatus("test.named.cfg", "state: FAILED", "why: it can't be read as Java properties")).doesNotContain("in force");
    }

    @Test
    void whatIsPutBackIsWaitedForAsLongAsItIsWritten() throws Exception {
        Claims claims = new Claims(content -> false);
        ConfigFiles files = new ConfigFiles(claims, new Configurations(framework.context()), new Statuses(new StatusBoard(deploy), claims, null));
        files.arrived(new ConfigFile("org.acme.cfg", "org.acme", "", "1", Map.of("a", "1")));
        long never = System.nanoTime() + TimeUnit.DAYS.toNanos(1);
        files.removed("org.acme.cfg");
        long deadline = files.nextDeadline(never);
        files.tend(Set.of());
        assertThat(files.nextDeadline(never)).isEqualTo(deadline);
        files.tend(Set.of("org.acme.cfg"));
        assertThat(files.nextDeadline(never)).isGreaterThan(deadline).isLessThan(never);
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
