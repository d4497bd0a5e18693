// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Changes the upstream's response as its conf says. */
@Component
public class ResponseFilter implements PluginFilter {

    @Override
    public String name() {
        return "ResponseFilter";
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        String conf = request.getConfig(this);
        String code = Json.get(conf, "response_code");
        if (code != null) {
            response.setStatusCode(Integer.parseInt(code));
        }
        String header = Json.get(conf, "response_header_name");
        if (header != null) {
            response.setHeader(header, Json.get(conf, "response_header_value"));
        }
        String body = Json.get(conf, "response_body");
        if (body != null) {
            response.setBody(body);
        }
        chain.postFilter(request, response);
    }
}
