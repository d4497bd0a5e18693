// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import java.lang.ref.Reference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When a version is judged; time and collections are the test's. */
class LeakWatchTest {

    private double collections = 7;
    private long nanos = 1_000;
    private final LeakWatch watch = new LeakWatch(bundle -> true, () -> collections, () -> nanos);

    private static ClassLoader loader() {
        return new URLClassLoader(new URL[0]);
    }

    private void pass(int seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
        watch.tend();
    }

    /** What has leaked, once there is so much. */
    private List<LeakWatch.Leak> leaks(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (watch.leaked() < count) {
            assertThat(System.nanoTime() - deadline).as("nanoseconds late").isNegative();
            Thread.onSpinWait();
        }
        return watch.leaks();
    }

    @Test
    void isJudgedOnceACollectionHasPassedAfterTheGrace() {
        ClassLoader held = loader();
        watch.stopped(held, "test.hello 1.0.0", "hello.jar");
        collections++; // before the grace is over: may have begun before what the version sets going at its end was done
        pass(1);
        pass(5);
        pass(5);
        assertThat(watch.leaked()).as("no collection yet").isZero();
        collections++;
        pass(1);
        assertThat(leaks(1)).singleElement().satisfies(leak -> {
            assertThat(leak.bundle()).isEqualTo("test.hello 1.0.0");
            assertThat(leak.file()).isEqualTo("hello.jar");
            assertThat(leak.holders()).isEmpty();
            assertThat(leak.says()).startsWith("unknown holder (jcmd " + ProcessHandle.current().pid() + " GC.heap_dump ");
        });
        collections++;
        pass(1);
        assertThat(leaks(1)).as("judged once").hasSize(1);
        Reference.reachabilityFence(held);
    }

    @Test
    void halfACollectionIsNoneThatBeganLater() {
        ClassLoader held = loader();
        watch.stopped(held, "test.hello 1.0.0", "hello.jar");
        pass(6);
        collections += 0.5;
        pass(1);
        assertThat(watch.leaked()).isZero();
        collections += 0.5;
        pass(1);
        assertThat(leaks(1)).hasSize(1);
        Reference.reachabilityFence(held);
    }

    @Test
    void theNewestTwoHundredAreRemembered() {
        List<ClassLoader> held = new ArrayList<>();
        for (int i = 1; i <= 201; i++) {
            held.add(loader());
            watch.stopped(held.get(i - 1), "test.hello 1.0." + i, "hello.jar");
        }
        pass(6);
        collections++;
        pass(1);
        assertThat(leaks(200)).hasSize(200).first().returns("test.hello 1.0.2", LeakWatch.Leak::bundle);
        assertThat(held).hasSize(201);
    }

    @Test
    void theJvmsOwnCollectorsAreKnown() {
        double before = FullCollections.count();
        System.gc();
        assertThat(FullCollections.count()).isGreaterThan(before);
    }
}
