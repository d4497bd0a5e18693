// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner;

import java.net.InetAddress;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The client's request in the request phase, and what shall be changed of it: made by the runner, one per plugin and call.
 *
 * <p>Getters show what plugins before this one, and this one, have changed. Names of headers are case-insensitive, names of arguments are not.
 * Text is decoded as UTF-8; bytes that are none come as U+FFFD and reach the upstream as they were unless they are set.
 *
 * <p><b>Threads.</b> To be used by one thread at a time, the filter's or one that the filter hands it to. No member blocks.
 *
 * <p><b>Lifetime.</b> Valid until the reply to APISIX is written; afterwards every member throws {@link IllegalStateException}. Changes after the
 * chain was called are ignored with a warning.
 *
 * <p>At most the first hundred header lines of a request are here (APISIX.md §5).
 */
@ProviderType
public interface HttpRequest {

    /** The request methods that APISIX can send, in the order of the wire ({@code A6.Method}). */
    enum Method {
        GET,
        HEAD,
        POST,
        PUT,
        DELETE,
        MKCOL,
        COPY,
        MOVE,
        OPTIONS,
        PROPFIND,
        PROPPATCH,
        LOCK,
        UNLOCK,
        PATCH,
        TRACE
    }

    /** The conf's value for the plugin that runs, as the string it is; null if {@code filter} is null or not a plugin of this call. */
    String getConfig(PluginFilter filter);

    /**
     * The parsed conf for the plugin that runs.
     *
     * @throws IllegalArgumentException if {@code filter} is not a plugin of this call
     */
    <C> C conf(ConfiguredFilter<C> filter);

    /** APISIX's number of this call, 0 to 2^32-1; for logs. Not unique: APISIX counts per worker and begins anew. */
    long getRequestId();

    /** The token of the conf that this call runs by, 0 to 2^32-1. */
    long getConfToken();

    /** The client's address in text, IPv4 or IPv6, after nginx's real_ip; "" if APISIX sent none. */
    String getSourceIP();

    /** The client's address, after nginx's real_ip; null if APISIX sent none. */
    InetAddress getSourceAddress();

    /** The request's method. */
    Method getMethod();

    /** The decoded path, without the query. */
    String getPath();

    /**
     * Sets the path. Give it decoded: APISIX percent-encodes it. What follows a '?' is taken as arguments, which are set.
     * A null path is ignored with a warning; one that doesn't begin with '/' gets one.
     */
    void setPath(String path);

    /** A mutable copy of the headers, the first value of each name; changing it changes nothing else. */
    Map<String, String> getHeaders();

    /** The first value of a header, or null. */
    String getHeader(String name);

    /** All values of a header in their order, maybe none; unmodifiable. */
    List<String> getHeaderValues(String name);

    /**
     * Sets a header toward the upstream, replacing all its values; a null value deletes it. Setting the value that {@link #getHeader} shows is
     * no change. {@code content-length}, {@code transfer-encoding} and {@code connection} are APISIX's own and ignored with a warning, a null
     * or empty name too.
     */
    void setHeader(String name, String value);

    /**
     * Deletes a header.
     *
     * @throws IllegalArgumentException if the name is null, empty or APISIX's own, as for {@link #setHeader}
     */
    void removeHeader(String name);

    /** A mutable copy of the query's arguments, the first value of each name, "" for one without value; changing it changes nothing else. */
    Map<String, String> getArgs();

    /** The first value of an argument, "" if it has none, null if the argument isn't there. */
    String getArg(String name);

    /** All values of an argument in their order, maybe none; unmodifiable. */
    List<String> getArgValues(String name);

    /** Sets an argument, replacing all its values; a null value deletes it. A null or empty name is ignored with a warning. */
    void setArg(String name, String value);

    /**
     * Adds a value to an argument, keeping those it has.
     *
     * @throws IllegalArgumentException if the name is null or empty or the value is null
     */
    void addArg(String name, String value);

    /**
     * Deletes an argument.
     *
     * @throws IllegalArgumentException if the name is null or empty
     */
    void removeArg(String name);

    /** The value of a declared variable ({@link PluginFilter#requiredVars()}), "" if APISIX has none for it; null if it was not declared. */
    String getVars(String name);

    /** The body as UTF-8 text, "" if the request has none; null if no plugin so far declared it ({@link PluginFilter#requiredBody()}). */
    String getBody();

    /** The body as text in the given charset; as {@link #getBody()} otherwise. */
    String getBody(Charset charset);

    /** A copy of the body's bytes, empty if the request has none; null if it was not declared. */
    byte[] getBodyBytes();

    /**
     * Replaces the body; APISIX sets its length.
     *
     * @throws IllegalArgumentException if the body is null or empty (APISIX can't empty a body, APISIX.md §7) or over 16,000,000 bytes
     */
    void setBody(byte[] body);

    /** Replaces the body by text in UTF-8; as {@link #setBody(byte[])} otherwise. */
    void setBody(String body);

    /**
     * Sets a header of the response that the client will get. A header that the upstream sends too comes twice (APISIX.md §7).
     *
     * @throws IllegalArgumentException if name or value is null or the name empty, or if APISIX ignores the name here (connection,
     *     content-length, transfer-encoding, location, server, www-authenticate, content-encoding, content-type, content-location,
     *     content-language)
     */
    void setResponseHeader(String name, String value);

    /** Adds a header of the response that the client will get, keeping values set before; as {@link #setResponseHeader} otherwise. */
    void addResponseHeader(String name, String value);

    /**
     * Asks APISIX for a variable, declared or not.
     *
     * <p>The stage completes on a thread of the plugin's own place. Waiting on it (join, get) is fine on a worker thread and throws
     * {@link IllegalStateException} on the event loop. It completes exceptionally if the call ends first.
     *
     * @return the variable, empty if APISIX has none of that name
     * @throws IllegalArgumentException if the name is null or empty
     */
    CompletionStage<Optional<String>> var(String name);

    /** Asks APISIX for the request's body, declared or not; empty if there is none. Completes as {@link #var} says. */
    CompletionStage<Optional<byte[]>> body();
}
