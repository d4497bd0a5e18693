// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.FrameworkUtil;
import org.osgi.util.tracker.ServiceTracker;

import static org.assertj.core.api.Assertions.assertThat;

/** Files dropped into a folder, in a real framework with Declarative Services; the runner's side is a recording. */
@Timeout(120)
class DeployerFrameworkTest extends DeployerFixture {

    /* ---- The way in ---- */

    @Test
    void anEmptyFolderIsSettledAtOnce() throws Exception {
        deployer();
        assertThat(framework.plugins()).isEmpty();
    }

    @Test
    void aSettledFolderIsAPropertyOfTheHealthsService() throws Exception {
        CompletableFuture<Void> checked = new CompletableFuture<>();
        lifecycle.beforeCheck = () -> checked;
        write("hello.jar", PluginJar.hello("1"));
        deployer(lifecycle);
        seen.await("hold hello 1.0.0");
        ServiceTracker<Object, Object> settled = new ServiceTracker<>(framework.context(),
                FrameworkUtil.createFilter("(&(objectClass=a6runner.spi.HealthCheck)(a6runner.settled=true))"), null);
        settled.open();
        assertThat(settled.isEmpty()).as("while a file is on its way in").isTrue();
        checked.complete(null);
        assertThat(settled.waitForService(20_000)).isNotNull();
        settled.close();
    }

    @Test
    void aMissingFolderIsSettledTooAndMayComeLate() throws Exception {
        Files.delete(deploy);
        deployer();
        log.await("WARN the deploy folder " + deploy + " isn't there");
        Files.createDirectories(deploy);
        marker("late");
    }

    @Test
    void whatIsThereAtTheStartServesBeforeTheFolderIsSettled() throws Exception {
        write("broken.jar", PluginJar.plain());
        write("hello.jar", PluginJar.hello("1"));
        deployer(lifecycle);
        seen.await("switch [hello 1.0.0] for []");
        seen.await("settled");
        assertThat(log.await("hello.jar: active")).isEqualTo("INFO hello.jar: active (test.hello 1.0.0, plugins: hello)");
    }

    @Test
    void aFileIsHeldStartedCheckedAndSwitchedTo() throws Exception {
        deployer();
        write("hello.jar", PluginJar.hello("1"));
        seen.await("hold hello 1.0.0");
        seen.await("check hello 1.0.0");
        seen.await("switch [hello 1.0.0] for []");
        log.await("hello.jar: active (test.hello 1.0.0, plugins: hello)");
        assertThat(framework.context().getBundles()).filteredOn(Islands::isPlugin).singleElement()
                .satisfies(bundle -> assertThat(bundle.getLocation()).isEqualTo("a6runner-plugin:1"));
    }

    @Test
    void aHalfWrittenFileWaitsUntilItIsWhole() throws Exception {
        deployer();
        byte[] whole = PluginJar.hello("1").bytes();
        Files.write(deploy.resolve("hello.jar"), Arrays.copyOf(whole, whole.length / 2));
        marker("first");
        assertThat(seen.now()).noneMatch(line -> line.contains("hello"));
        Files.write(deploy.resolve("hello.jar"), whole);
        seen.await("switch [hello 1.0.0] for []");
    }

    /* ---- Upgrades ---- */

    @Test
    void aReplacedFileIsUpgradedSideBySideAndTheOldOneLeavesWhenItsCallsHaveEnded() throws Exception {
        CompletableFuture<Boolean> calls = new CompletableFuture<>();
        lifecycle.running.put("1.0.0", calls);
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        seen.await("drain hello 1.0.0");
        log.await("hello.jar: replaced test.hello 1.0.0 (now active: test.hello 2.0.0, plugins: hello)");
        assertThat(framework.plugins()).containsExactly("test.hello 1.0.0", "test.hello 2.0.0");
        calls.complete(true);
        seen.await("forget hello 1.0.0");
        assertThat(framework.plugins()).containsExactly("test.hello 2.0.0");
    }

    @Test
    void aRebuildOfTheSameVersionIsAnUpgradeASingletonToo() throws Exception {
        PluginJar[] builds = {PluginJar.hello("1").build(1), PluginJar.hello("1").build(2)};
        for (PluginJar build : builds) {
            build.header("Bundle-SymbolicName", "test.hello;singleton:=true");
        }
        write("hello.jar", builds[0]);
        deployer();
        write("hello.jar", builds[1]);
        seen.await("switch [hello 1.0.0] for [hello 1.0.0]");
        seen.await("forget hello 1.0.0");
        assertThat(framework.plugins()).containsExactly("test.hello 1.0.0");
    }

