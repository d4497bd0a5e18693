// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import java.util.Map;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** Has the name that its configuration says, and none that is {@code bad}. */
public final class Named implements PluginFilter {

    private String name;

    public void activate(Map<String, Object> properties) {
        name = String.valueOf(properties.getOrDefault("name", "unnamed"));
        if (name.equals("bad")) {
            throw new IllegalArgumentException("name = bad (expected: another)");
        }
    }

    @Override
    public String name() {
        return name;
    }
}
