// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.spi.PluginLifecycle.Part;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has which plugin name. A name belongs to the symbolic name that serves it first, or of several at the start to the highest version, for what is first there is
 * chance. Within one symbolic name the highest version, then the newest bundle serves. Under {@link PluginRegistry}'s lock.
 */
final class NameOwners {

    private static final Logger LOG = LoggerFactory.getLogger(NameOwners.class);

    private final Map<String, String> owners = new HashMap<>(); // plugin name to symbolic name
    private final Set<PluginVersion> shadowed = new HashSet<>(); // serving, but for another of the same name
    private boolean settled;

    /** From now on a name belongs to who serves it; true if a name is shadowed, which {@link #elect} then says. */
    boolean settle() {
        settled = true;
        boolean untold = !shadowed.isEmpty();
        shadowed.clear();
        return untold;
    }

    /**
     * Who gets the calls of each name.
     *
     * @param serving what is in service, in the order in which it came, with the calls that it may get
     * @param replaced the names whose calls wait for a successor: whose they are keeps them meanwhile, whoever else offers them
     * @return by name; one that nobody may have now is missing
     */
    Map<String, PluginVersion> elect(Map<PluginVersion, Part> serving, Set<String> replaced) {
        Map<String, String> before = Map.copyOf(owners);
        Predicate<PluginVersion> mayHaveItsName = version -> !replaced.contains(version.name()) || version.symbolicName().equals(before.get(version.name()));
        List<PluginVersion> unpinned = serving.keySet().stream().filter(version -> serving.get(version) == Part.ALL).filter(mayHaveItsName).toList();
        Map<String, PluginVersion> elected = new HashMap<>();
        if (settled) {
            unpinned.stream().filter(this::owns).forEach(version -> elected.put(version.name(), version));
        }
        for (PluginVersion version : unpinned) {
            elected.merge(version.name(), version, this::better);
        }
        // A plugin that only the version on trial has gets all calls: there is nothing before it.
        serving.keySet().stream().filter(version -> serving.get(version) == Part.SHARE).filter(mayHaveItsName).forEach(version -> elected.putIfAbsent(version.name(), version));
        owners.keySet().retainAll(replaced);
        elected.forEach((name, version) -> owners.put(name, version.symbolicName()));
        for (PluginVersion version : serving.keySet()) { // of plugins that only confs with a pin still get
            owners.putIfAbsent(version.name(), before.getOrDefault(version.name(), version.symbolicName()));
        }
        sayShadowed(serving.keySet(), elected);
        return elected;
    }

    /** Whether a version's plugin name belongs to its symbolic name. */
    boolean owns(PluginVersion version) {
        return version.symbolicName().equals(owners.get(version.name()));
    }

    /** The symbolic name of each plugin name; a copy. */
    Map<String, String> symbolicNames() {
        return Map.copyOf(owners);
    }

    /** What is in service, but for another symbolic name that has its name; a copy. */
    Set<PluginVersion> shadowed() {
        return Set.copyOf(shadowed);
    }

    private void sayShadowed(Set<PluginVersion> serving, Map<String, PluginVersion> elected) {
        Set<PluginVersion> before = shadowed();
        shadowed.clear();
        for (PluginVersion version : serving) {
            if (!owns(version)) {
                shadowed.add(version);
                PluginVersion owner = elected.get(version.name());
                if (settled && owner != null && !before.contains(version)) {
                    LOG.warn("{} is shadowed: {} serves that name", version, owner);
                }
            }
        }
    }

    /** Which of two serves their name; the first is the one that has it. */
    private PluginVersion better(PluginVersion owner, PluginVersion other) {
        int names = owner.symbolicName().compareTo(other.symbolicName());
        if (names == 0) {
            return higher(owner, other);
        }
        int order = settled ? 0 : owner.bundle().getVersion().compareTo(other.bundle().getVersion());
        return order > 0 || order == 0 && (settled || names < 0) ? owner : other;
    }

    private static PluginVersion higher(PluginVersion a, PluginVersion b) {
        int order = a.bundle().getVersion().compareTo(b.bundle().getVersion());
        return order > 0 || order == 0 && a.bundle().getBundleId() > b.bundle().getBundleId() ? a : b;
    }
}
