// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import java.util.concurrent.Executor;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** Needs a service. */
public final class Needy implements PluginFilter {

    public void bind(Executor executor) {
        executor.execute(() -> {});
    }

    @Override
    public String name() {
        return "hello";
    }
}
