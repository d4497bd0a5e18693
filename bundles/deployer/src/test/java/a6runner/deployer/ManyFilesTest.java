// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** More files at once than are brought in side by side. */
class ManyFilesTest extends DeployerFixture {

    private static final int FILES = 3 * Places.ABREAST + 4;

    private void writeAll() throws IOException {
        for (int i = 0; i < FILES; i++) {
            write("many-" + i + ".jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test.many-" + i));
        }
    }

    @Test
    void allComeIntoServiceBeforeTheFolderHasSettled() throws Exception {
        writeAll();
        deployer(lifecycle);
        for (int i = 0; i < FILES; i++) {
            seen.await("switch [");
        }
        seen.await("settled");
        for (int i = 0; i < FILES; i++) {
            awaitStatus("many-" + i + ".jar", "ACTIVE");
        }
    }

    @Test
    void thoseThatHangHoldUpNoOthers() throws Exception {
        for (int i = 0; i < Places.ABREAST; i++) {
            write("a-" + i + ".jar", PluginJar.bundle("test.a-" + i, "1").header("Import-Package", PluginJar.API + ",org.osgi.framework")
                    .header("Bundle-Activator", PluginJar.SAMPLE + "HangingActivator"));
        }
        writeAll();
        deployer(lifecycle);
        for (int i = 0; i < FILES; i++) {
            awaitStatus("many-" + i + ".jar", "ACTIVE");
        }
    }

    @Test
    void aFewAreBroughtInSideBySide() throws Exception {
        Queue<Long> begun = new ConcurrentLinkedQueue<>();
        CountDownLatch allBegun = new CountDownLatch(FILES);
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        writeAll();
        lifecycle.beforeCheck = () -> {
            begun.add(System.nanoTime());
            allBegun.countDown();
            return goOn;
        };
        long start = System.nanoTime();
        deployer(lifecycle);
        assertThat(allBegun.await(60, TimeUnit.SECONDS)).isTrue();
        goOn.complete(null);
        long[] times = begun.stream().mapToLong(Long::longValue).sorted().toArray();
        for (int i = 0; i < FILES; i++) {
            // None was through when this one began: so many times it had to wait until those before it had turned out to be slow. A busy machine makes it later only.
            assertThat(times[i] - start).as("file %d", i).isGreaterThanOrEqualTo(i / Places.ABREAST * Places.QUICK_NANOS);
        }
        seen.await("settled");
    }
}
