// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner;

import java.nio.charset.Charset;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What shall be changed of the upstream's response: made by the runner, one per plugin and call. What no plugin touches stays as the upstream sent
 * it, repeated headers included.
 *
 * <p>Threads and lifetime as for {@link HttpRequest}.
 */
@ProviderType
public interface PostResponse {

    /**
     * Sets the status, 200 to 999; 0 means the upstream's. Any other, and 444 and 499, would close the client's connection (APISIX.md §7) and is
     * ignored with a warning.
     */
    void setStatusCode(int statusCode);

    /**
     * Sets a header, replacing all its values; a null value deletes it. Setting the value that the client would get anyway (the first, of a
     * repeated one) is no change. Null or empty names, and {@code content-length}, {@code transfer-encoding} and {@code connection}, are ignored
     * with a warning.
     */
    void setHeader(String name, String value);

    /**
     * Adds a header, keeping the values it has.
     *
     * @throws IllegalArgumentException if the name is null, empty or APISIX's own, as for {@link #setHeader}, or the value is null
     */
    void addHeader(String name, String value);

    /**
     * Deletes a header.
     *
     * @throws IllegalArgumentException if the name is null, empty or APISIX's own, as for {@link #setHeader}
     */
    void removeHeader(String name);

    /**
     * Replaces the body by text in the charset of {@link #setCharset}; content-encoding, content-length and etag go with the old one. Null is
     * ignored with a warning. APISIX can't send an empty body (APISIX.md §9): "" becomes one line feed, with a warning.
     */
    void setBody(String body);

    /** Replaces the body; the array is copied; as {@link #setBody(String)} otherwise. */
    void setBody(byte[] body);

    /** The charset of {@link #setBody(String)}, UTF-8 unless set; null is ignored. Set it before the body. It doesn't touch content-type. */
    void setCharset(Charset charset);

    /** Says that the filter will call the chain later although it has touched this response. */
    void async();
}
