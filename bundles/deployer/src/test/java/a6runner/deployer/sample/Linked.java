// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** Needs another class, which isn't always packed with it. */
public final class Linked implements PluginFilter {

    private final Hello other = new Hello();

    @Override
    public String name() {
        return other.name();
    }
}
