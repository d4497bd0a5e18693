// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import java.util.concurrent.CompletableFuture;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Sets the response's body when a future has it, then continues the chain. */
@Component
public class AsyncResponseFilter implements PluginFilter {

    @Override
    public String name() {
        return "AsyncResponseFilter";
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        CompletableFuture<String> future = CompletableFuture.supplyAsync(() -> "body of " + request.getUpstreamStatusCode());
        future.thenAccept(body -> {
            response.setBody(body);
            chain.postFilter(request, response);
        });
    }
}
