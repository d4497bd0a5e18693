// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** A class that isn't public. */
final class Hidden implements PluginFilter {

    @Override
    public String name() {
        return "hello";
    }
}
