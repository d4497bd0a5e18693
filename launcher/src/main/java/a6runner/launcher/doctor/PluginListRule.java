// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.util.List;
import java.util.Optional;

/** {@code plugins}: whether the plugins that call a runner are enabled, and not the one alone with which no call works (APISIX.md §4). */
public record PluginListRule() implements ApisixRule {

    private static final String NAME = ApisixCheck.NAME;
    private static final List<String> EXT_PLUGINS = List.of("ext-plugin-pre-req", "ext-plugin-post-req", "ext-plugin-post-resp");

    @Override
    public List<Finding> look(ApisixConfig config) {
        Optional<Object> listed = config.at("plugins");
        if (listed.isEmpty()) {
            return List.of(Finding.ok(NAME, "no list of plugins, so all that APISIX has by default are enabled, the three ext-plugins among them"));
        }
        List<String> plugins = ApisixConfig.texts(listed.get());
        List<String> enabled = EXT_PLUGINS.stream().filter(plugins::contains).toList();
        if (enabled.isEmpty()) {
            return List.of(Finding.fault(NAME, "the list of plugins has no ext-plugin, so no route can call the runner", "add to plugins: " + String.join(", ", EXT_PLUGINS)));
        }
        if (enabled.equals(List.of("ext-plugin-post-resp"))) {
            return List.of(Finding.fault(NAME, "the list of plugins has ext-plugin-post-resp and no other ext-plugin: then APISIX makes no dictionary for tokens, and"
                    + " every call is a 503 (\"failed to create lock: dictionary not found\")", "add to plugins: ext-plugin-pre-req"));
        }
        return List.of(Finding.ok(NAME, "enabled: " + String.join(", ", enabled)));
    }
}
