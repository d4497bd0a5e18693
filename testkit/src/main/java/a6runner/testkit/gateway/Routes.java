// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import java.util.List;
import java.util.Optional;

/**
 * The routes of one state of the routes file.
 *
 * @param version part of every conf's key, so that every edit of the file has all confs prepared again, as in APISIX (APISIX.md §4)
 */
public record Routes(List<Route> routes, long version) {

    /** The route for a request: a whole path goes before a beginning, a longer beginning before a shorter, then the first in the file. */
    Optional<Route> find(String method, String host, String path) {
        Route best = null;
        for (Route route : routes) {
            if (route.allows(method, host) && route.fit(path) >= 0 && (best == null || route.fit(path) > best.fit(path))) {
                best = route;
            }
        }
        return Optional.ofNullable(best);
    }
}
