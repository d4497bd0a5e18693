// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code a6:history} and {@code a6:rollback}, in a real framework; the runner's side is a recording. */
@Timeout(120)
class RollbackTest extends DeployerFixture {

    private static String hash(PluginJar jar) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(jar.bytes()));
    }

    private void upgradeTo(String... versions) throws Exception {
        write("hello.jar", PluginJar.hello(versions[0]));
        deployer();
        for (int i = 1; i < versions.length; i++) {
            write("hello.jar", PluginJar.hello(versions[i]));
            seen.await("switch [hello " + versions[i] + ".0.0] for [hello " + versions[i - 1] + ".0.0]");
        }
    }

    private String inFile() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(deploy.resolve("hello.jar"))));
    }

    /** A start after which this version serves. */
    private void restart(String serving) throws Exception {
        deployer.close();
        framework.stop();
        framework = new TestFramework(Files.createTempDirectory(dir, "start"), settings());
        deployer(lifecycle);
        seen.await("switch [hello " + serving + ".0.0] for []");
        seen.await("settled");
    }

    private void readOnly(boolean yes) throws Exception {
        Files.setPosixFilePermissions(deploy, PosixFilePermissions.fromString(yes ? "r-xr-xr-x" : "rwxr-xr-x"));
    }

    private void awaitWhy(String says) throws Exception {
        long deadline = System.nanoTime() + 20_000_000_000L;
        String said = "";
        while (!said.contains("ACTIVE") || !said.contains(says)) {
            said = command("why", "hello.jar");
            assertThat(System.nanoTime() - deadline).as(said).isNegative();
        }
    }

    /** The lines of the audit log that tell of a change, once there are so many. */
    private List<String> audited(String change, int count) throws Exception {
        Path file = dir.resolve("data/audit.log");
        long deadline = System.nanoTime() + 20_000_000_000L;
        List<String> found = List.of();
        while (found.size() < count && System.nanoTime() - deadline < 0) {
            found = Files.exists(file) ? Files.readAllLines(file).stream().filter(line -> line.contains(" change=" + change + " ")).toList() : found;
        }
        return found;
    }

    @Test
    void putsThePreviousContentBackIntoTheFile() throws Exception {
        upgradeTo("1", "2", "3");
        assertThat(command("rollback", "hello")).isEqualTo("test.hello 2.0.0 (" + hash(PluginJar.hello("2")).substring(0, 12) + ") serves: hello.jar holds it now");
        seen.await("switch [hello 2.0.0] for [hello 3.0.0]");
        assertThat(inFile()).isEqualTo(hash(PluginJar.hello("2")));
        assertThat(command("rollback", "test.hello")).startsWith("test.hello 1.0.0 (");
        assertThat(command("rollback", "hello.jar")).startsWith("no content of test.hello has served before the present one");
        assertThat(audited("rollback", 2)).hasSize(2).first().asString().contains("what=\"test.hello 2.0.0\" sha256=" + hash(PluginJar.hello("2"))
                + " from=\"command rollback\" outcome=\"active; was test.hello 3.0.0\"");
    }

    @Test
    void goesToAContentByItsHashAlsoAfterARestart() throws Exception {
        upgradeTo("1", "2", "3");
        restart("3");
        assertThat(command("rollback", "hello", hash(PluginJar.hello("1")).substring(0, 6))).startsWith("test.hello 1.0.0 (");
        assertThat(command("rollback", "hello", hash(PluginJar.hello("1")))).endsWith("serves already");
        assertThat(command("rollback", "hello", "zz")).startsWith("no content of test.hello has a hash that begins with zz");
        restart("1");
        assertThat(command("rollback", "hello", hash(PluginJar.hello("3")))).startsWith("test.hello 3.0.0 (");
    }

    @Test
    void whereTheFolderIsReadOnlyHoldsTheNewerOneBackUntilTheFileChanges() throws Exception {
        upgradeTo("1", "2");
        readOnly(true);
        String newer = hash(PluginJar.hello("2"));
        try {
            assertThat(command("rollback", "hello")).endsWith("serves: the deploy folder can't be written, so what hello.jar holds (" + newer.substring(0, 12)
                    + ") is held back until the file changes");
            assertThat(inFile()).isEqualTo(newer);
            awaitWhy("rolled back: what the file holds (" + newer.substring(0, 12) + ") is held back");
            restart("1");
            assertThat(command("rollback", "hello", newer)).endsWith("hello.jar holds it, and it isn't held back any more");
            restart("2");
            assertThat(command("rollback", "hello")).contains("is held back until");
        } finally {
            readOnly(false);
        }
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0] for [hello 1.0.0]");
        restart("3");
        assertThat(audited("hold", 2)).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void whatIsRefusedLeavesAllAsItWas() throws Exception {
        upgradeTo("1", "2");
        lifecycle.refused.put("1.0.0", "hello refuses a current conf");
        assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 was refused: hello refuses a current conf").endsWith("; all is as it was");
        log.await("hello.jar: active (test.hello 2.0.0, unchanged)");
        assertThat(inFile()).isEqualTo(hash(PluginJar.hello("2")));
        readOnly(true);
        try {
            assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 was refused").endsWith("; all is as it was");
            lifecycle.refused.clear();
            restart("2");
        } finally {
            readOnly(false);
        }
    }

    @Test
    void whatWasRefusedCanBeCalledBackAgainAtOnce() throws Exception {
        upgradeTo("1", "2");
        for (int i = 0; i < 5; i++) { // The folder may be scanned between the two.
            lifecycle.refused.put("1.0.0", "hello refuses a current conf");
            assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 was refused").endsWith("; all is as it was");
            lifecycle.refused.clear();
            assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 (").endsWith("hello.jar holds it now");
            assertThat(command("rollback", "hello", hash(PluginJar.hello("2")))).startsWith("test.hello 2.0.0 (");
        }
    }

    @Test
    void anEmptyHashMeansNothing() throws Exception {
        upgradeTo("1", "2");
        assertThat(command("rollback", "hello", "")).isEqualTo("the hash is empty (expected: the beginning of one that a6:history hello shows, or none for what served before)");
        assertThat(deploy.resolve("hello.jar")).hasBinaryContent(PluginJar.hello("2").bytes());
    }

    @Test
    void aDamagedCopyIsPutIntoNoFile() throws Exception {
        upgradeTo("1", "2");
        Files.write(dir.resolve("data/store/" + hash(PluginJar.hello("1")) + ".jar"), new byte[] {'P', 'K', 3, 4});
        assertThat(command("rollback", "hello")).startsWith("the copy of test.hello 1.0.0 (").endsWith("in data.dir is damaged; put the file itself into the deploy folder");
        assertThat(inFile()).isEqualTo(hash(PluginJar.hello("2")));
        awaitStatus("hello.jar", "state: ACTIVE", "2.0.0");
    }

    @Test
    void isAnsweredWhenItsFileIsTakenAway() throws Exception {
        assertThat(whileItComes(() -> Files.delete(deploy.resolve("hello.jar")))).isEqualTo("hello.jar has changed meanwhile: it was taken away");
    }

    @Test
    void isAnsweredWhenItsFileIsOverwritten() throws Exception {
        assertThat(whileItComes(() -> Files.writeString(deploy.resolve("hello.jar"), "junk"))).startsWith("hello.jar has changed meanwhile: not a jar file");
    }

    @Test
    void isAnsweredWhenItsFileBecomesAnotherPlugin() throws Exception {
        assertThat(whileItComes(() -> renameIn("hello.jar", PluginJar.hello("5").header("Bundle-SymbolicName", "test.other"))))
                .isEqualTo("hello.jar has changed meanwhile: it holds test.other 5.0.0");
    }

    private interface Change {
        void make() throws Exception;
    }

    /** What a rollback says during whose check the folder changes. */
    private String whileItComes(Change change) throws Exception {
        upgradeTo("1", "2");
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        CountDownLatch held = new CountDownLatch(1);
        lifecycle.beforeCheck = () -> {
            held.countDown();
            return goOn;
        };
        CompletableFuture<String> said = new CompletableFuture<>();
        new Thread(() -> {
            try {
                said.complete(command("rollback", "hello"));
            } catch (Exception e) {
                said.completeExceptionally(e);
            }
        }).start();
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
        change.make();
        try {
            return said.get(20, TimeUnit.SECONDS);
        } finally {
            goOn.complete(null);
        }
    }

    @Test
    void bringsBackWhatWasTakenAway() throws Exception {
        upgradeTo("1");
        Files.delete(deploy.resolve("hello.jar"));
        seen.await("switch [] for [hello 1.0.0]");
        assertThat(command("rollback", "hello.jar")).startsWith("test.hello 1.0.0 (");
        assertThat(inFile()).isEqualTo(hash(PluginJar.hello("1")));
        assertThat(audited("undeploy", 1)).hasSize(1);
    }

    @Test
    void aFileThatBecomesAnotherPluginEndsTheOldOnesHistory() throws Exception {
        upgradeTo("1");
        write("hello.jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test.other"));
        assertThat(audited("undeploy", 1)).singleElement().asString().contains("what=\"test.hello 1.0.0\"");
        assertThat(command("history", "test.hello")).contains("taken out of service").doesNotContain("  yes  ");
        assertThat(command("history", "test.other")).contains("  yes  ");
    }

    @Test
    void aConfigurationThatIsRefusedIsNoneOfTheContentsHistory() throws Exception {
        config("test.named.cfg", "name = one");
        write("named.jar", PluginJar.of("1", "Named", "activate='activate'", "").header("Bundle-SymbolicName", "test.hello"));
        deployer();
        config("test.named.cfg", "name = bad");
        log.await("named.jar: not deployed");
        assertThat(audited("upgrade", 1)).singleElement().asString().contains("outcome=\"refused: ");
        assertThat(command("history", "test.hello").lines().skip(1)).singleElement().asString().contains("  yes  ").endsWith("served with test.named.cfg");
    }

    @Test
    void anotherFileWhoseContentFailsAndThatKeepsAHigherVersionInServiceIsNamed() throws Exception {
        upgradeTo("1", "3");
        Files.copy(deploy.resolve("hello.jar"), deploy.resolve("other.jar"));
        log.await("other.jar: active (test.hello 3.0.0, unchanged)");
        Files.writeString(deploy.resolve("hello.jar"), "no jar");
        log.await("hello.jar: not deployed");
        assertThat(command("rollback", "test.hello")).isEqualTo("hello.jar keeps test.hello 3.0.0 in service, as what it holds now fails, and would serve instead of 1.0.0: take it away first");
    }

    @Test
    void anotherFileThatWouldServeInsteadIsNamed() throws Exception {
        upgradeTo("1", "3");
        renameIn("hello-2.jar", PluginJar.hello("2"));
        log.await("hello-2.jar: shadowed");
        assertThat(command("rollback", "test.hello")).isEqualTo("hello-2.jar has test.hello 2.0.0 and would serve instead of 1.0.0: take it away first");
        assertThat(command("rollback", "nobody")).startsWith("no bundle, plugin or file is or was named \"nobody\" (there are the bundles: test.hello)");
    }

    @Test
    void anotherFileThatWasRefusedIsInNobodysWay() throws Exception {
        upgradeTo("1", "3");
        lifecycle.refused.put("4.0.0", "hello refuses a current conf");
        renameIn("hello-4.jar", PluginJar.hello("4"));
        log.await("hello-4.jar: not deployed");
        assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 (").endsWith("serves: hello.jar holds it now");
    }

    @Test
    void copiesOfTheHistoryAreKeptHoweverOldTheyAre() throws Exception {
        upgradeTo("1", "2");
        assertThat(audited("upgrade", 1)).hasSize(1);
        Path store = dir.resolve("data/store");
        Path history = store.resolve(hash(PluginJar.hello("1")) + ".jar");
        Path nobodys = Files.createFile(store.resolve("f".repeat(64) + ".jar"));
        for (Path copy : List.of(history, nobodys)) {
            Files.setLastModifiedTime(copy, FileTime.from(Instant.now().minus(ContentStore.UNUSED.multipliedBy(2))));
        }
        restart("2");
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (Files.exists(nobodys)) {
            assertThat(System.nanoTime() - deadline).as("nanoseconds late").isNegative();
        }
        assertThat(history).exists();
        assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 (");
    }

    @Test
    void historyShowsWhatServedAndWhatWasRefused() throws Exception {
        upgradeTo("1", "2");
        lifecycle.refused.put("3.0.0", "hello refuses a current conf");
        write("hello.jar", PluginJar.hello("3"));
        log.await("hello.jar: not deployed");
        assertThat(audited("upgrade", 2)).hasSize(2);
        assertThat(command("history", "hello").lines().toList()).satisfiesExactly(
                head -> assertThat(head).startsWith("BUNDLE").endsWith("OUTCOME"),
                third -> assertThat(third).startsWith("test.hello  3.0.0    " + hash(PluginJar.hello("3")).substring(0, 12)).contains("refused: hello refuses a current conf"),
                second -> assertThat(second).contains("2.0.0").contains("yes").endsWith("served"),
                first -> assertThat(first).contains("1.0.0").doesNotContain("yes").endsWith("served"));
        assertThat(command("history", "--json")).contains("\"hash\": \"" + hash(PluginJar.hello("1")) + "\"").contains("\"serving\": true");
        assertThat(command("history", "--json", "hello.jar")).isEqualTo(command("history", "--json"));
        assertThat(command("history", "nobody")).startsWith("no bundle, plugin or file is or was named");
    }
}
