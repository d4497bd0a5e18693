// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.spi.PluginLifecycle.Observer;
import a6runner.spi.PluginLifecycle.Pin;
import a6runner.spi.PrepareCall.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;

/** What confs pin by {@code name@version}, by the names as they have them. Any thread; nothing is looked through as long as no conf pins anything. */
final class Pins {

    /** A superseded conf's calls may still come from APISIX's other workers, which hear of the new one a moment later. */
    private static final long LATELY_SECONDS = 10;
    private static final int LISTED = 3;

    private final ConfTable confs;
    private volatile Set<String> known = Set.of();
    private volatile Set<String> unsatisfiable = Set.of();
    private volatile Observer observer;
    private int noticed; // how often; guarded by this

    Pins(ConfTable confs) {
        this.confs = confs;
    }

    /** All of them that can be read. */
    Set<String> known() {
        return known;
    }

    /** Whether calls are to wait for a version that satisfies this one, which none does at this moment. */
    boolean awaits(String name, PluginSnapshot snapshot) {
        return observer != null && !unsatisfiable.contains(name) && snapshot.hasVersions(VersionPin.plugin(name));
    }

    /** Takes note of a conf's; whether that is news. */
    synchronized boolean notice(PreparedConf conf) {
        noticed++;
        Set<String> now = new HashSet<>(known);
        for (Entry entry : conf.content().entries()) {
            if (isPin(entry.name())) {
                now.add(entry.name());
            }
        }
        boolean news = now.size() > known.size();
        known = Set.copyOf(now);
        return news;
    }

    private static boolean isPin(String name) {
        try {
            return VersionPin.isMeantBy(name) && VersionPin.of(name) != null;
        } catch (IllegalArgumentException e) {
            return false; // Who makes a chain of it says so.
        }
    }

    /** Forgets those that no conf has any more, and tells of it. */
    void tend() {
        if (known.isEmpty()) {
            return;
        }
        int before;
        synchronized (this) {
            before = noticed;
        }
        Set<String> now = byName().keySet();
        boolean fewer;
        synchronized (this) {
            if (noticed != before) {
                return; // One came meanwhile that may not have been seen: next time.
            }
            fewer = !now.containsAll(known);
            known = known.stream().filter(now::contains).collect(Collectors.toUnmodifiableSet());
        }
        if (fewer) {
            tell();
        }
    }

    /** Those of current confs, each with the symbolic name that its plugin belongs to. */
    List<Pin> current(Map<String, String> symbolicNames) {
        if (known.isEmpty()) {
            return List.of();
        }
        List<Pin> pins = new ArrayList<>();
        new TreeMap<>(byName()).forEach((name, keys) -> {
            VersionPin pin = VersionPin.of(name);
            pins.add(new Pin(name, pin.plugin(), symbolicNames.getOrDefault(pin.plugin(), ""), pin.versions(), keys.stream().sorted().limit(LISTED).toList(), keys.size()));
        });
        return pins;
    }

    private Map<String, List<String>> byName() {
        Map<String, List<String>> found = new HashMap<>();
        for (PreparedConf conf : confs.pinning(PluginRegistry.CURRENT_SECONDS, LATELY_SECONDS)) {
            for (Entry entry : conf.content().entries()) {
                if (isPin(entry.name())) {
                    found.computeIfAbsent(entry.name(), name -> new ArrayList<>()).add(conf.key());
                }
            }
        }
        return found;
    }

    /** Takes which ones nothing can satisfy; whether that is news. */
    boolean unsatisfiable(Set<String> names) {
        boolean news = !unsatisfiable.equals(names);
        unsatisfiable = names;
        return news;
    }

    void observe(Observer newObserver) {
        observer = newObserver;
    }

    /** Tells the observer of a trial that goes worse. */
    void worse(Bundle bundle, String why) {
        Observer told = observer;
        if (told != null) {
            told.worse(bundle, why);
        }
    }

    /** Tells the observer that there are others. */
    void tell() {
        Observer told = observer;
        if (told != null) {
            told.pinsChanged();
        }
    }
}
