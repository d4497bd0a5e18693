// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Collection;
import java.util.List;
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

    /** Holds a bundle back: the plugins it registers are candidates, which no call sees. */
    void hold(Bundle bundle);

    /**
     * Activates the plugins that a held bundle has registered, each on a thread of its own, and has them parse the current confs that name them.
     *
     * @return what the bundle offers, maybe nothing; completes exceptionally with a {@link PluginCheckException}, whose message is a sentence for the
     *     operator, if one can't be activated within {@code activate.timeout} or refuses a current conf
     */
    CompletionStage<List<Offer>> check(Bundle bundle);

    /**
     * Puts bundles into service and takes others out, all at once: no call sees the one without the other. Calls in flight end with the plugins they
     * began with.
     */
    void switchOver(Collection<Bundle> in, Collection<Bundle> out);

    /** Completes when no call runs in a plugin of a bundle that was taken out, or {@code drain.timeout} has passed: then the value is false. */
    CompletionStage<Boolean> drained(Bundle bundle);

    /** Forgets a bundle: its name is not held any more. To be called once it has been uninstalled. */
    void forget(Bundle bundle);

    /** The deploy folder's first scan is through: calls that waited for it go on. */
    void settled();
}
