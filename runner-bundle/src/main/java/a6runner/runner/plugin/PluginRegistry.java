// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.spi.Canary;
import a6runner.spi.PluginLifecycle.Check;
import a6runner.spi.PluginLifecycle.Observer;
import a6runner.spi.PluginLifecycle.Offer;
import a6runner.spi.PluginLifecycle.Part;
import a6runner.spi.PluginLifecycle.Pin;
import a6runner.spi.RunnerView;
import a6runner.spi.RunnerView.PluginState;
import a6runner.spi.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whiteboard: sees {@link PluginFilter} services come and go, activates each on a thread of its own, and publishes the snapshot that calls take.
 *
 * <p>Services of a bundle that is held back are candidates: they are in no snapshot until {@link #switchOver}. Any thread may ask for the snapshot;
 * everything that changes it holds one lock for a moment, and runs plugin code never under it.
 */
public final class PluginRegistry implements ServiceTrackerCustomizer<PluginFilter, ServiceReference<PluginFilter>> {

    private static final Logger LOG = LoggerFactory.getLogger(PluginRegistry.class);
    static final long CURRENT_SECONDS = TimeUnit.HOURS.toSeconds(24);

    private static final class Registered {
        final ServiceReference<PluginFilter> reference;
        final Bundle bundle; // a reference forgets it when its service goes
        CompletableFuture<PluginVersion> activated; // once activation has been asked for
        Part part; // of its plugin's calls that it gets; null while it is not in service

        Registered(ServiceReference<PluginFilter> reference) {
            this.reference = reference;
            this.bundle = reference.getBundle();
        }
    }

    /** How a bundle is tried, and whether it is over. */
    private record Tried(Canary canary, AtomicBoolean ended) {}

    private final BundleContext context;
    private final ConfTable confs;
    private final Activations activations;
    private final ConfCheck confCheck;
    private final Pins pins;
    private final TrialWatch watch = new TrialWatch();
    private volatile Runnable onTrialError;
    private final ServiceTracker<PluginFilter, ServiceReference<PluginFilter>> tracker;
    private volatile PluginSnapshot snapshot = PluginSnapshot.EMPTY;

    // Guarded by this.
    private final Set<String> disabled = new HashSet<>(); // names
    private final Map<ServiceReference<PluginFilter>, Registered> registered = new LinkedHashMap<>();
    private final Set<Bundle> held = new HashSet<>();
    private final Map<Bundle, List<PluginVersion>> retired = new HashMap<>();
    private final Map<Bundle, Set<String>> suspended = new HashMap<>(); // the names that calls wait for
    private final NameOwners names = new NameOwners();
    private final Map<Bundle, Part> parts = new HashMap<>(); // of bundles that were switched to: what registers late gets the same calls
    private final Map<Bundle, Tried> tried = new HashMap<>();

    public PluginRegistry(BundleContext context, Settings settings, ConfTable confs) {
        this.context = context;
        this.confs = confs;
        this.activations = new Activations(context, settings);
        this.confCheck = new ConfCheck(settings, confs);
        this.pins = new Pins(confs);
        this.tracker = new ServiceTracker<>(context, PluginFilter.class, this);
    }

    /** Begins to see services. */
    public void open() {
        tracker.open();
    }

    /** Sees no more services; the snapshot is empty and all worker threads end. */
    public void close() {
        tracker.close();
    }

    /** The plugins of this moment. */
    public PluginSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public ServiceReference<PluginFilter> addingService(ServiceReference<PluginFilter> reference) {
        Registered service = new Registered(reference);
        synchronized (this) {
            registered.put(reference, service);
            if (held.contains(service.bundle)) {
                return reference;
            }
        }
        serve(service);
        return reference;
    }

    /** Puts a service into the snapshot once it is activated, if it is still there then and its bundle not held. */
    private void serve(Registered service) {
        activate(service).whenComplete((version, failure) -> {
            if (failure != null) {
                LOG.error("{}", sentence(failure).getMessage(), failure.getCause());
                return;
            }
            synchronized (this) {
                service.part = registered.containsKey(service.reference) && !held.contains(service.bundle) ? parts.getOrDefault(service.bundle, Part.ALL) : null;
                publish();
            }
        });
    }

    @Override
    public void modifiedService(ServiceReference<PluginFilter> reference, ServiceReference<PluginFilter> same) {
        // names are asked of the plugin itself, once
    }

    @Override
    public void removedService(ServiceReference<PluginFilter> reference, ServiceReference<PluginFilter> same) {
        Registered service;
        synchronized (this) {
            service = registered.remove(reference);
            if (service.part != null) {
                publish();
            }
        }
        if (service.activated != null) {
            service.activated.whenComplete((version, failure) -> {
                if (version != null) {
                    version.close();
                }
            });
        }
        context.ungetService(reference);
    }

    /** Services of this bundle are candidates from now on. */
    public synchronized void hold(Bundle bundle) {
        held.add(bundle);
    }

    /** As {@link a6runner.spi.PluginLifecycle#check} says. */
    public CompletionStage<Check> check(Bundle bundle, Part part) {
        List<CompletableFuture<PluginVersion>> activations = new ArrayList<>();
        for (Registered service : of(bundle)) {
            activations.add(activate(service));
        }
        return CompletableFuture.allOf(activations.toArray(new CompletableFuture<?>[0]))
                .thenCompose(all -> confCheck.parse(activations.stream().map(CompletableFuture::join).toList(), part))
                .thenApply(refused -> new Check(activations.stream().map(activation -> new Offer(activation.join().name())).toList(), refused));
    }

    private synchronized List<Registered> of(Bundle bundle) {
        return registered.values().stream().filter(service -> bundle.equals(service.bundle)).toList();
    }

    private synchronized CompletableFuture<PluginVersion> activate(Registered service) {
        if (service.activated == null) {
            service.activated = activations.begin(service.reference, service.bundle);
        }
        return service.activated;
    }

    /** As {@link a6runner.spi.PluginLifecycle#interruptActivations} says. */
    public void interruptActivations() {
        activations.interrupt();
    }

    private static Throwable sentence(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** As {@link a6runner.spi.PluginLifecycle#switchOver} says. */
    public void switchOver(Map<Bundle, Part> in, Collection<Bundle> out) {
        List<Registered> late = new ArrayList<>(); // came after the check
        synchronized (this) {
            held.addAll(out);
            held.removeAll(in.keySet());
            parts.putAll(in);
            parts.keySet().removeAll(out);
            suspended.keySet().removeAll(in.keySet());
            suspended.keySet().removeAll(out);
            for (Registered service : registered.values()) {
                Bundle bundle = service.bundle;
                if (out.contains(bundle) && service.part != null) {
                    service.part = null;
                    retired.computeIfAbsent(bundle, b -> new ArrayList<>()).add(service.activated.join());
                } else if (in.containsKey(bundle) && (service.activated == null || !service.activated.isDone())) {
                    late.add(service);
                } else if (in.containsKey(bundle) && !service.activated.isCompletedExceptionally()) {
                    service.part = in.get(bundle);
                    if (service.part != Part.SHARE) {
                        tried.remove(bundle);
                        service.activated.join().onError(null);
                    }
                }
            }
            publish();
        }
        late.forEach(this::serve);
    }

    /** As {@link a6runner.spi.PluginLifecycle#suspend} says. */
    public synchronized void suspend(Bundle bundle) {
        held.add(bundle);
        Set<String> theirs = new HashSet<>();
        for (Registered service : registered.values()) {
            if (bundle.equals(service.bundle) && service.part != null) {
                PluginVersion version = service.activated.join();
                service.part = null;
                retired.computeIfAbsent(bundle, b -> new ArrayList<>()).add(version);
                if (names.owns(version)) {
                    theirs.add(version.name());
                }
            }
        }
        suspended.put(bundle, theirs);
        publish();
    }

    /** From now on a name belongs to the symbolic name that serves it; until now to the highest version, whatever came first. */
    public synchronized void settle() {
        if (names.settle()) {
            publish();
        }
    }

    /** As {@link a6runner.spi.PluginLifecycle#shadowed} says. */
    public synchronized Map<String, String> shadowed(Bundle bundle) {
        Map<String, String> by = new TreeMap<>();
        for (PluginVersion version : names.shadowed()) {
            PluginVersion owner = snapshot.ofName(version.name());
            if (bundle.equals(version.bundle()) && owner != null) {
                by.put(version.name(), Activations.named(owner.bundle()));
            }
        }
        return by;
    }

    private void publish() {
        Map<PluginVersion, Part> serving = new LinkedHashMap<>();
        registered.values().stream().filter(service -> service.part != null).forEach(service -> serving.put(service.activated.join(), service.part));
        Set<String> replaced = suspended.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        Map<String, PluginVersion> next = names.elect(serving, replaced);
        Map<String, List<PluginVersion>> versions = serving.keySet().stream().filter(names::owns).collect(Collectors.groupingBy(PluginVersion::name));
        next.forEach((name, version) -> {
            PluginVersion before = snapshot.ofName(name);
            if (before != null && before != version) {
                version.placement().inherit(before.placement());
            }
        });
        PluginSnapshot found = new PluginSnapshot(next, versions, trials(serving, next), Set.of(), disabled);
        Set<String> awaited = replaced.stream().filter(name -> !next.containsKey(name)).collect(Collectors.toCollection(HashSet::new));
        pins.known().stream().filter(pin -> found.ofPin(pin) == null && (replaced.contains(VersionPin.plugin(pin)) || pins.awaits(pin, found))).forEach(awaited::add);
        found.trials().forEach(trial -> watch.look(trial, System.nanoTime())); // from here on, what happens counts
        snapshot = found.awaiting(awaited);
    }

    private List<Trial> trials(Map<PluginVersion, Part> serving, Map<String, PluginVersion> next) {
        Map<Bundle, Map<String, PluginVersion>> candidates = new LinkedHashMap<>();
        serving.forEach((version, part) -> {
            if (part == Part.SHARE && next.get(version.name()) != version && tried.containsKey(version.bundle())) {
                candidates.computeIfAbsent(version.bundle(), bundle -> new HashMap<>()).put(version.name(), version);
            }
        });
        List<Trial> trials = new ArrayList<>();
        candidates.forEach((bundle, plugins) -> {
            Map<String, PluginVersion> before = new HashMap<>();
            plugins.forEach((name, version) -> before.put(name, next.get(name)));
            before.values().removeIf(other -> !other.symbolicName().equals(bundle.getSymbolicName())); // Another bundle has the name, and isn't tried.
            plugins.keySet().retainAll(before.keySet());
            if (!before.isEmpty()) {
                before.forEach((name, other) -> plugins.get(name).placement().inherit(other.placement()));
                plugins.values().forEach(version -> version.onError(onTrialError));
                trials.add(new Trial(bundle, tried.get(bundle).canary(), plugins, before, tried.get(bundle).ended()));
            }
        });
        return trials;
    }

    /* ---- Pins ---- */

    /** Takes note of what a conf pins, before a call can come by it. An event loop may call it. */
    public void notice(PreparedConf conf) {
        if (conf.content().pins() && pins.notice(conf)) {
            synchronized (this) {
                publish();
            }
            pins.tell();
        }
    }

    /** As {@link a6runner.spi.PluginLifecycle#pins} says. */
    public List<Pin> pins() {
        Map<String, String> symbolicNames;
        synchronized (this) {
            symbolicNames = names.symbolicNames();
        }
        return pins.current(symbolicNames);
    }

    /** As {@link a6runner.spi.PluginLifecycle#unsatisfiable} says. */
    public synchronized void unsatisfiable(Collection<String> names) {
        if (pins.unsatisfiable(Set.copyOf(names))) {
            publish();
        }
    }

    /** As {@link a6runner.spi.PluginLifecycle#observe} says. */
    public void observe(Observer observer) {
        pins.observe(observer);
    }

    /** Looks whether confs pin what they pinned; to be called now and then, not on an event loop. */
    public void tendPins() {
        pins.tend();
    }

    /* ---- Trials ---- */

    /** As {@link a6runner.spi.PluginLifecycle#share} says. */
    public synchronized void share(Bundle bundle, Canary canary) {
        Tried before = tried.get(bundle);
        tried.put(bundle, new Tried(canary, before == null ? new AtomicBoolean() : before.ended()));
        publish();
    }

    /** Has a task run at each error of a version that is tried, on the call's loop; before {@link #open}. */
    public void onTrialError(Runnable task) {
        onTrialError = task;
    }

    /** Looks how trials go, and ends those that go worse; to be called some times a second, not on an event loop. */
    public void tendTrials() {
        List<Trial> trials = snapshot.trials();
        watch.retain(trials.stream().map(Trial::bundle).toList());
        for (Trial trial : trials) {
            watch.look(trial, System.nanoTime()).filter(why -> trial.end()).ifPresent(why -> pins.worse(trial.bundle(), why));
        }
    }

    /** Hides a name from calls, or shows it again; false if that was so already. */
    public synchronized boolean disable(String name, boolean yes) {
        boolean changed = yes ? disabled.add(name) : disabled.remove(name);
        if (changed) {
            publish();
        }
        return changed;
    }

    /** The names that are hidden from calls. */
    public synchronized Set<String> disabled() {
        return Set.copyOf(disabled);
    }

    /** All versions that there are, and how they are doing. */
    public List<RunnerView.Plugin> view() {
        Map<PluginVersion, PluginState> states = new HashMap<>();
        synchronized (this) {
            for (Registered service : registered.values()) {
                if (service.activated != null && service.activated.isDone() && !service.activated.isCompletedExceptionally()) {
                    PluginVersion version = service.activated.join();
                    states.put(version, state(service.part, version));
                }
            }
            retired.values().forEach(versions -> versions.forEach(version -> states.put(version, PluginState.DRAINING)));
        }
        return states.entrySet().stream().map(entry -> entry.getKey().view(entry.getValue()))
                .sorted(Comparator.comparing(RunnerView.Plugin::name).thenComparing(RunnerView.Plugin::state)).toList();
    }

    private PluginState state(Part part, PluginVersion version) {
        if (part == null) {
            return PluginState.CANDIDATE;
        }
        if (part == Part.PINNED) {
            return PluginState.PINNED;
        }
        if (part == Part.SHARE && snapshot.ofName(version.name()) != version) {
            return PluginState.CANARY;
        }
        return snapshot.ofName(version.name()) != version ? PluginState.SHADOWED : disabled.contains(version.name()) ? PluginState.DISABLED : PluginState.SERVING;
    }

    /** The plugins of a bundle that was taken out. */
    public synchronized List<PluginVersion> retired(Bundle bundle) {
        return List.copyOf(retired.getOrDefault(bundle, List.of()));
    }

    /** Whether calls still run in plugins of a bundle that was taken out. */
    public boolean busy(Bundle bundle) {
        return retired(bundle).stream().anyMatch(PluginVersion::busy);
    }

    /** Forgets a bundle and ends its worker threads. */
    public void forget(Bundle bundle) {
        List<PluginVersion> versions;
        synchronized (this) {
            held.remove(bundle);
            suspended.remove(bundle);
            parts.remove(bundle);
            tried.remove(bundle);
            versions = retired.remove(bundle);
        }
        if (versions != null) {
            versions.forEach(PluginVersion::close);
        }
    }

    /** Has plugins tell how often what was logged of them has come again. */
    public void reportFaults() {
        List<CompletableFuture<PluginVersion>> all;
        synchronized (this) {
            all = registered.values().stream().map(service -> service.activated).filter(Objects::nonNull).toList();
        }
        for (CompletableFuture<PluginVersion> activated : all) {
            if (activated.isDone() && !activated.isCompletedExceptionally()) {
                activated.join().reportFaults();
            }
        }
    }

    /** Has plugins forget what they made of confs that are gone. */
    public void retainParsed() {
        List<PluginVersion> parsing = snapshot.versions().filter(PluginVersion::hasParsed).toList();
        Set<String> plugins = parsing.stream().map(PluginVersion::name).collect(Collectors.toSet());
        Map<String, Set<String>> values = confs.valuesOf(name -> plugins.contains(name) ? name : VersionPin.plugin(name), plugins); // at once, for there may be many of both
        parsing.forEach(version -> version.retainParsed(values.get(version.name())));
    }
}
