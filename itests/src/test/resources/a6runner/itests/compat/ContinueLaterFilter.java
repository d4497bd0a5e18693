// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Asks somebody slow, and continues the chain from that one's thread, in both phases. */
@Component
public class ContinueLaterFilter implements PluginFilter {

    private final ExecutorService slow = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "somebody-slow");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public String name() {
        return "ContinueLaterFilter";
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        CompletableFuture.supplyAsync(() -> Thread.currentThread().getName(), slow).thenAcceptAsync(answer -> {
            request.setHeader("X-Answer-Of", answer);
            chain.filter(request, response);
        }, slow);
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        CompletableFuture.runAsync(() -> {
            response.setHeader("X-Answer-Of", Thread.currentThread().getName());
            chain.postFilter(request, response);
        }, slow);
    }
}
