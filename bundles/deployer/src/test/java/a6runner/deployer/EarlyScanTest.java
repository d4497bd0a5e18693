// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.File;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A deploy folder that is read before the deployer is there. */
class EarlyScanTest extends DeployerFixture {

    private DeployFolder.Changes scanEarly() throws Exception {
        age();
        early = new EarlyScan(framework.context());
        return early.changes().get(20, TimeUnit.SECONDS);
    }

    /** Makes all files look as if they had been there for a while, or else they would have to be looked at twice. */
    private void age() {
        for (File file : deploy.toFile().listFiles()) {
            assertThat(file.setLastModified(System.currentTimeMillis() - 60_000)).isTrue();
        }
    }

    @Test
    void whatItHasReadIsDeployedWithoutReadingItAgain() throws Exception {
        renameIn("hello.jar", PluginJar.hello("1"));
        DeployFolder.Changes read = scanEarly();
        assertThat(read.arrived()).singleElement().matches(content -> Files.exists(content.jar()));
        Files.delete(read.arrived().get(0).jar());
        Files.write(read.arrived().get(0).jar(), PluginJar.hello("7").bytes()); // what only who takes the copy for read would deploy
        deployer(lifecycle);
        awaitStatus("hello.jar", "state: ACTIVE");
        assertThat(seen.now()).contains("switch [hello 7.0.0] for []");
    }

    @Test
    void whatHasChangedSinceIsSeenByTheNextScan() throws Exception {
        renameIn("gone.jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test.gone"));
        renameIn("hello.jar", PluginJar.hello("1"));
        assertThat(scanEarly().arrived()).hasSize(2);
        Files.delete(deploy.resolve("gone.jar"));
        renameIn("hello.jar", PluginJar.hello("2"));
        renameIn("new.jar", PluginJar.hello("3").header("Bundle-SymbolicName", "test.new"));
        age();
        deployer(lifecycle);
        awaitStatus("hello.jar", "state: ACTIVE");
        awaitStatus("new.jar", "state: ACTIVE");
        assertThat(seen.now()).filteredOn(line -> line.startsWith("switch")).containsExactlyInAnyOrder("switch [hello 2.0.0] for []", "switch [new 3.0.0] for []");
        assertThat(deploy.resolve("gone.jar.status")).doesNotExist();
    }

    @Test
    void isTakenOnce() throws Exception {
        renameIn("hello.jar", PluginJar.hello("1"));
        scanEarly();
        EarlyScan scan = early;
        deployer();
        assertThat(scan.take()).isFalse();
    }

    @Test
    void aFolderThatCantBeReadIsLeftToTheDeployer() throws Exception {
        Files.delete(deploy);
        Files.writeString(deploy, "no folder");
        early = new EarlyScan(framework.context());
        assertThat(early.changes()).failsWithin(20, TimeUnit.SECONDS);
        deployer(lifecycle);
        log.await("the deploy folder can't be listed");
        Files.delete(deploy);
        Files.createDirectory(deploy);
        renameIn("hello.jar", PluginJar.hello("1"));
        seen.await("switch [hello 1.0.0] for []");
    }

}
