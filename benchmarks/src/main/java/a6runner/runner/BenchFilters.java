// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import java.util.ArrayList;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;

/** Plugins that do what the shipped ones of the same name do. Many of a kind may stand in one chain, each under a number. */
final class BenchFilters {

    private BenchFilters() {}

    /** So many plugins of a kind: {@code noop}, {@code add-header} or {@code stop}. */
    static List<PluginFilter> of(String kind, int count) {
        List<PluginFilter> filters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = kind + "-" + i;
            switch (kind) {
                case "noop" -> filters.add(() -> name);
                case "add-header" -> filters.add(new AddHeader(name, "x-runner-" + i));
                case "stop" -> filters.add(new StopRequest(name));
                default -> throw new IllegalArgumentException(kind);
            }
        }
        return filters;
    }

    private record AddHeader(String name, String header) implements ConfiguredFilter<String> {

        @Override
        public String parseConf(String conf) {
            return "java";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            request.setHeader(header, request.conf(this));
            chain.filter(request, response);
        }
    }

    private record StopRequest(String name) implements ConfiguredFilter<String> {

        @Override
        public String parseConf(String conf) {
            return "authentication is needed\n";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(401);
            response.setHeader("content-type", "text/plain");
            response.setBody(request.conf(this));
        }
    }
}
