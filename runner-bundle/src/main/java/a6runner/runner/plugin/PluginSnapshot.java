// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.conf.PreparedConf;
import a6runner.spi.Nearest;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The plugins of one moment, by name. Immutable; a call takes one and keeps it to its end. */
public final class PluginSnapshot {

    /** Of several versions that satisfy a pin the newest is meant, of equal ones the one that came last. */
    private static final Comparator<PluginVersion> NEWEST = Comparator.comparing((PluginVersion version) -> version.bundle().getVersion())
            .thenComparingLong(version -> version.bundle().getBundleId());
    private static final int LISTED = 20;
    private static final AtomicLong NUMBERS = new AtomicLong();

    static final PluginSnapshot EMPTY = new PluginSnapshot(Map.of(), Map.of(), List.of(), Set.of(), Set.of());

    private final long number = NUMBERS.incrementAndGet();
    private final TreeMap<String, PluginVersion> byName;
    private final Map<String, List<PluginVersion>> versions;
    private final List<Trial> trials;
    private final Set<String> awaited;
    private final Set<String> disabled;

    /**
     * A snapshot.
     *
     * @param byName what calls get that name no version
     * @param versions all that serve, also those that only calls get that pin their version
     * @param trials versions that get a share of the calls
     * @param awaited names, as confs have them, that calls wait for
     * @param disabled names of plugins
     */
    PluginSnapshot(Map<String, PluginVersion> byName, Map<String, List<PluginVersion>> versions, List<Trial> trials, Set<String> awaited, Set<String> disabled) {
        this.byName = new TreeMap<>(byName);
        this.versions = versions;
        this.trials = List.copyOf(trials);
        this.awaited = Set.copyOf(awaited);
        this.disabled = Set.copyOf(disabled);
    }

    /** The same, but for what calls wait for. */
    PluginSnapshot awaiting(Set<String> names) {
        return new PluginSnapshot(byName, versions, trials, names, disabled);
    }

    /** Whether it was made after another one. */
    public boolean isNewerThan(PluginSnapshot other) {
        return number > other.number;
    }

    /** Whether a conf names a plugin that is being replaced, or a version that may be on its way in, and that calls wait for. */
    public boolean awaits(PreparedConf conf) {
        return !awaited.isEmpty() && conf.content().entries().stream().anyMatch(entry -> awaited.contains(entry.name()));
    }

    /** The plugin's name in that by which a conf names it, with or without a version. */
    public static String plugin(String name) {
        return VersionPin.plugin(name);
    }

    /** The plugin that calls find under the name by which a conf names it, with or without a version, or null. */
    public PluginVersion find(String name) {
        PluginVersion exact = byName.get(name);
        if (exact != null) {
            return disabled.contains(name) ? null : exact;
        }
        return !VersionPin.isMeantBy(name) || disabled.contains(VersionPin.plugin(name)) ? null : ofPin(name);
    }

    /** The version that satisfies a conf's name with a version, disabled or not, or null. */
    PluginVersion ofPin(String name) {
        try {
            VersionPin pin = VersionPin.of(name);
            return versions.getOrDefault(pin.plugin(), List.of()).stream().filter(version -> pin.versions().includes(version.bundle().getVersion()))
                    .max(Comparator.comparing((PluginVersion version) -> !isOnTrial(version)).thenComparing(NEWEST)).orElse(null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean isOnTrial(PluginVersion version) {
        return trials.stream().anyMatch(trial -> trial.candidates().get(version.name()) == version);
    }

    /** The versions that get a share of the calls; mostly none. */
    public List<Trial> trials() {
        return trials;
    }

    /** The plugin that a name belongs to, disabled or not, or null. */
    PluginVersion ofName(String name) {
        return byName.get(name);
    }

    /** The names that are there. */
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(byName.keySet()));
    }

    /** Whether any version of a plugin is there. */
    boolean hasVersions(String plugin) {
        return versions.containsKey(plugin);
    }

    /** All that serve. */
    Stream<PluginVersion> versions() {
        return versions.values().stream().flatMap(List::stream);
    }

    /** Whether a conf means a version that isn't there of a plugin that is: then it must not be skipped, as if it were not deployed. */
    public boolean lacksVersion(String name) {
        return VersionPin.isMeantBy(name) && hasVersions(VersionPin.plugin(name));
    }

    /** Says for a log line what is deployed, and which of it may have been meant. */
    public String insteadOf(String missing) {
        if (disabled.contains(missing) || VersionPin.isMeantBy(missing) && disabled.contains(VersionPin.plugin(missing))) {
            return "It is disabled (a6:enable takes that back).";
        }
        if (lacksVersion(missing)) {
            return insteadOfVersion(missing);
        }
        if (byName.isEmpty()) {
            return "No plugin is deployed.";
        }
        StringBuilder text = new StringBuilder();
        String nearest = Nearest.to(VersionPin.plugin(missing), byName.keySet());
        if (nearest != null) {
            text.append("Did you mean \"").append(nearest).append("\"? ");
        }
        text.append("Deployed: ");
        byName.keySet().stream().limit(LISTED).forEach(name -> text.append(name).append(", "));
        text.setLength(text.length() - 2);
        return text.append(byName.size() > LISTED ? " and " + (byName.size() - LISTED) + " more." : ".").toString();
    }

    private String insteadOfVersion(String missing) {
        String there = "There are: " + versions.get(VersionPin.plugin(missing)).stream().sorted(NEWEST).map(version -> version.bundle().getVersion().toString()).distinct()
                .collect(Collectors.joining(", ")) + ".";
        try {
            VersionPin.of(missing);
            return there;
        } catch (IllegalArgumentException e) {
            return "What stands behind the @, " + e.getMessage() + ". " + there;
        }
    }
}
