// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginLifecycle.Pin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.VersionRange;

import static org.assertj.core.api.Assertions.assertThat;

/** What stays, comes and goes for confs that pin versions, in a real framework; the runner's side is a recording. */
@Timeout(120)
class PinnedVersionsTest extends DeployerFixture {

    private static Pin pin(String range) {
        return new Pin("hello@" + range, "hello", "test.hello", VersionRange.valueOf(range), List.of("route#7"), 1);
    }

    private void pins(String... ranges) {
        lifecycle.pins.clear();
        for (String range : ranges) {
            lifecycle.pins.add(pin(range));
        }
        lifecycle.observer.pinsChanged();
    }

    /** 1.0.0, which a conf pins, beside 2.0.0, which has its file. */
    private void pinnedBesideTheNewest() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        pins("[1,2)");
        awaitUnsatisfiable();
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 1.0.0 PINNED, hello 2.0.0] for []");
    }

    private void awaitUnsatisfiable(String... names) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!lifecycle.unsatisfiable.equals(Set.of(names))) {
            assertThat(System.nanoTime() - deadline).as("%s", lifecycle.unsatisfiable).isNegative();
            Thread.onSpinWait();
        }
    }

    private String awaitDeploys(String part) throws Exception {
        long deadline = System.nanoTime() + 20_000_000_000L;
        String said = "";
        while (!said.contains(part)) {
            said = command("deploys");
            assertThat(System.nanoTime() - deadline).as("%s in:\n%s", part, said).isNegative();
        }
        return said;
    }

    @Test
    void aPinnedVersionStaysWhenANewerOneTakesItsFile() throws Exception {
        pinnedBesideTheNewest();
        log.await("hello.jar: test.hello 1.0.0 serves beside the newest version: pinned by hello@[1,2) in route#7");
        assertThat(awaitDeploys("PINNED")).contains("hello.jar  ACTIVE", "test.hello 2.0.0").containsPattern("hello.jar  PINNED *test.hello 1.0.0 .*hello@\\[1,2\\) in route#7");
        awaitStatus("hello.jar", "state: ACTIVE", "bundle: test.hello 2.0.0");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0] for [hello 2.0.0]");
        pins();
        seen.await("switch [] for [hello 1.0.0]");
        seen.await("forget hello 1.0.0");
        assertThat(awaitAudited("change=unpin")).containsSubsequence("change=upgrade what=\"test.hello 2.0.0\"", "change=pin what=\"test.hello 1.0.0\"",
                "change=upgrade what=\"test.hello 3.0.0\"", "change=unpin what=\"test.hello 1.0.0\"");
    }

    @Test
    void aFileThatIsShadowedServesItsPin() throws Exception {
        write("hello-1.jar", PluginJar.hello("1"));
        write("hello-2.jar", PluginJar.hello("2"));
        deployer();
        awaitStatus("hello-1.jar", "state: SHADOWED");
        pins("[1,2)", "[5,6)");
        seen.await("switch [hello 1.0.0 PINNED] for []");
        awaitStatus("hello-1.jar", "state: PINNED", "why: hello@[1,2) in route#7", "serving: test.hello 2.0.0");
        awaitUnsatisfiable("hello@[5,6)");
        Files.delete(deploy.resolve("hello-1.jar"));
        assertThat(awaitDeploys("RETIRED")).as("it goes on serving its pin").containsPattern("hello-1.jar  PINNED *test.hello 1.0.0");
        marker("later");
        assertThat(seen.now()).noneMatch(line -> line.contains("for [hello 1.0.0]"));
    }

    @Test
    void theNewestThatSatisfiesAPinTakesOver() throws Exception {
        write("hello-1.jar", PluginJar.hello("1"));
        write("hello-3.jar", PluginJar.hello("3"));
        deployer();
        pins("[1,3)");
        seen.await("switch [hello 1.0.0 PINNED] for []");
        write("hello-2.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 PINNED] for []");
        seen.await("switch [] for [hello 1.0.0]");
        awaitStatus("hello-1.jar", "state: SHADOWED");
    }

    @Test
    void anOperatorRetiresAPinnedVersion() throws Exception {
        pinnedBesideTheNewest();
        assertThat(command("retire", "hello", "9.0")).isEqualTo("no version 9.0 of \"hello\" is pinned (pinned are: test.hello 1.0.0)");
        assertThat(command("retire", "hello", "x")).isEqualTo("x (expected: a version, such as 1.2.0)");
        assertThat(command("retire", "hello", "1.0")).isEqualTo("test.hello 1.0.0 is out of service; calls by hello@[1,2) in route#7 get another version that satisfies the pin,"
                + " or are refused");
        seen.await("switch [] for [hello 1.0.0]");
        awaitUnsatisfiable("hello@[1,2)");
        write("hello-1.jar", PluginJar.hello("1"));
        seen.await("switch [hello 1.0.0 PINNED] for []");
    }

    @Test
    void aRestartBringsBackWhatIsPinned() throws Exception {
        pinnedBesideTheNewest();
        deployer.close();
        framework.stop();
        framework = new TestFramework(Files.createTempDirectory(dir, "start"), settings());
        lifecycle.pins.clear(); // The confs come later.
        deployer(lifecycle);
        seen.await("switch [hello 2.0.0] for []");
        seen.await("switch [hello 1.0.0 PINNED] for []");
        seen.await("settled"); // after both, so that no call meets the one without the other
        pins("[1,2)");
        awaitDeploys("hello@[1,2) in route#7");
        pins();
        seen.await("switch [] for [hello 1.0.0]");
        Path file = Files.walk(dir.resolve("data/history")).filter(path -> path.endsWith("pinned")).findFirst().orElseThrow();
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!Files.readString(file).isEmpty()) {
            assertThat(System.nanoTime() - deadline).isNegative();
        }
    }

    @Test
    void whatWasRestoredCanBeRetired() throws Exception {
        write("hello-1.jar", PluginJar.hello("1"));
        write("hello-2.jar", PluginJar.hello("2"));
        deployer();
        pins("[1,2)");
        seen.await("switch [hello 1.0.0 PINNED] for []");
        awaitAudited("change=pin");
        awaitStatus("hello-1.jar", "state: PINNED");
        deployer.close();
        framework.stop();
        framework = new TestFramework(Files.createTempDirectory(dir, "start"), settings());
        deployer(lifecycle); // The pin is there from the start.
        seen.await("settled");
        assertThat(command("retire", "hello", "1.0")).startsWith("test.hello 1.0.0 is out of service");
        seen.await("switch [] for [hello 1.0.0]");
        marker("later");
        assertThat(seen.now()).noneMatch(line -> line.contains("PINNED"));
        awaitStatus("hello-1.jar", "state: SHADOWED");
    }

    @Test
    void aVersionThatDoesntOfferThePluginSatisfiesNoPinOfIt() throws Exception {
        write("hello-1.jar", PluginJar.hello("1"));
        write("hello-2.jar", PluginJar.hello("2"));
        deployer();
        lifecycle.pins.add(new Pin("jwt@1", "jwt", "test.hello", VersionRange.valueOf("[1,2)"), List.of("route#7"), 1));
        lifecycle.observer.pinsChanged();
        seen.await("switch [hello 1.0.0 PINNED] for []"); // to see what it offers
        seen.await("switch [] for [hello 1.0.0]");
        awaitUnsatisfiable("jwt@1");
    }

    @Test
    void deletingTheLastFileTakesPinnedVersionsAlong() throws Exception {
        pinnedBesideTheNewest();
        Files.delete(deploy.resolve("hello.jar"));
        seen.await("switch [] for [hello 2.0.0, hello 1.0.0]");
        awaitUnsatisfiable("hello@[1,2)");
    }

    @Test
    void aRollbackToAPinnedVersionChecksItAnew() throws Exception {
        pinnedBesideTheNewest();
        lifecycle.refused.put("1.0.0", "hello refuses a current conf");
        assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 was refused: hello refuses a current conf");
        lifecycle.refused.clear();
        assertThat(awaitDeploys("PINNED")).contains("test.hello 1.0.0");
        assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 (");
        seen.await("switch [hello 1.0.0] for [hello 2.0.0]");
    }

    @Test
    void whatCantStandBesideAnotherWaitsUntilNothingPinsIt() throws Exception {
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        pins("[1,2)");
        awaitUnsatisfiable();
        write("hello.jar", PluginJar.hello("2").header("A6Runner-Upgrade", "replace"));
        awaitStatus("hello.jar", "state: WAITING", "test.hello 1.0.0 is pinned by hello@[1,2) in route#7, and can't stand beside another version (upgrade = replace)");
        pins();
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
    }
}
