// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.runner.plugin.PluginVersion;
import a6runner.spi.PrepareCall.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.apisix.plugin.runner.A6Conf;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;

/** A conf as watchers see it. Immutable. */
final class WatchedConf implements A6Conf {

    private final Map<String, String> config;
    private final Map<String, String> byPlugin = new HashMap<>(); // where a conf names a version too
    private final PluginFilterChain chain;

    WatchedConf(PreparedConf conf, PluginSnapshot snapshot) {
        Map<String, String> values = new LinkedHashMap<>();
        List<PluginFilter> filters = new ArrayList<>();
        for (Entry entry : conf.content().entries()) {
            values.putIfAbsent(entry.name(), entry.value());
            PluginVersion plugin = snapshot.find(entry.name());
            if (plugin != null) {
                byPlugin.putIfAbsent(plugin.name(), entry.value());
                filters.add(plugin.filter());
            }
        }
        this.config = Collections.unmodifiableMap(values);
        this.chain = new Seen(List.copyOf(filters));
    }

    @Override
    public String get(String pluginName) {
        String value = config.get(pluginName);
        return value == null ? byPlugin.get(pluginName) : value;
    }

    @Override
    public Map<String, String> getConfig() {
        return config;
    }

    @Override
    public PluginFilterChain getChain() {
        return chain;
    }

    private record Seen(List<PluginFilter> filters) implements PluginFilterChain {

        @Override
        public void filter(HttpRequest request, HttpResponse response) {
            throw new UnsupportedOperationException("a conf's chain is there to look at; no call runs in it");
        }

        @Override
        public void postFilter(PostRequest request, PostResponse response) {
            filter(null, null);
        }

        @Override
        public int getIndex() {
            return 0;
        }

        @Override
        public List<PluginFilter> getFilters() {
            return filters;
        }
    }
}
