// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.stoprequest;

import a6runner.plugin.json.FlatJson;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops every request with the answer in its conf; the demo that users of the existing Java runner know.
 *
 * <p>Conf: {@code stop_response_code} (a number, or a text that holds one), {@code stop_response_header_name},
 * {@code stop_response_header_value}, {@code stop_response_body}. All but the code may be left out. Other keys are ignored, as they were there, and named
 * in the log.
 */
@Component(service = PluginFilter.class)
public final class StopRequestDemoFilter implements ConfiguredFilter<StopRequestDemoFilter.Answer> {

    private static final Logger LOG = LoggerFactory.getLogger(StopRequestDemoFilter.class);

    /** The parsed conf; header and body may be null. */
    public record Answer(int code, String headerName, String headerValue, String body) {}

    @Override
    public String name() {
        return "StopRequestDemoFilter";
    }

    @Override
    public Answer parseConf(String conf) {
        FlatJson json = FlatJson.parse(conf);
        json.unknownKey("stop_response_code", "stop_response_header_name", "stop_response_header_value", "stop_response_body")
                .ifPresent(sentence -> LOG.warn("{}: {}; it is ignored", name(), sentence));
        return new Answer(json.status("stop_response_code"), json.nameOf("stop_response_header_name", "stop_response_header_value"),
                json.text("stop_response_header_value", null), json.text("stop_response_body", null));
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        Answer answer = request.conf(this);
        response.setStatusCode(answer.code());
        if (answer.headerName() != null) {
            response.setHeader(answer.headerName(), answer.headerValue());
        }
        if (answer.body() != null) {
            response.setBody(answer.body());
        }
        // No chain call: a touched response ends the request here.
    }
}
