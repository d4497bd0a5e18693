// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner.filter;

import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A plugin: written by you, registered as an OSGi service ({@code @Component}), found by its {@link #name()} in a route's conf.
 *
 * <p><b>Threads.</b> One instance serves all calls, several at the same time. By default it starts on worker threads, where it may block, and
 * moves onto the event loop once it has shown to be quick; {@code plugin.NAME.execution} in the settings fixes the place. One call's steps
 * never run at the same time.
 *
 * <p><b>What a return means.</b> Changing the request rewrites it; changing the response in the request phase stops the request with that
 * response. Calling the chain, now or later, from any thread, says "I am done, go on"; the next plugin starts after the filter has returned.
 * Returning without having called the chain means: response changed in this method = done; otherwise the chain call will come later. A filter
 * that changes the response first and finishes later says {@link HttpResponse#async()}. A filter that throws refuses the call.
 *
 * <p><b>Lifetime.</b> Requests and responses are valid until the reply to APISIX is written; afterwards every member throws
 * {@link IllegalStateException}.
 */
@ConsumerType
public interface PluginFilter {

    /**
     * The plugin's name, as routes name it ({@code conf: [{name: …}]}).
     *
     * <p>Called once after activation, off the event loop; must be the same for the service's whole life, and neither null nor empty.
     */
    String name();

    /**
     * Filters a request before APISIX sends it to the upstream ({@code ext-plugin-pre-req}, {@code ext-plugin-post-req}).
     *
     * <p>The default goes on with the chain, so that a plugin for the response phase is transparent here.
     */
    default void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        chain.filter(request, response);
    }

    /**
     * Filters the upstream's response before APISIX sends it to the client ({@code ext-plugin-post-resp}).
     *
     * <p>The default goes on with the chain, so that a plugin for the request phase is transparent here.
     */
    default void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        chain.postFilter(request, response);
    }

    /**
     * The nginx and APISIX variables that the plugin wants to find in {@code getVars(name)}; null means none.
     *
     * <p>Called once after activation. Declared variables are fetched before the first plugin of the chain runs, all in one write.
     */
    default List<String> requiredVars() {
        return null;
    }

    /**
     * Whether {@link HttpRequest#getBody()} shall hold the request's body; null means no.
     *
     * <p>Called once after activation. The body is fetched just before the first plugin that declares it.
     */
    default Boolean requiredBody() {
        return false;
    }

    /**
     * Whether {@link PostRequest#getBody()} shall hold the upstream's body; null means no.
     *
     * <p>Called once after activation. The body is fetched just before the first plugin that declares it.
     */
    default Boolean requiredRespBody() {
        return false;
    }
}
