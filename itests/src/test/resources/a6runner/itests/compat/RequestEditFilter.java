// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Changes all there is to change of a request. */
@Component
public class RequestEditFilter implements PluginFilter {

    @Override
    public String name() {
        return "RequestEditFilter";
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        request.setPath("/edited?from=path");
        request.setHeader("X-Set", "set");
        request.setHeader("X-Deleted", null);
        request.setArg("set", "new");
        request.setArg("deleted", null);

        // Mistakes that people do make.
        request.setPath(null);
        request.setHeader(null, "ignored");
        request.setArg(null, "ignored");
        request.setHeader("Content-Length", "7");

        // What was changed is seen at once.
        request.setHeader("X-Seen", request.getPath() + " " + request.getHeader("x-set") + " " + request.getHeader("X-Deleted") + " "
                + request.getArg("set") + " " + request.getArg("deleted") + " " + request.getHeaders().containsKey("x-deleted"));
        chain.filter(request, response);
    }
}
