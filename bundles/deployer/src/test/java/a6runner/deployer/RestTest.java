// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is put off after a switch is there for whoever asks, and for whoever comes after the process. */
class RestTest extends DeployerFixture {

    @BeforeEach
    void upgrade() throws Exception {
        renameIn("hello.jar", PluginJar.hello("1"));
        deployer();
        awaitStatus("hello.jar", "state: ACTIVE", "1.0.0");
        renameIn("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
    }

    @Test
    void aCommandThatAsksForFilesIsToldOfTheSwitch() throws Exception {
        assertThat(command("deploys")).contains("ACTIVE").contains("2.0.0").doesNotContain("WAITING");
    }

    @Test
    void aCommandThatAsksForOneIsToo() throws Exception {
        assertThat(command("why", "hello")).contains("state: ACTIVE").contains("2.0.0");
    }

    @Test
    void soIsWhoAsksForTheHistory() throws Exception {
        assertThat(command("history", "hello").lines()).anyMatch(line -> line.contains(" 2.0.0 ") && line.contains(" yes "));
    }

    @Test
    void andWhoAsksForAllHistories() throws Exception {
        assertThat(command("history").lines()).anyMatch(line -> line.contains(" 2.0.0 ") && line.contains(" yes "));
    }

    @Test
    void aDeployerThatIsStoppedLeavesTheStatusOfWhatServes() throws Exception {
        deployer.close();
        assertThat(Files.readString(deploy.resolve("hello.jar.status"))).contains("state: ACTIVE").contains("2.0.0");
    }
}
