// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class SlotsTest {

    private static final long DEADLINE = 20_000_000_000L;

    @TempDir
    private Path dir;
    private TestFramework framework;
    private Slots slots;

    @BeforeEach
    void start() throws Exception {
        framework = new TestFramework(dir, Map.of());
        slots = new Slots(framework.context());
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
    }

    private Bundle take(PluginJar jar) throws Exception {
        return slots.take(Files.write(dir.resolve("x.jar"), jar.bytes()), "id " + jar.hashCode());
    }

    /** Takes slots until this one comes back: its refresh runs beside. */
    private Bundle takeAgain(Bundle parked, PluginJar jar) throws Exception {
        long deadline = System.nanoTime() + DEADLINE;
        while (System.nanoTime() - deadline < 0) {
            if (parked.adapt(BundleWiring.class) == null) {
                Bundle taken = take(jar);
                if (taken.equals(parked)) {
                    return taken;
                }
                slots.adopt(taken);
            }
            Thread.onSpinWait();
        }
        throw new AssertionError(parked + " is not given out again");
    }

    @Test
    void aParkedSlotIsGivenOutAgainWithAnotherContent() throws Exception {
        Bundle slot = take(PluginJar.hello("1"));
        slot.start();
        ClassLoader loader = slot.adapt(BundleWiring.class).getClassLoader();
        Files.writeString(slot.getDataFile("kept").toPath(), "by version 1");
        Slots.stop(slot);
        slots.park(slot);
        Bundle again = takeAgain(slot, PluginJar.hello("2").header("Bundle-SymbolicName", "test.other"));
        assertThat(again.getSymbolicName()).isEqualTo("test.other");
        assertThat(again.getDataFile("kept")).as("another's data").doesNotExist();
        again.start();
        assertThat(again.adapt(BundleWiring.class).getClassLoader()).isNotSameAs(loader);
        assertThat(slots.contentOf(again)).startsWith("id ");
    }

    @Test
    void whatStandsBesideEachOtherHasASlotEach() throws Exception {
        Set<String> locations = new TreeSet<>();
        for (int i = 1; i <= 3; i++) {
            locations.add(take(PluginJar.hello("1")).getLocation());
        }
        assertThat(locations).containsExactly("a6runner-plugin:1", "a6runner-plugin:2", "a6runner-plugin:3");
    }

    @Test
    void namesWhoWouldBeRestartedWithIt() throws Exception {
        Bundle slot = take(PluginJar.hello("1").header("Export-Package", "a6runner.deployer.sample;version=1.0"));
        Path core = Files.write(dir.resolve("core.jar"), PluginJar.bundle("core", "1").header("Import-Package", "a6runner.deployer.sample").bytes());
        Bundle importer = framework.install(core.toString());
        importer.start(); // There is no Islands here to forbid it.
        assertThat(slots.outsiders(slot)).isEqualTo(List.of(importer));
        slots.park(slot);
        assertThat(importer.getState()).as("not refreshed").isEqualTo(Bundle.ACTIVE);
        assertThat(slot.adapt(BundleWiring.class)).isNotNull();
    }
}
