// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.PluginVersion;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Plugins in the order in which they run, with what follows from that: one for all chains of the same plugins, so that it stays in the processor's caches. */
final class ChainPlugins {

    private final PluginVersion[] plugins;
    private final String[] vars;

    ChainPlugins(List<PluginVersion> plugins) {
        this.plugins = plugins.toArray(new PluginVersion[0]);
        Set<String> names = new LinkedHashSet<>();
        plugins.forEach(plugin -> names.addAll(plugin.vars()));
        this.vars = names.toArray(new String[0]);
    }

    int length() {
        return plugins.length;
    }

    PluginVersion plugin(int step) {
        return plugins[step];
    }

    /** The variables that they want, each once. */
    String[] vars() {
        return vars;
    }
}
