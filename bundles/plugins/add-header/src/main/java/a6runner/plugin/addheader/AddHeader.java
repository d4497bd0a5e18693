// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.addheader;

import a6runner.plugin.json.FlatJson;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;

/**
 * Sets one header: on the request in the request phase, on the response in the response phase.
 *
 * <p>Conf: {@code {"name": "x-runner", "value": "java"}}; what stands here is also the default of each key.
 */
@Component(service = PluginFilter.class)
public final class AddHeader implements ConfiguredFilter<AddHeader.Header> {

    /** The parsed conf: the header to set. */
    public record Header(String name, String value) {}

    @Override
    public String name() {
        return "add-header";
    }

    @Override
    public Header parseConf(String conf) {
        FlatJson json = FlatJson.parse(conf).only("name", "value");
        Header header = new Header(json.text("name", "x-runner"), json.text("value", "java"));
        if (header.name().isEmpty()) {
            throw new IllegalArgumentException("name: \"\" (expected: a header's name)");
        }
        return header;
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        Header header = request.conf(this);
        request.setHeader(header.name(), header.value());
        chain.filter(request, response);
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        Header header = request.conf(this);
        response.setHeader(header.name(), header.value());
        chain.postFilter(request, response);
    }
}
