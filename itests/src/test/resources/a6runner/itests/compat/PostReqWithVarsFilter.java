// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import java.util.ArrayList;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Rewrites the path on the way in; on the way out says on which port the request came. */
@Component
public class PostReqWithVarsFilter implements PluginFilter {

    @Override
    public String name() {
        return "PostReqWithVarsFilter";
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        request.setPath(Json.get(request.getConfig(this), "rewrite_path"));
        chain.filter(request, response);
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        String body = request.getBody();
        if (body != null && !body.isEmpty()) {
            response.setHeader("server_port", request.getVars("server_port"));
        }
        chain.postFilter(request, response);
    }

    @Override
    public List<String> requiredVars() {
        List<String> vars = new ArrayList<>();
        vars.add("server_port");
        return vars;
    }

    @Override
    public Boolean requiredRespBody() {
        return true;
    }
}
