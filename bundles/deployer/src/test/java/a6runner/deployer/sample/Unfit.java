// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** Can't be made without knowing what to give it. */
public final class Unfit implements PluginFilter {

    private final String name;

    public Unfit(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }
}
