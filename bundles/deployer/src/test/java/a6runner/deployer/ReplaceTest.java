// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Upgrades of plugins whose versions can't stand beside each other. */
class ReplaceTest extends DeployerFixture {

    @Override
    Map<String, String> settings() {
        return Map.of("a6runner.deploy.dir", deploy.toString(), "a6runner.data.dir", dir.resolve("data").toString(), "a6runner.deploy.scan", "200ms",
                "a6runner.plugin.hello.upgrade", "replace");
    }

    @BeforeEach
    void serveOne() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        lifecycle.onCheck = () -> framework.plugins().stream().map(plugin -> plugin.replace("test.", "")).collect(Collectors.joining(", ", "while there is ", ""));
    }

    @Test
    void theOldOneIsDrainedAndStoppedBeforeTheNewOneStarts() throws Exception {
        CompletableFuture<Boolean> calls = new CompletableFuture<>();
        lifecycle.running.put("1.0.0", calls);
        write("hello.jar", PluginJar.hello("2"));
        seen.await("suspend hello 1.0.0");
        seen.await("drain hello 1.0.0");
        assertThat(framework.plugins()).containsExactly("test.hello 1.0.0");
        calls.complete(true);
        assertThat(seen.await("check")).isEqualTo("check hello 2.0.0 while there is hello 2.0.0");
        assertThat(seen.await("switch")).isEqualTo("switch [hello 2.0.0] for [hello 1.0.0]");
        log.await("hello.jar: replaced test.hello 1.0.0 (now active: test.hello 2.0.0");
        seen.await("forget hello 1.0.0");
    }

    @Test
    void theOldOneIsStartedAgainIfTheNewOneFails() throws Exception {
        write("hello.jar", PluginJar.of("2", "Throwing", "", ""));
        seen.await("suspend hello 1.0.0");
        seen.await("check hello 2.0.0");
        assertThat(seen.await("check")).isEqualTo("check hello 1.0.0 while there is hello 1.0.0");
        assertThat(seen.await("switch")).isEqualTo("switch [hello 1.0.0] for []");
        assertThat(log.await("hello.jar: not deployed: the constructor")).endsWith("; test.hello 1.0.0 keeps serving");
        awaitStatus("hello.jar", "state: FAILED", "serving: test.hello 1.0.0");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0] for [hello 1.0.0]");
    }

    @Test
    void theOldOneIsStartedAgainIfTheNewOneHangs() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        System.getProperties().put("a6runner.test.latch", latch);
        try {
            write("hello.jar", PluginJar.hello("2").header("Bundle-Activator", PluginJar.SAMPLE + "HangingActivator").header("Import-Package",
                    "org.osgi.framework," + PluginJar.API));
            seen.await("suspend hello 1.0.0");
            deployer.close(); // as a hanging one is given up when the deployer ends, too, and at once
            assertThat(seen.await("switch")).isEqualTo("switch [hello 1.0.0] for []");
            assertThat(framework.plugins()).contains("test.hello 1.0.0");
        } finally {
            latch.countDown();
            System.getProperties().remove("a6runner.test.latch");
        }
    }

    @Test
    void whatCannotEvenBeResolvedStopsNobody() throws Exception {
        write("hello.jar", PluginJar.hello("2").header("Import-Package", PluginJar.API + ",com.acme.lib"));
        log.await("hello.jar: not deployed: it imports the package com.acme.lib");
        assertThat(seen.now()).noneMatch(line -> line.startsWith("suspend"));
    }

    @Test
    void anAuthorSaysItInTheManifest() throws Exception {
        write("other.jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test.other").component("Linked", "", "").classes("Linked"));
        seen.await("switch [other 1.0.0] for []");
        write("other.jar", PluginJar.hello("2").header("Bundle-SymbolicName", "test.other").component("Linked", "", "").classes("Linked")
                .header(BundleFile.UPGRADE, "replace"));
        seen.await("suspend other 1.0.0");
        seen.await("switch [other 2.0.0] for [other 1.0.0]");
    }
}
