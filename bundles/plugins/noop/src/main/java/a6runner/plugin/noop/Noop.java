// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.noop;

import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.service.component.annotations.Component;

/** Goes on with the chain in both phases, as the api's defaults do, and changes nothing. Takes any conf. */
@Component
public final class Noop implements PluginFilter {

    @Override
    public String name() {
        return "noop";
    }
}
