// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which plugins calls get before all that the folder holds at a start has come in. */
class EarlyCallsTest extends DeployerFixture {

    private final CompletableFuture<Void> goOn = new CompletableFuture<>();
    private final CountDownLatch held = new CountDownLatch(1);

    private static PluginJar world(String version) {
        return PluginJar.of(version, "World", "", "").header("Bundle-SymbolicName", "test.world");
    }

    /** Once a runner before this one has served both. */
    private void startAgain() throws Exception {
        write("a-world.jar", world("1"));
        write("hello.jar", PluginJar.hello("1"));
        deployer();
        deployer.close(); // writes down what they offer
        framework.stop();
        framework = new TestFramework(Files.createTempDirectory(dir, "start"), settings());
    }

    /** Holds the check with this number. */
    private void holdCheck(int number) {
        AtomicInteger checks = new AtomicInteger();
        lifecycle.beforeCheck = () -> {
            if (checks.incrementAndGet() != number) {
                return CompletableFuture.completedFuture(null);
            }
            held.countDown();
            return goOn;
        };
    }

    private void awaitSettled(String... names) throws InterruptedException {
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!lifecycle.settled.equals(Set.of(names))) {
            assertThat(System.nanoTime() - deadline).as("%s", lifecycle.settled).isNegative();
            Thread.onSpinWait();
        }
    }

    @Test
    void whatCallsWaitForComesInFirstAndNeedsNoOthers() throws Exception {
        startAgain();
        lifecycle.awaited = Set.of("hello");
        holdCheck(2);
        deployer(lifecycle);
        seen.await("switch [hello 1.0.0] for []");
        awaitSettled("hello");
        assertThat(seen.now()).as("world is being checked").noneMatch(line -> line.startsWith("switch") || line.equals("settled"));
        goOn.complete(null);
        seen.await("switch [world 1.0.0] for []");
        seen.await("settled");
    }

    @Test
    void whatConfsNamedBeforeTheRestartComesInFirst() throws Exception {
        comesInFirst("hello", "world");
    }

    @Test
    void andSoDoesTheOtherOfTheTwo() throws Exception {
        comesInFirst("world", "hello"); // lest the one before succeed by the alphabet
    }

    @Test
    void whatWasPreparedIsKnownAtTheFirstStart() throws Exception {
        startAgain();
        Path prepared;
        try (Stream<Path> files = Files.walk(dir.resolve("data/history"))) {
            prepared = files.filter(file -> file.endsWith("offers")).findFirst().orElseThrow();
        }
        framework.stop();
        Map<String, String> first = new HashMap<>(settings());
        first.put("a6runner.data.dir", dir.resolve("another").toString());
        first.put("a6runner.offers", prepared.toString());
        framework = new TestFramework(Files.createTempDirectory(dir, "first"), first);
        lifecycle.awaited = Set.of("hello");
        holdCheck(2);
        deployer(lifecycle);
        awaitSettled("hello");
        assertThat(seen.now()).as("world is being checked").noneMatch(line -> line.equals("settled"));
        goOn.complete(null);
        seen.await("settled");
    }

    private void comesInFirst(String named, String other) throws Exception {
        lifecycle.named = Set.of(named, "gone");
        startAgain();
        holdCheck(2);
        deployer(lifecycle);
        seen.await("switch [" + named + " 1.0.0] for []");
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.now()).as("the other is being checked").noneMatch(line -> line.startsWith("switch") || line.equals("settled"));
        goOn.complete(null);
        seen.await("switch [" + other + " 1.0.0] for []");
        seen.await("settled");
    }

    @Test
    void aFileThatNobodyHasSeenMayHoldAnything() throws Exception {
        startAgain();
        write("z-new.jar", world("2").header("Bundle-SymbolicName", "test.new"));
        lifecycle.awaited = Set.of("hello", "world");
        holdCheck(3);
        deployer(lifecycle);
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.now()).contains("switch [hello 1.0.0] for []", "switch [world 1.0.0] for []");
        assertThat(lifecycle.settled).isEmpty();
        goOn.complete(null);
        seen.await("settled");
    }

    @Test
    void aVersionThatIsStillToComeIsWaitedFor() throws Exception {
        write("hello-2.jar", PluginJar.hello("2"));
        startAgain();
        lifecycle.refused.put("2.0.0", "it refuses route#1");
        lifecycle.awaited = Set.of("hello");
        holdCheck(1);
        deployer(lifecycle);
        awaitSettled("world"); // and not hello
        goOn.complete(null);
        assertThat(seen.await("switch [hello")).as("the one before it").startsWith("switch [hello 1.0.0]");
        seen.await("settled");
    }

    @Test
    void anotherBundleThatOffersTheSameIsWaitedFor() throws Exception {
        write("z-other.jar", world("3").header("Bundle-SymbolicName", "test.other"));
        startAgain();
        lifecycle.awaited = Set.of("world");
        holdCheck(2);
        deployer(lifecycle);
        seen.await("switch [hello 1.0.0] for []");
        awaitSettled("hello");
        goOn.complete(null);
        seen.await("settled");
    }
}
