// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.conf.PreparedConf;
import a6runner.spi.Nearest;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The plugins of one moment, by name. Immutable; a call takes one and keeps it to its end. */
public final class PluginSnapshot {

    private static final int LISTED = 20;

    private final TreeMap<String, PluginVersion> byName;
    private final Set<String> awaited;
    private final Set<String> disabled;

    PluginSnapshot(Map<String, PluginVersion> byName, Set<String> awaited, Set<String> disabled) {
        this.byName = new TreeMap<>(byName);
        this.awaited = Set.copyOf(awaited);
        this.disabled = Set.copyOf(disabled);
    }

    /** Whether a conf names a plugin that is being replaced, and that calls wait for. */
    public boolean awaits(PreparedConf conf) {
        return !awaited.isEmpty() && conf.content().entries().stream().anyMatch(entry -> awaited.contains(entry.name()));
    }

    /** The plugin that calls find under a name, or null. */
    public PluginVersion find(String name) {
        return disabled.contains(name) ? null : byName.get(name);
    }

    /** The plugin that a name belongs to, disabled or not, or null. */
    PluginVersion ofName(String name) {
        return byName.get(name);
    }

    /** The names that are there. */
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(byName.keySet()));
    }

    Map<String, PluginVersion> byName() {
        return byName;
    }

    /** Says for a log line what is deployed, and which of it may have been meant. */
    public String insteadOf(String missing) {
        if (disabled.contains(missing)) {
            return "It is disabled (a6:enable takes that back).";
        }
        if (byName.isEmpty()) {
            return "No plugin is deployed.";
        }
        StringBuilder text = new StringBuilder();
        String nearest = Nearest.to(missing, byName.keySet());
        if (nearest != null) {
            text.append("Did you mean \"").append(nearest).append("\"? ");
        }
        text.append("Deployed: ");
        byName.keySet().stream().limit(LISTED).forEach(name -> text.append(name).append(", "));
        text.setLength(text.length() - 2);
        return text.append(byName.size() > LISTED ? " and " + (byName.size() - LISTED) + " more." : ".").toString();
    }
}
