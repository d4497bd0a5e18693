// SPDX-License-Identifier: Apache-2.0
package org.apache.apisix.plugin.runner;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told of each conf that APISIX sends: written by you, registered as an OSGi service.
 *
 * <p>Called on a thread of the watcher's own, after APISIX has got its token, in the order of the confs; it may block, and what it throws is logged.
 */
@ConsumerType
public interface A6ConfigWatcher {

    /** The watcher's name, for logs. */
    String name();

    /**
     * A conf has arrived.
     *
     * @param confToken the token that calls will name, 0 to 2^32-1
     * @param conf the conf
     */
    default void watch(long confToken, A6Conf conf) {}
}
