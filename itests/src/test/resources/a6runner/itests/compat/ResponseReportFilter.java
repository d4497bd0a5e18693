// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Reads all there is to read of the upstream's response and tells the client, in headers and a body in Latin 1. */
@Component
public class ResponseReportFilter implements PluginFilter {

    @Override
    public String name() {
        return "ResponseReportFilter";
    }

    @Override
    public List<String> requiredVars() {
        return Collections.singletonList("server_port");
    }

    @Override
    public Boolean requiredRespBody() {
        return true;
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        Map<String, String> upstream = request.getUpstreamHeaders();
        for (Map.Entry<String, String> header : upstream.entrySet()) {
            response.setHeader(header.getKey(), header.getValue()); // many a filter did that, to keep them
        }
        Integer status = request.getUpstreamStatusCode();
        response.setHeader("X-Status", String.valueOf(status));
        response.setHeader("X-Config", request.getConfig(this));
        response.setHeader("X-Id", String.valueOf(request.getRequestId()));
        response.setHeader("X-Token", String.valueOf(request.getConfToken()));
        response.setHeader("X-Upstream", new TreeMap<>(upstream).toString());
        response.setHeader("X-Var", request.getVars("server_port"));
        response.setHeader("X-Latin", request.getBody(Charset.forName("ISO-8859-1")));
        response.setHeader("X-Secret", null);
        response.setHeader(null, "ignored");
        response.setCharset(StandardCharsets.ISO_8859_1);
        response.setBody(request.getBody().toUpperCase());
        response.setStatusCode(203);
        upstream.clear();
        chain.postFilter(request, response);
    }
}
