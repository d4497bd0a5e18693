// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.PluginVersion.Warning;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which headers and statuses plugins may set (APISIX.md §7, §9). No state. */
final class HeaderRules {

    /** APISIX's own: it sets them, and breaks on wrong ones. */
    private static final List<String> OWN = List.of("connection", "content-length", "transfer-encoding");

    /** Those of a response that APISIX ignores when they come from the request phase. */
    private static final Set<String> IGNORED_FROM_REQUEST = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        IGNORED_FROM_REQUEST.addAll(OWN);
        IGNORED_FROM_REQUEST.addAll(List.of("location", "server", "www-authenticate", "content-encoding", "content-type", "content-location",
                "content-language"));
    }

    private HeaderRules() {}

    static boolean own(String name) {
        for (String own : OWN) {
            if (own.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a header may be set; warns the plugin if not. */
    static boolean allowed(String name, PluginVersion plugin) {
        if (name == null || name.isEmpty()) {
            plugin.warn(Warning.IGNORED_NULL, "it set a header without name; that is ignored");
            return false;
        }
        if (own(name)) {
            plugin.warn(Warning.IGNORED_HEADER, "it set the header " + name + ", which APISIX sets itself; that is ignored");
            return false;
        }
        return true;
    }

    static void require(String name) {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("name: " + (name == null ? "null" : "\"\"") + " (expected: a header's name)");
        }
        if (own(name)) {
            throw new IllegalArgumentException("name: " + name + " (expected: a header that APISIX doesn't set itself, as it does connection,"
                    + " content-length and transfer-encoding)");
        }
    }

    static void requireFromRequest(String name) {
        if (name == null || name.isEmpty() || IGNORED_FROM_REQUEST.contains(name)) {
            throw new IllegalArgumentException("name: " + (name == null ? "null" : '"' + name + '"') + " (expected: a response header that APISIX takes"
                    + " from the request phase, not one of " + IGNORED_FROM_REQUEST + ")");
        }
    }

    static void requireValue(String name, String value) {
        if (value == null) {
            throw new IllegalArgumentException("value of " + name + ": null (expected: a text)");
        }
    }

    /** Whether APISIX sends this status to the client as it is. */
    static boolean sendable(int status) {
        return status >= 200 && status <= 999 && status != 444 && status != 499;
    }
}
