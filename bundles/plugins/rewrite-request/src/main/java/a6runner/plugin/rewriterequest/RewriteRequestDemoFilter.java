// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.rewriterequest;

import a6runner.plugin.json.FlatJson;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites path, one header and one argument of every request; the demo that users of the existing Java runner know. It asks for two variables and
 * the body too, to show how that is done.
 *
 * <p>Conf: {@code rewrite_path}, {@code conf_header_name}, {@code conf_header_value}, {@code conf_arg_name}, {@code conf_arg_value}. What is left out
 * isn't touched; a name without a value deletes. Other keys are ignored, as they were there, and named in the log.
 */
@Component(service = PluginFilter.class)
public final class RewriteRequestDemoFilter implements ConfiguredFilter<RewriteRequestDemoFilter.Rewrite> {

    private static final Logger LOG = LoggerFactory.getLogger(RewriteRequestDemoFilter.class);

    /** The parsed conf; any part may be null. */
    public record Rewrite(String path, String headerName, String headerValue, String argName, String argValue) {}

    @Override
    public String name() {
        return "RewriteRequestDemoFilter";
    }

    @Override
    public List<String> requiredVars() {
        return List.of("remote_addr", "server_port");
    }

    @Override
    public Boolean requiredBody() {
        return true;
    }

    @Override
    public Rewrite parseConf(String conf) {
        FlatJson json = FlatJson.parse(conf);
        json.unknownKey("rewrite_path", "conf_header_name", "conf_header_value", "conf_arg_name", "conf_arg_value")
                .ifPresent(sentence -> LOG.warn("{}: {}; it is ignored", name(), sentence));
        return new Rewrite(json.text("rewrite_path", null),
                json.nameOf("conf_header_name", "conf_header_value"), json.text("conf_header_value", null),
                json.nameOf("conf_arg_name", "conf_arg_value"), json.text("conf_arg_value", null));
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        Rewrite rewrite = request.conf(this);
        if (rewrite.path() != null) {
            request.setPath(rewrite.path());
        }
        if (rewrite.headerName() != null) {
            request.setHeader(rewrite.headerName(), rewrite.headerValue());
        }
        if (rewrite.argName() != null) {
            request.setArg(rewrite.argName(), rewrite.argValue());
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug("remote_addr={} server_port={} body={}", request.getVars("remote_addr"), request.getVars("server_port"), request.getBody());
        }
        chain.filter(request, response);
    }
}
