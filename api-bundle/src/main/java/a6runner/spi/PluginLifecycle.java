// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;

/**
 * How plugin bundles come into service and leave it: implemented by the runner, driven by the deployer.
 *
 * <p>The way of a new version: {@link #hold} before the bundle starts, start it, {@link #check} (activates its plugins, has them parse the current
 * confs), {@link #switchOver} (one atomic publish), {@link #drained} for the old bundle, stop that. A bundle that was never held serves as soon as
 * its services are registered.
 *
 * <p>Any thread, not the event loop's; only {@link #switchOver} may block, and that briefly.
 */
@ProviderType
public interface PluginLifecycle {

    /** A plugin that a bundle offers: its name. */
    record Offer(String name) {}

    /**
     * What a check has found.
     *
     * @param offers what the bundle offers, maybe nothing
     * @param refusedConfs which current confs its plugins refuse, and why, a sentence for the operator; empty if they accept all
     */
    record Check(List<Offer> offers, String refusedConfs) {}

    /** Holds a bundle back: the plugins it registers are candidates, which no call sees. */
    void hold(Bundle bundle);

    /**
     * Activates the plugins that a held bundle has registered, each on a thread of its own, and has them parse the current confs that name them.
     *
     * @return what the bundle offers; completes exceptionally with a {@link PluginCheckException}, whose message is a sentence for the operator, if one
     *     can't be activated within {@code activate.timeout}
     */
    CompletionStage<Check> check(Bundle bundle);

    /**
     * Puts bundles into service and takes others out, all at once: no call sees the one without the other. Calls in flight end with the plugins they
     * began with.
     */
    void switchOver(Collection<Bundle> in, Collection<Bundle> out);

    /**
     * Takes a bundle out of service for a replacement that can't stand beside it: calls that name its plugins wait from now on, each at most
     * {@code replace.timeout}, until {@link #switchOver} puts another bundle in its place, or this one again, or gives it up. Follow with {@link #drained}.
     */
    void suspend(Bundle bundle);

    /** The plugins of a bundle in service that another one serves the name of: by plugin name, who serves it. */
    Map<String, String> shadowed(Bundle bundle);

    /** Completes when no call runs in a plugin of a bundle that was taken out, or {@code drain.timeout} has passed: then the value is false. */
    CompletionStage<Boolean> drained(Bundle bundle);

    /** Forgets a bundle: it is not held any more. To be called once it has stopped for good, or for another content. */
    void forget(Bundle bundle);

    /** The deploy folder's first scan is through: calls that waited for it go on. */
    void settled();
}
