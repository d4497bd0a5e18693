// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.responsefilter;

import a6runner.plugin.json.FlatJson;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes status, one header and the body of the upstream's response; the demo that users of the existing Java runner know.
 *
 * <p>Conf: {@code response_code} (a number, or a text that holds one), {@code response_header_name}, {@code response_header_value},
 * {@code response_body}. What is left out stays the upstream's; a name without a value deletes. Other keys are ignored, as they were there, and named in
 * the log. A response that ends up as 204 or 304 has no body, so it is given none.
 */
@Component(service = PluginFilter.class)
public final class ResponseFilter implements ConfiguredFilter<ResponseFilter.Change> {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseFilter.class);

    /** The parsed conf; any part may be null, for the upstream's. */
    public record Change(Integer code, String headerName, String headerValue, String body) {}

    @Override
    public String name() {
        return "ResponseFilter";
    }

    @Override
    public Change parseConf(String conf) {
        FlatJson json = FlatJson.parse(conf);
        json.unknownKey("response_code", "response_header_name", "response_header_value", "response_body")
                .ifPresent(sentence -> LOG.warn("{}: {}; it is ignored", name(), sentence));
        return new Change(json.has("response_code") ? json.status("response_code") : null,
                json.nameOf("response_header_name", "response_header_value"), json.text("response_header_value", null), json.text("response_body", null));
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        Change change = request.conf(this);
        int status = change.code() != null ? change.code() : request.getUpstreamStatusCode();
        if (change.code() != null) {
            response.setStatusCode(status);
        }
        if (change.headerName() != null) {
            response.setHeader(change.headerName(), change.headerValue());
        }
        if (change.body() != null && status != 204 && status != 304) {
            response.setBody(change.body()); // content-encoding and etag of the old body go with it
        }
        chain.postFilter(request, response);
    }
}
