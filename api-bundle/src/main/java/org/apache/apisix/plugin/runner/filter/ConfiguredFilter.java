// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner.filter;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A plugin whose conf is parsed once, not at each call: written by you.
 *
 * <p>A filter reads the result with {@code request.conf(this)}.
 *
 * @param <C> what a conf becomes; shared by all calls that use the conf, so immutable or safe for concurrent use
 */
@ConsumerType
public interface ConfiguredFilter<C> extends PluginFilter {

    /**
     * Parses one conf value.
     *
     * <p>Called on a worker thread, once per distinct value and plugin version, after APISIX has sent the conf; calls that need it wait. A
     * conf that is not accepted is refused: every call that uses it is answered as a fault, with the exception's message in the log, and a new
     * version of the plugin that doesn't accept a current conf does not replace the running one.
     *
     * @param conf the conf's value as APISIX sent it, maybe empty, never null
     * @return the parsed conf; null is allowed and handed to the filter as it is
     * @throws Exception if the value is wrong; say what was expected
     */
    C parseConf(String conf) throws Exception;
}
