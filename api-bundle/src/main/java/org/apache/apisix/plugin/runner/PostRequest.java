// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The upstream's response in the response phase: made by the runner, one per plugin and call. Status and headers are always the upstream's; the
 * body shows what plugins before this one have changed.
 *
 * <p>Threads and lifetime as for {@link HttpRequest}.
 */
@ProviderType
public interface PostRequest {

    /** APISIX's number of this call, as {@link HttpRequest#getRequestId()}. */
    long getRequestId();

    /** The token of the conf that this call runs by, 0 to 2^32-1. */
    long getConfToken();

    /** The conf's value for the plugin that runs, as the string it is; null if {@code filter} is null or not a plugin of this call. */
    String getConfig(PluginFilter filter);

    /**
     * The parsed conf for the plugin that runs.
     *
     * @throws IllegalArgumentException if {@code filter} is not a plugin of this call
     */
    <C> C conf(ConfiguredFilter<C> filter);

    /** A mutable copy of the upstream's headers, case-insensitive, the first value of each name; changing it changes nothing else. */
    Map<String, String> getUpstreamHeaders();

    /** All values of an upstream's header in their order, maybe none; unmodifiable. */
    List<String> getUpstreamHeaderValues(String name);

    /** The upstream's status. */
    Integer getUpstreamStatusCode();

    /**
     * The body as UTF-8 text, "" if there is none; null if no plugin so far declared it ({@link PluginFilter#requiredRespBody()}). A body in gzip or
     * deflate comes decoded.
     */
    String getBody();

    /** The body as text in the given charset; as {@link #getBody()} otherwise. */
    String getBody(Charset charset);

    /** A copy of the body's bytes, decoded as {@link #getBody()}, empty if there is none; null if it was not declared. */
    byte[] getBodyBytes();

    /** A copy of the body's bytes as the upstream sent them; null if it was not declared. */
    byte[] getRawBodyBytes();

    /** The value of a declared variable, as {@link HttpRequest#getVars}. */
    String getVars(String name);

    /** Asks APISIX for a variable, as {@link HttpRequest#var}. */
    CompletionStage<Optional<String>> var(String name);

    /** Asks APISIX for the upstream's body, decoded as {@link #getBodyBytes()}, declared or not; it is asked once per call and kept. */
    CompletionStage<Optional<byte[]>> body();
}
