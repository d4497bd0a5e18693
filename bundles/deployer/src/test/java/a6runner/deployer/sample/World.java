// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** The least plugin of another name. */
public final class World implements PluginFilter {

    @Override
    public String name() {
        return "world";
    }
}
