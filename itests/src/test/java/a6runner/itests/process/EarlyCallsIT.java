// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Component;

import static org.assertj.core.api.Assertions.assertThat;

/** Calls that come before the deploy folder's first scan is through, to a runner that has served the same folder before. */
final class EarlyCallsIT {

    private Path folder;
    private Path hold;

    /** Isn't activated as long as a file is there. */
    @Component
    public static final class Slow implements PluginFilter {

        public Slow() throws InterruptedException {
            while (Files.exists(Path.of(System.getenv("HOLD")))) {
                Thread.sleep(10);
            }
        }

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(201);
        }
    }

    /** Stops with status 202. */
    @Component
    public static final class Quick implements PluginFilter {

        @Override
        public String name() {
            return "quick";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(202);
        }
    }

    @BeforeEach
    void deploy() throws Exception {
        folder = Folder.createShort();
        hold = folder.resolve("hold");
        Files.createDirectory(folder.resolve("deploy"));
        TestBundle.of("test.slow", "1.0.0", Slow.class).copyTo(folder.resolve("deploy"));
        TestBundle.of("test.quick", "1.0.0", Quick.class).copyTo(folder.resolve("deploy"));
    }

    @AfterEach
    void delete() {
        Folder.delete(folder);
    }

    private RunnerProcess start() {
        return Distribution.packed().runner().options("--deploy", folder.resolve("deploy").toString()).setting("data.dir", folder.resolve("data").toString()).findingItsData()
                .setting("start.wait", "60s").variable("HOLD", hold.toString()).start();
    }

    private static int status(A6Client apisix, String plugin) throws Exception {
        return ((Reply.Stop) Calls.call(apisix, plugin, "{}")).action().status();
    }

    @Test
    void aPluginThatComesUpSlowlyHoldsUpNoCallsOfOthers() throws Exception {
        try (RunnerProcess before = start(); A6Client apisix = before.connect()) {
            assertThat(status(apisix, "slow")).isEqualTo(201);
            assertThat(status(apisix, "quick")).isEqualTo(202);
            before.stop();
        }
        Files.createFile(hold);
        try (RunnerProcess runner = start(); A6Client apisix = runner.connect(); A6Client other = runner.connect()) {
            CompletableFuture<Integer> slow = CompletableFuture.supplyAsync(() -> {
                try {
                    return status(other, "slow");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(status(apisix, "quick")).isEqualTo(202);
            assertThat(slow).isNotDone();
            assertThat(runner.log()).doesNotContain("test.slow-1.0.0.jar: active");
            Files.delete(hold);
            assertThat(slow.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(201);
        }
    }
}
