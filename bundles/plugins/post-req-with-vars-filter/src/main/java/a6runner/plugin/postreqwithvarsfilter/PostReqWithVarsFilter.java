// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.postreqwithvarsfilter;

import a6runner.plugin.json.FlatJson;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works in both phases: rewrites the path of the request, and tells the client in the header {@code server_port} on which port its request came in; the
 * demo that users of the existing Java runner know. It asks for the upstream's body too, to show how that is done, and leaves it as it is.
 *
 * <p>Conf: {@code rewrite_path}; the path isn't touched if it is left out. Other keys are ignored, as they were there, and named in the log.
 */
@Component(service = PluginFilter.class)
public final class PostReqWithVarsFilter implements ConfiguredFilter<PostReqWithVarsFilter.Rewrite> {

    private static final Logger LOG = LoggerFactory.getLogger(PostReqWithVarsFilter.class);

    /** The parsed conf; the path may be null. */
    public record Rewrite(String path) {}

    @Override
    public String name() {
        return "PostReqWithVarsFilter";
    }

    @Override
    public List<String> requiredVars() {
        return List.of("server_port");
    }

    @Override
    public Boolean requiredRespBody() {
        return true;
    }

    @Override
    public Rewrite parseConf(String conf) {
        FlatJson json = FlatJson.parse(conf);
        json.unknownKey("rewrite_path").ifPresent(sentence -> LOG.warn("{}: {}; it is ignored", name(), sentence));
        return new Rewrite(json.text("rewrite_path", null));
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        Rewrite rewrite = request.conf(this);
        if (rewrite.path() != null) {
            request.setPath(rewrite.path());
        }
        chain.filter(request, response);
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        String port = request.getVars("server_port");
        if (!port.isEmpty()) { // "": APISIX has no such variable, so there is nothing to tell
            response.setHeader("server_port", port);
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug("server_port={} status={} body={}", port, request.getUpstreamStatusCode(), request.getBody());
        }
        chain.postFilter(request, response);
    }
}
