// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.List;

/**
 * A conf on its way from one runner process to another. Immutable.
 *
 * @param token by which APISIX names it, the 32 bits
 * @param key as APISIX sent it
 * @param conf plugins' names and values in order
 * @param created when APISIX sent it, in seconds since 1970
 * @param lastUsed when a call last ran by it, in seconds since 1970
 * @param superseded whether a newer one has come for the same route and phase
 */
public record HandedConf(int token, String key, List<PrepareCall.Entry> conf, long created, long lastUsed, boolean superseded) {

    /** Copies the list. */
    public HandedConf {
        conf = List.copyOf(conf);
    }
}
