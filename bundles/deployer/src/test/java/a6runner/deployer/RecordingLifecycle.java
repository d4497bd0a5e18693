// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.Canary;
import a6runner.spi.PluginCheckException;
import a6runner.spi.PluginLifecycle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/** Writes down what the deployer asks for, as sentences, and asks the plugins' services for their names as the runner does. */
final class RecordingLifecycle implements PluginLifecycle {

    final Lines lines = new Lines();
    /** Plugins whose names others serve, by the symbolic name of their bundle. */
    final Map<String, Map<String, String>> shadowed = new ConcurrentHashMap<>();
    /** What a check is written down with. */
    volatile Supplier<String> onCheck;
    /** What a check waits for, null for nothing. */
    volatile Supplier<CompletionStage<Void>> beforeCheck;
    /** Versions that refuse current confs. */
    final Map<String, String> refused = new ConcurrentHashMap<>();
    /** What confs pin. */
    final List<Pin> pins = new CopyOnWriteArrayList<>();
    /** The pins that the deployer has said nothing satisfies. */
    volatile Set<String> unsatisfiable = Set.of();
    volatile Observer observer;
    /** The plugins that were settled before all else was. */
    final Set<String> settled = ConcurrentHashMap.newKeySet();
    /** The plugins that calls wait for. */
    volatile Set<String> awaited = Set.of();
    volatile Set<String> named = Set.of();
    /** Bundles that calls run in, by version; all others are drained at once. */
    final Map<String, CompletableFuture<Boolean>> running = new ConcurrentHashMap<>();

    @Override
    public void hold(Bundle bundle) {
        lines.add("hold " + name(bundle) + (bundle.getState() == Bundle.INSTALLED ? "" : " too late"));
    }

    @Override
    public CompletionStage<Check> check(Bundle bundle, Part part) {
        return beforeCheck == null ? checked(bundle) : beforeCheck.get().thenCompose(waited -> checked(bundle));
    }

    private CompletionStage<Check> checked(Bundle bundle) {
        lines.add("check " + name(bundle) + (onCheck == null ? "" : " " + onCheck.get()));
        ServiceReference<?>[] services = bundle.getRegisteredServices();
        List<Offer> offers = new ArrayList<>();
        for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
            if (!Arrays.asList((String[]) service.getProperty("objectClass")).contains(PluginFilter.class.getName())) {
                continue; // Declarative Services registers some in a bundle's name.
            }
            PluginFilter filter = (PluginFilter) bundle.getBundleContext().getService(service);
            if (filter == null) {
                return CompletableFuture.failedFuture(new PluginCheckException("a plugin can't be activated", null));
            }
            offers.add(new Offer(filter.name()));
        }
        return CompletableFuture.completedFuture(new Check(offers, refused.getOrDefault(bundle.getVersion().toString(), "")));
    }

    @Override
    public void suspend(Bundle bundle) {
        lines.add("suspend " + name(bundle));
    }

    @Override
    public Map<String, String> shadowed(Bundle bundle) {
        return shadowed.getOrDefault(bundle.getSymbolicName(), Map.of());
    }

    @Override
    public void switchOver(Map<Bundle, Part> in, Collection<Bundle> out) {
        lines.add("switch " + in.keySet().stream().map(bundle -> name(bundle) + (in.get(bundle) == Part.ALL ? "" : " " + in.get(bundle))).sorted().toList() + " for " + names(out));
    }

    @Override
    public void share(Bundle bundle, Canary canary) {
        lines.add("share " + name(bundle) + " " + canary.percent() + (canary.sticky().isEmpty() ? "" : " by " + canary.sticky()));
    }

    @Override
    public List<Pin> pins() {
        return List.copyOf(pins);
    }

    @Override
    public void unsatisfiable(Collection<String> names) {
        unsatisfiable = Set.copyOf(names);
    }

    @Override
    public void observe(Observer newObserver) {
        observer = newObserver;
    }

    @Override
    public CompletionStage<Boolean> drained(Bundle bundle) {
        lines.add("drain " + name(bundle));
        return running.getOrDefault(bundle.getVersion().toString(), CompletableFuture.completedFuture(true));
    }

    @Override
    public void forget(Bundle bundle) {
        lines.add("forget " + name(bundle) + (bundle.getState() == Bundle.RESOLVED || bundle.getState() == Bundle.INSTALLED ? "" : " too early"));
    }

    @Override
    public void settled(Collection<String> plugins) {
        settled.addAll(plugins);
    }

    @Override
    public Set<String> awaited() {
        return awaited;
    }

    @Override
    public Set<String> named() {
        return named;
    }

    @Override
    public void interruptActivations() {
        lines.add("interrupt activations");
    }

    @Override
    public void settled() {
        lines.add("settled");
    }

    private static List<String> names(Collection<Bundle> bundles) {
        return bundles.stream().map(RecordingLifecycle::name).toList();
    }

    private static String name(Bundle bundle) {
        return bundle.getSymbolicName().replace("test.", "") + " " + bundle.getVersion();
    }
}
