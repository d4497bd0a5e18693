// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

/** APISIX's three plugins that call a runner, in the order in which they run. */
public enum Phase {
    /** {@code ext-plugin-pre-req}: before most of APISIX's own plugins. */
    PRE_REQ("pre-req"),
    /** {@code ext-plugin-post-req}: after them, before the upstream. */
    POST_REQ("post-req"),
    /** {@code ext-plugin-post-resp}: after the upstream. */
    POST_RESP("post-resp");

    private final String shortName;

    Phase(String shortName) {
        this.shortName = shortName;
    }

    /** The name without {@code ext-plugin-}. */
    public String shortName() {
        return shortName;
    }

    /** The name of APISIX's plugin. */
    public String pluginName() {
        return "ext-plugin-" + shortName;
    }
}
