// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.fake.FakeBundle;
import a6runner.spi.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** Makes plugin versions and snapshots without a registry, for tests of other packages. */
public final class Plugins {

    private Plugins() {}

    public static PluginVersion version(PluginFilter filter, Settings settings) {
        return new PluginVersion(filter, FakeBundle.of("test." + filter.name(), "1.2.3", 7), settings);
    }

    public static PluginSnapshot snapshot(PluginVersion... versions) {
        Map<String, PluginVersion> byName = new HashMap<>();
        for (PluginVersion version : versions) {
            byName.put(version.name(), version);
        }
        return new PluginSnapshot(byName, byName.values().stream().collect(Collectors.groupingBy(PluginVersion::name)), List.of(), Set.of(), Set.of());
    }

    public static boolean busy(PluginVersion version) {
        return version.busy();
    }

    /** How many calls hold a worker thread. */
    public static int workerCalls(PluginVersion version) {
        return version.workers().calls();
    }

    public static void stopWorkers(PluginVersion version) {
        version.workers().stop();
    }
}
