// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginCheckException;
import a6runner.spi.PluginLifecycle;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/** Writes down what the deployer asks for, as sentences, and asks the plugins' services for their names as the runner does. */
final class RecordingLifecycle implements PluginLifecycle {

    final Lines lines = new Lines();
    /** Versions that are refused. */
    final Map<String, String> refused = new ConcurrentHashMap<>();
    /** Bundles that calls run in, by version; all others are drained at once. */
    final Map<String, CompletableFuture<Boolean>> running = new ConcurrentHashMap<>();

    @Override
    public void hold(Bundle bundle) {
        lines.add("hold " + name(bundle) + (bundle.getState() == Bundle.INSTALLED ? "" : " too late"));
    }

    @Override
    public CompletionStage<List<Offer>> check(Bundle bundle) {
        lines.add("check " + name(bundle));
        String reason = refused.get(bundle.getVersion().toString());
        if (reason != null) {
            return CompletableFuture.failedFuture(new PluginCheckException(reason, null));
        }
        ServiceReference<?>[] services = bundle.getRegisteredServices();
        return CompletableFuture.completedFuture(services == null ? List.of()
                : Arrays.stream(services).map(service -> new Offer(((PluginFilter) bundle.getBundleContext().getService(service)).name())).toList());
    }

    @Override
    public void switchOver(Collection<Bundle> in, Collection<Bundle> out) {
        lines.add("switch " + names(in) + " for " + names(out));
    }

    @Override
    public CompletionStage<Boolean> drained(Bundle bundle) {
        lines.add("drain " + name(bundle));
        return running.getOrDefault(bundle.getVersion().toString(), CompletableFuture.completedFuture(true));
    }

    @Override
    public void forget(Bundle bundle) {
        lines.add("forget " + name(bundle) + (bundle.getState() == Bundle.UNINSTALLED ? "" : " too early"));
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
