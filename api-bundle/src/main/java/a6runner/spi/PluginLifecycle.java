// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;
import org.osgi.framework.VersionRange;

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

    /** Which calls a bundle in service gets, of those that name its plugins. */
    enum Part {
        /** All that no other bundle of its symbolic name gets. */
        ALL,
        /** Those of confs that pin its version. */
        PINNED,
        /** A share of those that another bundle of its symbolic name gets, as {@link #share} says. */
        SHARE
    }

    /**
     * What confs that are in use ask for by {@code name@version}.
     *
     * @param name as they name it
     * @param plugin the plugin's name in that
     * @param symbolicName of the bundles whose versions are meant; empty while no bundle offers the plugin
     * @param versions which of them
     * @param confs keys of some of the confs
     * @param count how many confs there are
     */
    record Pin(String name, String plugin, String symbolicName, VersionRange versions, List<String> confs, int count) {}

    /** Is told of what the runner finds out by itself. Called on any thread, also an event loop's; must return at once. */
    interface Observer {

        /** What {@link #pins} answers may be different from now on. */
        void pinsChanged();

        /** A bundle that gets a share of the calls is worse than the one that gets the others; it gets none any more. {@code why} is a sentence for the operator. */
        void worse(Bundle bundle, String why);
    }

    /** Holds a bundle back: the plugins it registers are candidates, which no call sees. */
    void hold(Bundle bundle);

    /**
     * Activates the plugins that a bundle has registered, each on a thread of its own, and has them parse the current confs that name them. A bundle that is
     * in service may be checked for another part of the calls.
     *
     * @param part the calls that it is to get: confs of others aren't parsed
     * @return what the bundle offers; completes exceptionally with a {@link PluginCheckException}, whose message is a sentence for the operator, if one
     *     can't be activated within {@code activate.timeout}
     */
    CompletionStage<Check> check(Bundle bundle, Part part);

    /** The same for a bundle that is to get all calls. */
    default CompletionStage<Check> check(Bundle bundle) {
        return check(bundle, Part.ALL);
    }

    /**
     * Puts bundles into service and takes others out, all at once: no call sees the one without the other. Calls in flight end with the plugins they
     * began with.
     *
     * @param in the calls that each gets from now on; may be in service for others already
     */
    void switchOver(Map<Bundle, Part> in, Collection<Bundle> out);

    /** The same for bundles that get all calls. */
    default void switchOver(Collection<Bundle> in, Collection<Bundle> out) {
        switchOver(in.stream().collect(Collectors.toMap(bundle -> bundle, bundle -> Part.ALL)), out);
    }

    /** Says which share of the calls a bundle gets in {@link Part#SHARE}; before it is switched to that, or while it gets another share. */
    void share(Bundle bundle, Canary canary);

    /** What is pinned by confs that no newer one has superseded and that a call used in the last 24 hours, or that were used a moment ago. */
    List<Pin> pins();

    /**
     * Says which pins nothing there is can satisfy, of those that {@link #pins} has given: calls of their confs are refused. Calls of other pins that no bundle
     * satisfies yet wait for one, each at most {@code replace.timeout}.
     *
     * @param names as confs name them
     */
    void unsatisfiable(Collection<String> names);

    /** Has somebody told, in place of whoever was told before; null for nobody. */
    void observe(Observer observer);

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

    /** The runner stops: interrupts the plugins that are being activated, for SCR would wait for them, and longer than a stop is to take. Any thread; returns at once. */
    void interruptActivations();

    /**
     * The deploy folder's first scan is not through, but has brought these plugins, and can bring nothing in their place any more: calls of confs that name no others go
     * on. Has no effect after {@link #settled()}.
     *
     * @param plugins their names; adds to those that were said before
     */
    void settled(Collection<String> plugins);

    /** The plugins of calls that wait for the deploy folder's first scan, by name; empty when none does. */
    Set<String> awaited();

    /** The plugins that the confs of calls name, as they stand there. Looks through all confs, which takes milliseconds where there are many. */
    Set<String> named();

    /** The deploy folder's first scan is through: calls that waited for it go on. */
    void settled();
}
