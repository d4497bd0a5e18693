// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner;

import java.util.Map;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.annotation.versioning.ProviderType;

/** A conf as APISIX sent it: plugin names and their values, in order. Made by the runner; immutable; any thread. */
@ProviderType
public interface A6Conf {

    /** The value for a plugin, the first if the conf names it twice; null if it doesn't name it. */
    String get(String pluginName);

    /** The plugins' names and values in the conf's order, the first value of each name; unmodifiable. */
    Map<String, String> getConfig();

    /** The chain that this conf has at this moment, to look at; its {@code filter} and {@code postFilter} throw. */
    PluginFilterChain getChain();
}
