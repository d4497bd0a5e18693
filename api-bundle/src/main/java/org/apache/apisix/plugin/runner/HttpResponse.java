// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The answer that stops a request: made by the runner, one per plugin and call. It is empty at first, and as long as nobody touches it the request
 * goes on.
 *
 * <p>Once a plugin has set status, header or body here the request is stopped: no later plugin runs, the upstream is not asked, and the client gets
 * this answer (status 200 when none was set). Response headers that plugins set in {@link HttpRequest} come along.
 *
 * <p>Threads and lifetime as for {@link HttpRequest}.
 */
@ProviderType
public interface HttpResponse {

    /**
     * Stops the request with this status, 200 to 999. 0 means 200. Any other, and 444 and 499, would close the client's connection or be sent as
     * 200 (APISIX.md §7): a warning, and the client gets 500.
     */
    void setStatusCode(int statusCode);

    /**
     * Stops the request and sets a header of the answer. Null or empty names, and {@code content-length}, {@code transfer-encoding} and
     * {@code connection}, are ignored with a warning; a null value deletes what was set.
     */
    void setHeader(String name, String value);

    /**
     * Stops the request and adds a header to the answer, keeping values set before.
     *
     * @throws IllegalArgumentException if the name is null, empty or APISIX's own, as for {@link #setHeader}, or the value is null
     */
    void addHeader(String name, String value);

    /** Stops the request and sets the answer's body as UTF-8 text; null means none. Without a body APISIX adds its own page to most statuses. */
    void setBody(String body);

    /** Stops the request and sets the answer's body; the array is copied; null means none. */
    void setBody(byte[] body);

    /** Says that the filter will call the chain later although it has touched this response. */
    void async();

    /** Sets a header of the request, as {@link HttpRequest#setHeader}; it stops nothing. */
    void setReqHeader(String name, String value);

    /** Sets an argument of the request, as {@link HttpRequest#setArg}; it stops nothing. */
    void setArg(String name, String value);

    /** Sets the path of the request, as {@link HttpRequest#setPath}; it stops nothing. */
    void setPath(String path);
}
