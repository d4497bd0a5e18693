// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Answers in the upstream's place: all of it, or by its conf only a part. Some authors go on with the chain afterwards, some return. */
@Component
public class StopFilter implements PluginFilter {

    @Override
    public String name() {
        return "StopFilter";
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        String how = request.getConfig(this);
        if (how.equals("body only, and return")) {
            response.setBody("hello");
            return;
        }
        response.setStatusCode(401);
        response.setHeader("WWW-Authenticate", "Basic");
        response.setHeader("X-Twice", "first");
        response.setHeader("X-Twice", "second");
        response.setHeader(null, "ignored");
        response.setBody("{\"error\":\"who are you, ü?\"}");
        chain.filter(request, response);
    }
}