    @Test
    void theOldFileBackRollsBackWhileTheSameContentStillDrains() throws Exception {
        lifecycle.running.put("1.0.0", new CompletableFuture<>());
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        write("hello.jar", PluginJar.hello("1"));
        seen.await("switch [hello 1.0.0] for [hello 2.0.0]");
        seen.await("forget hello 2.0.0");
        assertThat(framework.plugins()).containsExactly("test.hello 1.0.0", "test.hello 1.0.0");
    }

    @Test
    void anUpgradeUnderAnotherFileNameIsOneSwitch() throws Exception {
        write("hello-1.jar", PluginJar.hello("1"));
        deployer();
        write("hello-2.jar.part", PluginJar.hello("2"));
        Files.delete(deploy.resolve("hello-1.jar"));
        Files.move(deploy.resolve("hello-2.jar.part"), deploy.resolve("hello-2.jar"));
        assertThat(seen.await("switch")).isEqualTo("switch [hello 2.0.0] for [hello 1.0.0]");
    }

    @Test
    void theHigherVersionOfTwoFilesServesAndTheLowerOneTakesOverWhenItGoes() throws Exception {
        write("hello-2.jar", PluginJar.hello("2"));
        deployer();
        renameIn("hello-1.jar", PluginJar.hello("1"));
        log.await("hello-1.jar: shadowed (test.hello 1.0.0; hello-2.jar has 2.0.0");
        Files.delete(deploy.resolve("hello-2.jar"));
        assertThat(seen.await("switch")).isEqualTo("switch [hello 1.0.0] for [hello 2.0.0]");
    }

