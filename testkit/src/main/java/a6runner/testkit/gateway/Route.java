// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One route.
 *
 * @param id what stands in the conf's key, {@code arr_N} if the file gives none, as in APISIX
 * @param name what is shown; the id if the file gives none
 * @param uris paths, or beginnings of paths with {@code *} at their end
 * @param methods empty for all
 * @param hosts in lower case; names, or {@code *.name}; empty for all
 * @param extPlugins by phase
 * @param upstream null for the built-in echo
 */
public record Route(
        String id, String name, List<String> uris, Set<String> methods, Set<String> hosts, Map<Phase, ExtPlugin> extPlugins, Upstream upstream) {

    boolean allows(String method, String host) {
        return (methods.isEmpty() || methods.contains(method)) && (hosts.isEmpty() || hosts.stream().anyMatch(name -> isHost(name, host)));
    }

    /** How well a path fits: the length of what is alike, a whole path before a beginning; -1 if it doesn't. */
    int fit(String path) {
        int best = -1;
        for (String uri : uris) {
            if (uri.equals(path)) {
                return Integer.MAX_VALUE;
            }
            if (uri.endsWith("*") && path.startsWith(uri.substring(0, uri.length() - 1))) {
                best = Math.max(best, uri.length() - 1);
            }
        }
        return best;
    }

    private static boolean isHost(String name, String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return name.startsWith("*") ? lower.endsWith(name.substring(1)) : lower.equals(name);
    }
}
