// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.plugins;

import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;

/** Declares the body of the phase it runs in, takes its bytes and goes on. */
@Component(service = PluginFilter.class)
public final class BenchBody implements PluginFilter {

    @Override
    public String name() {
        return "bench-body";
    }

    @Override
    public Boolean requiredBody() {
        return true;
    }

    @Override
    public Boolean requiredRespBody() {
        return true;
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        if (request.getBodyBytes().length == 0) {
            throw new IllegalStateException("no body came");
        }
        chain.filter(request, response);
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        if (request.getBodyBytes().length == 0) {
            throw new IllegalStateException("no body came");
        }
        chain.postFilter(request, response);
    }
}