    @Test
    void aFileThatBecomesAnotherPluginTakesTheOldOneAlong() throws Exception {
        write("a.jar", PluginJar.hello("1"));
        deployer();
        write("a.jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test.other"));
        assertThat(seen.await("switch")).isEqualTo("switch [other 1.0.0] for [hello 1.0.0]");
        seen.await("forget hello 1.0.0");
    }

    @Test
    void theSameContentAgainOrUnderAnotherNameIsNothing() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        write("hello.jar", PluginJar.hello("1"));
        marker("first");
        Files.move(deploy.resolve("hello.jar"), deploy.resolve("renamed.jar"));
        log.await("renamed.jar: active (test.hello 1.0.0, unchanged)");
        marker("second");
        assertThat(seen.now()).noneMatch(line -> line.contains("hello"));
        Files.delete(deploy.resolve("renamed.jar"));
        log.await("renamed.jar: removed (test.hello 1.0.0)");
    }

    /* ---- The way out ---- */

    @Test
    void aRemovedFileLeaves() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        Files.delete(deploy.resolve("hello.jar"));
        seen.await("switch [] for [hello 1.0.0]");
        seen.await("forget hello 1.0.0");
        log.await("hello.jar: removed (test.hello 1.0.0)");
        assertThat(framework.plugins()).isEmpty();
    }

    @Test
    void anotherDeployerTakesOverWhatServes() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        deployer.close();
        deployer();
        Files.delete(deploy.resolve("hello.jar"));
        assertThat(seen.await("switch")).isEqualTo("switch [] for [hello 1.0.0]");
        seen.await("forget hello 1.0.0");
    }

    /* ---- What goes wrong ---- */

    @Test
    void aBrokenReplacementLeavesTheOldOneServingAndSaysWhy() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        write("hello.jar", PluginJar.hello("2").header("Import-Package", "com.acme.missing;version=\"[1.2,2)\""));
        assertThat(log.await("hello.jar: not deployed")).startsWith("WARN").contains("it imports the package com.acme.missing [1.2.0,2.0.0)")
                .endsWith("; test.hello 1.0.0 keeps serving");
        seen.await("forget hello 2.0.0");
        assertThat(framework.plugins()).containsExactly("test.hello 1.0.0");
        write("hello.jar", PluginJar.plain());
        assertThat(log.await("hello.jar: not deployed: it offers no plugin: there is no class in it")).endsWith("; test.hello 1.0.0 keeps serving");
        write("hello.jar", PluginJar.hello("3"));
        assertThat(seen.await("switch")).isEqualTo("switch [hello 3.0.0] for [hello 1.0.0]");
    }

    @Test
    void whatAFileHeldServesInTheFilesPlaceThoughItHoldsAnotherPluginNow() throws Exception {
        renameIn("hello.jar", PluginJar.hello("1"));
        deployer();
        renameIn("other.jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test.other"));
        seen.await("switch [other 1.0.0] for []");
        renameIn("hello.jar", PluginJar.hello("2").header("Bundle-SymbolicName", "test.other").header("Bundle-Activator", PluginJar.SAMPLE + "ThrowingActivator"));
        assertThat(log.await("hello.jar: not deployed")).endsWith("; test.hello 1.0.0 keeps serving");
        awaitStatus("hello.jar", "state: FAILED", "bundle: test.other 2.0.0", "serving: test.hello 1.0.0");
    }

    @Test
    void aRefusedConfLeavesTheOldOneServingAndIsNotTriedAgainUntilTheFileChanges() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        lifecycle.refused.put("2.0.0", "plugin hello refuses the conf of route 7");
        write("hello.jar", PluginJar.hello("2"));
        log.await("hello.jar: not deployed: plugin hello refuses the conf of route 7 (to deploy it all the same, put an empty file hello.jar.force beside it);"
                + " test.hello 1.0.0 keeps serving");
        seen.await("forget hello 2.0.0");
        write("hello.jar", PluginJar.hello("2"));
        marker("first");
        marker("second");
        assertThat(seen.now()).noneMatch(line -> line.contains("hello"));
        lifecycle.refused.clear();
        Files.delete(deploy.resolve("hello.jar"));
        marker("third");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0]");
    }

    @Test
    void theFirstVersionFailingLeavesNothingBehind() throws Exception {
        write("hello.jar", PluginJar.hello("1").header("Bundle-Activator", "a6runner.deployer.sample.ThrowingActivator").header("Import-Package",
                "org.osgi.framework,org.apache.apisix.plugin.runner.filter"));
        deployer(lifecycle);
        seen.await("settled");
        log.await("hello.jar: not deployed: its bundle activator failed: java.lang.IllegalStateException: no database");
        assertThat(framework.plugins()).isEmpty();
    }

    @Test
    void aBundleWithoutAPluginIsRefused() throws Exception {
        deployer();
        write("library.jar", PluginJar.bundle("test.library", "1"));
        log.await("library.jar: not deployed: it offers no plugin: it has neither a component nor an activator; if it is a library, put it into the jar");
    }

    @Test
    void aBundleForANewerJavaIsRefused() throws Exception {
        deployer();
        write("new.jar", PluginJar.hello("1").header("Require-Capability", "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\""));
        log.await("new.jar: not deployed: it needs Java 99, but the runner runs on Java " + Runtime.version().feature());
    }

    @Test
    void whatIsNotAJarIsRefusedOnce() throws Exception {
        deployer();
        Files.writeString(deploy.resolve("text.jar"), "no jar");
        log.await("text.jar: not deployed: not a jar file");
        marker("first");
        assertThat(log.now()).noneMatch(line -> line.contains("text.jar"));
    }

    @Test
    void aVersionWithoutAPluginThatConfsNameIsTold() throws Exception {
        deployer();
        write("hello.jar", PluginJar.hello("1"));
        seen.await("switch [hello 1.0.0] for []");
        lifecycle.named = Set.of("hello", "world@1");
        write("hello.jar", PluginJar.of("2", "World", "", ""));
        log.await("WARN hello.jar: test.hello 2.0.0 doesn't offer hello any more, which confs of APISIX name");
        write("hello.jar", PluginJar.hello("3"));
        log.await("INFO hello.jar: replaced test.hello 2.0.0");
        marker("other");
        assertThat(log.now()).noneMatch(line -> line.contains("doesn't offer world"));
    }

    @Test
    void oneThatHangsInItsStartHoldsUpNothingAndIsMendedByAnotherFile() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        System.getProperties().put("a6runner.test.latch", latch);
        try {
            deployer();
            write("hello.jar", PluginJar.hello("1").header("Bundle-Activator", "a6runner.deployer.sample.HangingActivator").header("Import-Package",
                    "org.osgi.framework,org.apache.apisix.plugin.runner.filter"));
            seen.await("hold hello 1.0.0");
            marker("other");
            write("hello.jar", PluginJar.hello("2"));
            seen.await("switch [hello 2.0.0] for []");
        } finally {
            latch.countDown();
            System.getProperties().remove("a6runner.test.latch");
        }
        seen.await("forget hello 1.0.0");
        assertThat(framework.plugins()).containsExactly("test.hello 2.0.0", "test.other 1.0.0");
    }

    @Test
    void oneThatHangsForGoodIsGivenUp() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        System.getProperties().put("a6runner.test.latch", latch);
        framework.stop();
        framework = new TestFramework(dir, Map.of("a6runner.deploy.dir", deploy.toString(), "a6runner.data.dir", dir.resolve("data").toString(),
                "a6runner.activate.timeout", "10ms"));
        try {
            write("hello.jar", PluginJar.hello("1").header("Bundle-Activator", "a6runner.deployer.sample.HangingActivator").header("Import-Package",
                    "org.osgi.framework,org.apache.apisix.plugin.runner.filter"));
            deployer(lifecycle);
            log.await("hello.jar: not deployed: it did not come up within activate.timeout");
            seen.await("settled");
        } finally {
            latch.countDown();
            System.getProperties().remove("a6runner.test.latch");
        }
        seen.await("forget hello 1.0.0");
    }

    @Test
    void oneThatHangsInItsStartIsInterruptedWhenTheFrameworkStops() throws Exception {
        deployer();
        write("hello.jar", sleeping("1"));
        seen.await("hold hello 1.0.0");
        framework.stop();
        assertThat(seen.now()).contains("interrupt activations");
        assertThat(log.now()).noneMatch(line -> line.contains("hello.jar: not deployed"));
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("a6runner-activate-test.hello")) {
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    @Test
    void oneThatHangsInItsStartIsInterruptedWhenAnotherFileTakesItsPlace() throws Exception {
        deployer();
        write("hello.jar", sleeping("1"));
        seen.await("hold hello 1.0.0");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("forget hello 1.0.0");
    }

    private static PluginJar sleeping(String version) {
        return PluginJar.hello(version).header("Bundle-Activator", PluginJar.SAMPLE + "SleepingActivator").header("Import-Package",
                "org.osgi.framework,org.apache.apisix.plugin.runner.filter");
    }

    /* ---- Islands ---- */

    @Test
    void aPluginSeesNeitherTheCoreNorOtherPlugins() throws Exception {
        write("library.jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test.library").header("Export-Package", "a6runner.deployer.sample;version=1.0"));
        deployer();
        for (String foreign : List.of("a6runner.spi", "a6runner.deployer.sample", "org.apache.felix.scr.info")) {
            write("hello.jar", PluginJar.hello("1").header("Import-Package", "org.apache.apisix.plugin.runner.filter," + foreign));
            log.await("hello.jar: not deployed: it imports the package " + foreign);
            assertThat(seen.now()).noneMatch(line -> line.startsWith("switch [hello"));
        }
        write("hello.jar", PluginJar.hello("1").header("Require-Bundle", "org.apache.felix.scr"));
        log.await("hello.jar: not deployed: it requires the bundle org.apache.felix.scr");
        write("hello.jar", PluginJar.hello("1").header("Import-Package", "org.apache.apisix.plugin.runner.filter,org.slf4j,javax.net"));
        seen.await("switch [hello 1.0.0] for []");
    }

    @Test
    void aPluginLoadsNothingOfTheRunnersByItsLoaderOrItsThreads() throws Exception {
        deployer();
        write("hello.jar", PluginJar.of("1", "Island", "", "<property name='immediate' value='true'/>"));
        assertThat(log.await("hello.jar: active")).endsWith("plugins: seen:)");
        write("hello.jar", PluginJar.of("2", "Island", "immediate='true'", "")); // made while its bundle starts
        assertThat(log.await("hello.jar: replaced")).endsWith("plugins: seen:)");
    }

    @Test
    void theCoreIsNeverWiredToAPlugin() throws Exception {
        deployer();
        Path core = Files.write(dir.resolve("core.jar"), PluginJar.bundle("core", "1").header("Import-Package", "a6runner.deployer.sample;resolution:=optional").bytes());
        framework.install(core.toString()).start();
        write("hello.jar", PluginJar.hello("1").header("Export-Package", "a6runner.deployer.sample;version=1.0"));
        seen.await("switch [hello 1.0.0] for []");
        assertThat(framework.context().getBundles()).filteredOn(Islands::isPlugin).singleElement()
                .satisfies(bundle -> assertThat(new Slots(framework.context()).outsiders(bundle)).isEmpty());
    }

    @Test
    void upgradesUseTheSameBundlesAgain() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        for (int i = 2; i <= 6; i++) {
            write("hello.jar", PluginJar.hello("" + i));
            seen.await("switch [hello " + i + ".0.0]");
            seen.await("forget hello " + (i - 1) + ".0.0");
            marker("after" + i);
        }
        assertThat(framework.context().getBundles()).filteredOn(Islands::isPlugin).hasSizeLessThanOrEqualTo(5 + 3);
    }
}
