// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner.filter;

import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The rest of a call's plugins, as one of them sees it: made by the runner, one per plugin and call.
 *
 * <p>Calling it means "I am done, go on". It may be called from any thread, during the filter or later, and returns at once; the next plugin
 * starts after the filter has returned. A second call, or one after the reply, has no effect but a warning in the log.
 */
@ProviderType
public interface PluginFilterChain {

    /** Goes on with the request phase. The arguments are those the filter was given; others are ignored. */
    void filter(HttpRequest request, HttpResponse response);

    /** Goes on with the response phase. The arguments are those the filter was given; others are ignored. */
    void postFilter(PostRequest request, PostResponse response);

    /** The place of the plugin that holds this chain, from 0. */
    int getIndex();

    /** All plugins of the call, in the conf's order; unmodifiable. A plugin that the settings let skip is not among them. */
    List<PluginFilter> getFilters();
}
