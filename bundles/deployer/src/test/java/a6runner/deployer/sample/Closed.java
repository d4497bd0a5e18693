// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** Has no constructor that others could call. */
public final class Closed implements PluginFilter {

    Closed() {}

    @Override
    public String name() {
        return "hello";
    }
}
