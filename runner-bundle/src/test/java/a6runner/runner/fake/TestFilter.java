// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;

/** A plugin from lambdas; a phase without one keeps the api's default method. */
public class TestFilter implements PluginFilter {

    /** A {@code filter} that may throw anything. */
    @FunctionalInterface
    public interface OnRequest {
        void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) throws Throwable;
    }

    /** A {@code postFilter} that may throw anything. */
    @FunctionalInterface
    public interface OnResponse {
        void filter(PostRequest request, PostResponse response, PluginFilterChain chain) throws Throwable;
    }

    private final String name;
    private OnRequest onRequest;
    private OnResponse onResponse;
    private List<String> vars;
    private Boolean body;
    private Boolean responseBody;

    public TestFilter(String name) {
        this.name = name;
    }

    public TestFilter onRequest(OnRequest filter) {
        onRequest = filter;
        return this;
    }

    public TestFilter onResponse(OnResponse filter) {
        onResponse = filter;
        return this;
    }

    public TestFilter vars(String... names) {
        vars = List.of(names);
        return this;
    }

    public TestFilter wantsBody() {
        body = true;
        return this;
    }

    public TestFilter wantsResponseBody() {
        responseBody = true;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        if (onRequest == null) {
            PluginFilter.super.filter(request, response, chain);
            return;
        }
        try {
            onRequest.filter(request, response, chain);
        } catch (Throwable e) {
            TestFilter.<RuntimeException>rethrow(e);
        }
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        if (onResponse == null) {
            PluginFilter.super.postFilter(request, response, chain);
            return;
        }
        try {
            onResponse.filter(request, response, chain);
        } catch (Throwable e) {
            TestFilter.<RuntimeException>rethrow(e);
        }
    }

    @SuppressWarnings("unchecked") // lets a lambda's checked exception out as it is
    private static <E extends Throwable> void rethrow(Throwable e) throws E {
        throw (E) e;
    }

    @Override
    public List<String> requiredVars() {
        return vars;
    }

    @Override
    public Boolean requiredBody() {
        return body;
    }

    @Override
    public Boolean requiredRespBody() {
        return responseBody;
    }
}
