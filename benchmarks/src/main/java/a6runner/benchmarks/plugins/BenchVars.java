// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.plugins;

import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;

/** Declares three variables, looks at each and goes on. */
@Component(service = PluginFilter.class)
public final class BenchVars implements PluginFilter {

    private static final List<String> NAMES = List.of("remote_addr", "server_port", "request_id");

    @Override
    public String name() {
        return "bench-vars";
    }

    @Override
    public List<String> requiredVars() {
        return NAMES;
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        for (int i = 0; i < NAMES.size(); i++) {
            if (request.getVars(NAMES.get(i)) == null) {
                throw new IllegalStateException(NAMES.get(i) + " was not fetched");
            }
        }
        chain.filter(request, response);
    }
}
