// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** Can't be made. */
public final class Throwing implements PluginFilter {

    public Throwing() {
        throw new IllegalStateException("no database");
    }

    @Override
    public String name() {
        return "hello";
    }
}
