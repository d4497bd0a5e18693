// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Each way in which a file can be bad, dropped over a good one: that goes on serving, and state and sentence are as they should be. */
class BadFilesTest extends DeployerFixture {

    /** Drops it over a version that serves; the sentence stands in the log and in the status file, and nothing has changed for calls. */
    private void refused(PluginJar bad, String sentence) throws Exception {
        refused("FAILED", bad.bytes(), sentence);
    }

    private void refused(String state, byte[] bad, String sentence) throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        seen.now().forEach(line -> assertThat(line).doesNotContain("for [hello"));
        awaitStatus("hello.jar", "state: ACTIVE", "plugins: hello");
        Path part = Files.write(dir.resolve("bad.part"), bad);
        Files.move(part, deploy.resolve("hello.jar"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        assertThat(log.await("hello.jar: " + (state.equals("WAITING") ? "waiting: " : "not deployed: "))).contains(sentence).endsWith("; test.hello 1.0.0 keeps serving");
        awaitStatus("hello.jar", "state: " + state, "why: ", sentence, "serving: test.hello 1.0.0");
        assertThat(command("why", "hello")).contains(state, sentence, "serving: test.hello 1.0.0");
        assertThat(seen.now()).noneMatch(line -> line.startsWith("switch"));
        assertThat(framework.plugins()).contains("test.hello 1.0.0");
        write("hello.jar", PluginJar.hello("3"));
        assertThat(seen.await("switch")).isEqualTo("switch [hello 3.0.0] for [hello 1.0.0]");
        awaitStatus("hello.jar", "state: ACTIVE", "bundle: test.hello 3.0.0");
    }

    @Test
    void anEmptyFile() throws Exception {
        refused("FAILED", new byte[0], "the file is empty");
    }

    @Test
    void noJar() throws Exception {
        refused("FAILED", "a text".getBytes(), "not a jar file: a jar is a zip file, and this doesn't begin as one");
    }

    @Test
    void aTruncatedJar() throws Exception {
        byte[] whole = PluginJar.hello("2").bytes();
        refused("FAILED", java.util.Arrays.copyOf(whole, whole.length - 10), "the jar isn't complete: it has no table of contents at its end; copy it again");
    }

    @Test
    void aSpringBootJar() throws Exception {
        refused(PluginJar.plain().entry("BOOT-INF/classes/x.class", new byte[0]), "a Spring Boot jar (it has BOOT-INF)");
    }

    @Test
    void aLibrary() throws Exception {
        refused(PluginJar.bundle("test.hello", "2"), "if it is a library, put it into the jar of the plugin that uses it");
    }

    @Test
    void aPlainLibrary() throws Exception {
        refused(PluginJar.plain().classes("ThrowingActivator"), "it offers no plugin: no class in it implements PluginFilter; if it is a library");
    }

    @Test
    void theApisOwnClasses() throws Exception {
        refused(PluginJar.hello("2").classFile(PluginJar.API + ".PluginFilter").header("Import-Package", "org.slf4j"), "it holds the api's own classes");
    }

    @Test
    void theApiItself() throws Exception {
        refused(PluginJar.bundle("a6runner.api", "2").classFile(PluginJar.API + ".PluginFilter").header("Export-Package", PluginJar.API),
                "it is the api that plugins are written against, which the runner has already: take it away");
    }

    @Test
    void aMissingImport() throws Exception {
        refused(PluginJar.hello("2").header("Import-Package", PluginJar.API + ",com.acme.lib"), "it imports the package com.acme.lib, which neither it nor the runner has");
    }

    @Test
    void anImportOfWhatTheRunnerKeepsForItself() throws Exception {
        refused(PluginJar.hello("2").header("Import-Package", PluginJar.API + ",io.netty.buffer"), "it imports the package io.netty.buffer, which belongs to the runner itself");
    }

    @Test
    void anApiThatIsTooNew() throws Exception {
        refused(PluginJar.hello("2").header("Import-Package", PluginJar.API + ";version=\"[9,10)\""), "which the runner has in another version: build it against");
    }

    @Test
    void aNewerJava() throws Exception {
        refused(PluginJar.hello("2").header("Require-Capability", "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\""), "it needs Java 99, but the runner runs on Java ");
    }

    @Test
    void aClassOfANewerJava() throws Exception {
        PluginJar jar = PluginJar.hello("2");
        String path = (PluginJar.SAMPLE + "Hello").replace('.', '/') + ".class";
        byte[] type = classOf(path);
        type[7] = 99; // the version of its file
        refused(jar.entry(path, type), "its class a6runner.deployer.sample.Hello is built for Java 55, but the runner runs on Java ");
    }

    private static byte[] classOf(String path) throws IOException {
        try (var in = BadFilesTest.class.getClassLoader().getResourceAsStream(path)) {
            return in.readAllBytes();
        }
    }

    @Test
    void aConstructorThatThrows() throws Exception {
        refused(PluginJar.of("2", "Throwing", "", ""), "the constructor or the @Activate method of a6runner.deployer.sample.Throwing threw"
                + " java.lang.IllegalStateException: no database at a6runner.deployer.sample.Throwing.<init>(Throwing.java:");
    }

    @Test
    void aConstructorThatNobodyMayCall() throws Exception {
        refused(PluginJar.of("2", "Closed", "", ""), "the component class a6runner.deployer.sample.Closed has no public constructor");
    }

    @Test
    void anActivatorThatThrows() throws Exception {
        refused(PluginJar.hello("2").header("Bundle-Activator", PluginJar.SAMPLE + "ThrowingActivator").header("Import-Package", "org.osgi.framework," + PluginJar.API),
                "its bundle activator failed: java.lang.IllegalStateException: no database");
    }

    @Test
    void aClassThatIsNotThere() throws Exception {
        refused(PluginJar.plain().header("Bundle-ManifestVersion", "2").header("Bundle-SymbolicName", "test.hello").header("Bundle-Version", "2")
                .header("Import-Package", PluginJar.API).classes("Linked").component("Linked", "", ""),
                "the class a6runner.deployer.sample.Hello, which it uses, is neither in its jar nor imported");
    }

    @Test
    void aComponentThatIsNotPublic() throws Exception {
        refused(PluginJar.of("2", "Hidden", "", ""), "the component class a6runner.deployer.sample.Hidden is not public");
    }

    @Test
    void aComponentThatIsNotRegisteredAsAPluginFilter() throws Exception {
        refused(PluginJar.of("2", "Hello", "", "<service><provide interface='java.lang.Runnable'/></service>"),
                "the component a6runner.deployer.sample.Hello is a PluginFilter, but isn't registered as one: add service = PluginFilter.class");
    }

    @Test
    void aServiceThatNobodyOffers() throws Exception {
        refused("WAITING", PluginJar.of("2", "Needy", "", "<reference name='executor' interface='java.util.concurrent.Executor' bind='bind'/>").bytes(),
                "the component a6runner.deployer.sample.Needy needs a service java.util.concurrent.Executor (reference executor), which nobody offers");
    }

    @Test
    void aConfigurationThatIsNotThere() throws Exception {
        refused("WAITING", PluginJar.of("2", "Named", "configuration-policy='require' activate='activate'", "").bytes(),
                "the component a6runner.deployer.sample.Named needs a configuration: put a file test.named.cfg into the deploy folder");
    }

    @Test
    void aConfThatItRefusesUnlessItIsForced() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        lifecycle.refused.put("2.0.0", "plugin hello refuses the conf of route 7");
        write("hello.jar", PluginJar.hello("2"));
        awaitStatus("hello.jar", "state: FAILED", "plugin hello refuses the conf of route 7 (to deploy it all the same, put an empty file hello.jar.force beside it)",
                "serving: test.hello 1.0.0");
        Files.createFile(deploy.resolve("hello.jar.force"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        log.await("hello.jar: forced by hello.jar.force: plugin hello refuses the conf of route 7");
        awaitStatus("hello.jar", "state: ACTIVE", "why: forced: plugin hello refuses");
    }

    @Test
    void aFolderAndALinkToNowhere() throws Exception {
        Files.createDirectory(deploy.resolve("folder.jar"));
        Files.createSymbolicLink(deploy.resolve("link.jar"), Path.of("nowhere.jar"));
        deployer();
        awaitStatus("folder.jar", "state: FAILED", "why: it is a folder");
        awaitStatus("link.jar", "state: FAILED", "why: it is a symbolic link to nowhere.jar");
        assertThat(command("deploys")).contains("folder.jar", "FAILED", "it is a folder");
    }

    @Test
    void twoFilesOfOneSymbolicName() throws Exception {
        write("new.jar", PluginJar.hello("2"));
        write("old.jar", PluginJar.hello("1"));
        deployer();
        awaitStatus("new.jar", "state: ACTIVE");
        awaitStatus("old.jar", "state: SHADOWED", "why: new.jar has 2.0.0 of the same symbolic name", "serving: test.hello 2.0.0");
    }

    @Test
    void aPluginWhoseNameAnotherServes() throws Exception {
        lifecycle.shadowed.put("test.hello", Map.of("hello", "test.first 1.0.0"));
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        awaitStatus("hello.jar", "state: SHADOWED", "why: plugin hello is served by test.first 1.0.0");
        log.await("hello.jar: shadowed (test.hello 1.0.0; plugin hello is served by test.first 1.0.0)");
    }

    @Test
    void aSecondBadFileHasATimeOfItsOwn() throws Exception {
        deployer();
        Files.write(deploy.resolve("hello.jar"), PluginJar.bundle("test.hello", "1").bytes());
        String first = since(awaitStatus("hello.jar", "state: FAILED", "it offers no plugin"));
        while (Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().equals(first)) {
            Thread.onSpinWait(); // The next second: the status has no more than that.
        }
        Files.write(deploy.resolve("hello.jar"), PluginJar.bundle("test.hello", "1").build(2).bytes());
        log.await("hello.jar: not deployed: it offers no plugin");
        log.await("hello.jar: not deployed: it offers no plugin");
        marker("after");
        assertThat(since(awaitStatus("hello.jar", "state: FAILED", "it offers no plugin"))).isGreaterThan(first);
    }

    private static String since(String status) {
        return status.lines().filter(line -> line.startsWith("since: ")).findFirst().orElseThrow().substring("since: ".length());
    }

    @Test
    void aFileThatIsTakenAway() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        awaitStatus("hello.jar", "state: ACTIVE");
        Files.delete(deploy.resolve("hello.jar"));
        seen.await("forget hello 1.0.0");
        marker("after");
        assertThat(deploy.resolve("hello.jar.status")).doesNotExist();
        assertThat(command("why", "hello.jar")).contains("state: RETIRED", "why: out of service and stopped");
        assertThat(command("why", "nothing")).isEqualTo("No file in the deploy folder is, or holds, \"nothing\". There are: after.jar, hello.jar.");
    }

    @Test
    void aFolderThatNobodyMayWriteToGetsNoStatusFiles() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        write("other.jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test.other"));
        assertThat(deploy.toFile().setWritable(false, false)).isTrue();
        try {
            deployer();
            log.await("no status files are written to " + deploy + ": it is read-only");
            assertThat(command("canary")).as("on the deployer's thread, so after what it does").isEqualTo("Nothing is tried.");
            assertThat(log.now()).as("said once").noneMatch(line -> line.contains("no status files"));
            assertThat(command("why", "hello.jar")).contains("state: ACTIVE");
            assertThat(deploy.toFile().list()).containsExactlyInAnyOrder("hello.jar", "other.jar");
        } finally {
            assertThat(deploy.toFile().setWritable(true)).isTrue();
        }
    }

    @Test
    void aFileThatAnybodyMayWriteToFailsWhileWhatItHeldServesAndIsTakenWhenThatIsMended() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        awaitStatus("hello.jar", "state: ACTIVE");
        Files.setPosixFilePermissions(deploy.resolve("hello.jar"), PosixFilePermissions.fromString("rw-rw-rw-"));
        awaitStatus("hello.jar", "state: FAILED", "it is writable for all", "set folders.open = warn", "serving: test.hello 1.0.0");
        Files.setPosixFilePermissions(deploy.resolve("hello.jar"), PosixFilePermissions.fromString("rw-rw-r--"));
        awaitStatus("hello.jar", "state: ACTIVE");
    }
}
