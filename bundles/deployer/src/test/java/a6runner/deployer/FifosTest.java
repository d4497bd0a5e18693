// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A FIFO stands in the place of each file that the deployer keeps: who opens one hangs, and no interrupt ends that. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FifosTest extends DeployerFixture {

    @Test
    void aStartDoesNotHangAtThem() throws Exception {
        Path data = Files.createDirectories(dir.resolve("data"));
        Path own = Files.createDirectories(data.resolve("history").resolve(String.format("%08x", deploy.toString().hashCode())));
        fifo(data.resolve("audit.log"));
        for (String name : new String[] {"offers", "held-back", "pinned", "canaries", "named", ".lock", "test.hello.history"}) {
            fifo(own.resolve(name));
        }
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        awaitStatus("hello.jar", "state: ACTIVE");
        assertThat(command("history", "hello")).startsWith("the history can't be read: ").contains(own.resolve("test.hello.history") + ": it is no file");
    }

    private static void fifo(Path path) throws Exception {
        Process process = new ProcessBuilder("mkfifo", path.toString()).start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
