// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Rewrites the request by way of the response, as the request's own setters once did inside. */
@Component
public class EditByResponseFilter implements PluginFilter {

    @Override
    public String name() {
        return "EditByResponseFilter";
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        response.setPath("/by-response");
        response.setReqHeader("X-By-Response", "yes");
        response.setArg("by", "response");
        chain.filter(request, response);
    }
}
