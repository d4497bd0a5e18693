// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.leaks.LeakWatch;
import a6runner.spi.PluginLifecycle;
import a6runner.spi.PluginLifecycle.Check;
import a6runner.spi.PluginLifecycle.Offer;
import a6runner.spi.PluginLifecycle.Part;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One content's way into service and out of it. The switch itself, between {@link #begin} and {@link #retire}, is the deployer's.
 *
 * <p>{@link #begin} and {@link #retire} return at once and work on daemon threads of their own, as plugin code runs there, which may hang.
 */
final class Deployment {

    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);
    private static final String PLUGIN_FILTER = "org.apache.apisix.plugin.runner.filter.PluginFilter";
    /** Components register while their bundle starts; one that comes later is waited for so long. */
    private static final long SERVICE_SECONDS = 2;

    /** What all deployments work with; {@code activating} has those that are on their way in, or hang there. */
    record Tools(BundleContext context, PluginLifecycle lifecycle, Slots slots, Configurations configurations, Components components, BundleMaker maker, LeakWatch leaks,
            Set<Deployment> activating) {

        Tools(BundleContext context, PluginLifecycle lifecycle, Slots slots, Configurations configurations, Components components, BundleMaker maker, LeakWatch leaks) {
            this(context, lifecycle, slots, configurations, components, maker, leaks, ConcurrentHashMap.newKeySet());
        }
    }

    private enum State {
        ACTIVATING,
        ACTIVATED,
        FAILED,
        ABANDONED
    }

    private final Tools tools;
    private volatile Content content; // null for a bundle that an earlier deployer left, until a file is found to hold it
    private final String id;
    private final AtomicReference<State> state = new AtomicReference<>(State.ACTIVATING);
    private BooleanSupplier forced = () -> false;
    private volatile Thread thread; // that activates
    private final Object interrupting = new Object(); // held from the decision to interrupt it until that is done
    private volatile Bundle bundle;
    private volatile List<String> plugins = List.of();
    private volatile Part part = Part.ALL;
    private volatile String overruled = "";
    private volatile boolean lost; // it was stopped for a successor and couldn't be started again
    private volatile Deployment predecessor; // in replace mode, once it was taken out of service, until that is undone

    Deployment(Tools tools, Content content) {
        this.tools = tools;
        this.content = content;
        this.id = content.id();
    }

    /** Takes over a bundle that serves already, since a deployer before this one put it there. */
    Deployment(Tools tools, Bundle serving) {
        this.tools = tools;
        this.content = null;
        this.bundle = serving;
        this.id = tools.slots().contentOf(serving);
        state.set(State.ACTIVATED);
    }

    /** What it is made of: {@link Content#id()}. */
    String id() {
        return id;
    }

    /** The bundle's identity over all its versions. */
    String symbolicName() {
        return content != null ? content.symbolicName() : bundle.getSymbolicName();
    }

    /** What is deployed; null for a bundle that an earlier deployer left, until {@link #found}. */
    Content content() {
        return content;
    }

    /** A file holds what is deployed. */
    void found(Content held) {
        if (content == null) {
            content = held;
        }
    }

    /** The bundle, null as long as it isn't installed. */
    Bundle bundle() {
        return bundle;
    }

    /** The names of the plugins that it offers, known once it is activated. */
    List<String> plugins() {
        return plugins;
    }

    /** The current confs that it refuses and that its file's {@code .force} overruled, in a sentence; empty if there are none. */
    String overruled() {
        return overruled;
    }

    /** Whether a predecessor waits for the outcome, and calls with it. */
    boolean isReplacing() {
        return predecessor != null;
    }

    /**
     * Installs, starts and checks the bundle, beside whatever serves, or in replace mode in its place: then the old one is taken out of service, drained and
     * stopped before this one starts, and is started and put into service again if this one fails.
     *
     * @param timeoutNanos what the check may take
     * @param instead what is to be stopped before; null to stand beside it
     * @param calls which calls it is to get
     * @param mayRefuseConfs whether current confs may be refused
     * @param done called on the activating thread with null or with what went wrong, unless {@link #abandon} came first; a bundle that failed is gone by then
     */
    void begin(long timeoutNanos, Deployment instead, Part calls, BooleanSupplier mayRefuseConfs, BiConsumer<Deployment, Throwable> done) {
        forced = mayRefuseConfs;
        part = calls;
        onItsOwnThread("a6runner-activate-" + symbolicName(), () -> {
            Throwable failure = null;
            thread = Thread.currentThread();
            tools.activating().add(this);
            try {
                activate(timeoutNanos, instead);
            } catch (Throwable e) { // Errors too: what a plugin's class throws when it loads must not end in silence.
                failure = e;
            } finally {
                tools.activating().remove(this);
            }
            boolean inTime = state.compareAndSet(State.ACTIVATING, failure == null ? State.ACTIVATED : State.FAILED);
            if (!inTime || failure != null) {
                synchronized (interrupting) {
                    Thread.interrupted(); // It has ended what hung, and isn't for what comes now.
                }
                clear();
            }
            if (inTime && !tools.slots().areGone()) { // else it may have failed because the runner stops
                done.accept(this, failure == null ? null : restored(failure));
            }
        });
    }

    /** Checks a bundle that is in service whether it can serve other calls; it stays where it is, whatever comes of it. Otherwise as {@link #begin}. */
    void recheck(long timeoutNanos, Part calls, BooleanSupplier mayRefuseConfs, BiConsumer<Deployment, Throwable> done) {
        forced = mayRefuseConfs;
        part = calls;
        thread = onItsOwnThread("a6runner-activate-" + symbolicName(), () -> {
            try {
                accept(check(bundle, timeoutNanos));
                done.accept(this, null);
            } catch (Throwable e) {
                done.accept(this, e);
            }
        });
    }

    /** Gives up a bundle that hangs in its activation, and interrupts it; it is cleared away if it ever comes back. Returns whether it was still activating. */
    boolean abandon() {
        boolean was = cutShort();
        if (was && isReplacing()) {
            onItsOwnThread("a6runner-activate-" + symbolicName(), () -> restored(null));
        }
        return was;
    }

    /**
     * Ends an activation, if it heeds an interrupt; nobody is told the outcome. SCR would wait five seconds for what hangs there. Returns whether it was still activating.
     */
    boolean cutShort() {
        synchronized (interrupting) {
            boolean was = state.compareAndSet(State.ACTIVATING, State.ABANDONED);
            Thread activating = thread;
            if (was && activating != null) {
                activating.interrupt();
            }
            return was;
        }
    }

    /** Where it hangs: the innermost line of its thread that isn't the JDK's. */
    String where() {
        Thread activating = thread;
        StackTraceElement[] trace = activating == null ? new StackTraceElement[0] : activating.getStackTrace();
        return Arrays.stream(trace).filter(frame -> !frame.getClassName().startsWith("java.") && !frame.getClassName().startsWith("jdk.")).findFirst()
                .map(StackTraceElement::toString).orElse("an unknown place");
    }

    private void activate(long timeoutNanos, Deployment instead) throws Exception {
        Path jar = content.facts().plain() ? tools.maker().bundle(content) : content.jar();
        bundle = tools.slots().take(jar, id);
        tools.configurations().deliver(bundle, content.configs());
        tools.lifecycle().hold(bundle);
        // Resolved first: what can't be resolved stops nobody in replace mode, and shows now whom it would touch.
        boolean resolved = wiring().resolveBundles(List.of(bundle));
        List<Bundle> outsiders = tools.slots().outsiders(bundle);
        if (!outsiders.isEmpty()) {
            throw new Refusal("bundles of the runner itself would depend on it, and be restarted with each of its upgrades: " + outsiders);
        }
        if (instead != null && resolved) {
            stepInto(instead);
        }
        bundle.start();
        awaitService();
        Optional<Refusal> unoffered = tools.components().unoffered(bundle);
        if (unoffered.isPresent()) {
            throw unoffered.get();
        }
        accept(check(bundle, timeoutNanos));
    }

    private void accept(Check check) throws Refusal {
        overruled = "";
        if (!check.refusedConfs().isEmpty()) {
            if (!forced.getAsBoolean()) {
                throw new Refusal(check.refusedConfs() + " (to deploy it all the same, put an empty file " + content.file() + ".force beside it)");
            }
            overruled = check.refusedConfs();
        }
        if (check.offers().isEmpty()) {
            throw new Refusal(Reasons.NO_PLUGIN);
        }
        plugins = check.offers().stream().map(Offer::name).toList();
    }

    private Check check(Bundle checked, long timeoutNanos) throws Exception {
        try {
            // The lifecycle fails a check that takes too long by itself, and knows more to say; this is for a lifecycle that hangs.
            return tools.lifecycle().check(checked, part).toCompletableFuture().get(timeoutNanos + TimeUnit.SECONDS.toNanos(1), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Refusal("its check did not end within " + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos) + "s (activate.timeout)", e);
        } catch (Exception e) {
            Optional<Refusal> thrown = tools.components().thrown(checked);
            throw thrown.isPresent() ? thrown.get() : e;
        }
    }

    private void awaitService() throws InterruptedException, InvalidSyntaxException {
        CountDownLatch registered = new CountDownLatch(1);
        ServiceListener listener = event -> {
            if (bundle.equals(event.getServiceReference().getBundle())) {
                registered.countDown();
            }
        };
        tools.context().addServiceListener(listener, "(" + Constants.OBJECTCLASS + "=" + PLUGIN_FILTER + ")");
        try {
            if (!hasPlugin() && !registered.await(SERVICE_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("{} registered no PluginFilter within {}s", bundle, SERVICE_SECONDS);
            }
        } finally {
            tools.context().removeServiceListener(listener);
        }
    }

    private boolean hasPlugin() {
        ServiceReference<?>[] services = bundle.getRegisteredServices();
        return services != null && Arrays.stream(services).anyMatch(service -> Arrays.asList((String[]) service.getProperty(Constants.OBJECTCLASS))
                .contains(PLUGIN_FILTER));
    }

    private FrameworkWiring wiring() {
        return tools.context().getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    }

    /* ---- In the place of another ---- */

    private void stepInto(Deployment instead) throws Exception {
        predecessor = instead;
        tools.lifecycle().suspend(instead.bundle);
        if (!tools.lifecycle().drained(instead.bundle).toCompletableFuture().get()) {
            LOG.warn("{}: calls were still running in it after drain.timeout; it is stopped now", instead);
        }
        synchronized (this) { // Against a restart of the old one that has just been decided on.
            if (state.get() != State.ACTIVATING) {
                throw new Refusal("it was given up while the calls in " + instead + " ended");
            }
            Slots.stop(instead.bundle);
        }
    }

    /** Starts the predecessor again, if it was stopped; gives the failure. */
    private synchronized Throwable restored(Throwable failure) {
        Deployment before = predecessor;
        predecessor = null;
        if (before == null) {
            return failure;
        }
        try {
            before.bundle.start();
            before.check(before.bundle, TimeUnit.SECONDS.toNanos(30));
            tools.lifecycle().switchOver(List.of(before.bundle), List.of());
            return failure;
        } catch (Exception e) {
            LOG.error("{} was stopped for its successor, which failed, and can't be started again: {}", before, Reasons.of(e));
            tools.lifecycle().switchOver(List.of(), List.of(before.bundle));
            before.lost = true;
            return failure;
        }
    }

    /** Whether it was stopped for a successor that failed, and could not be started again. */
    boolean isLost() {
        return lost;
    }

    /** It was switched to: its predecessor isn't waited for any more. */
    void served() {
        predecessor = null;
    }

    /* ---- The way out ---- */

    /**
     * Waits until no call runs in a bundle that was taken out of service, then stops it and gives its slot back; then {@code gone}.
     *
     * @param restNanos so long nothing of this is done; 0 to begin at once
     */
    void retire(long restNanos, Runnable gone) {
        if (restNanos > 0) {
            CompletableFuture.delayedExecutor(restNanos, TimeUnit.NANOSECONDS).execute(() -> retire(0, gone));
            return;
        }
        CompletionStage<Boolean> drained;
        try {
            drained = tools.lifecycle().drained(bundle);
        } catch (RuntimeException e) {
            drained = CompletableFuture.failedStage(e);
        }
        drained.whenComplete((inTime, failure) -> onItsOwnThread("a6runner-retire-" + symbolicName(), () -> {
            if (failure != null) {
                LOG.warn("{}: its calls could not be waited for; it is stopped now", this, failure);
            } else if (!inTime) {
                LOG.warn("{}: calls were still running in it after drain.timeout; it is stopped now", this);
            }
            clear();
            gone.run();
        }));
    }

    /** Takes a bundle away that no call runs in. Runs plugin code, which may hang. */
    void clear() {
        Bundle gone = bundle;
        if (gone == null || tools.slots().areGone()) {
            return; // It was never installed, or all bundles end with the framework at this moment.
        }
        try {
            clear(gone);
        } catch (IllegalStateException e) {
            if (!tools.slots().areGone()) { // else the framework has begun to stop meanwhile
                throw e;
            }
        }
    }

    private void clear(Bundle gone) {
        BundleWiring wiring = gone.adapt(BundleWiring.class);
        ClassLoader loader = wiring == null ? null : wiring.getClassLoader();
        Slots.stop(gone);
        tools.configurations().withdraw(gone);
        tools.lifecycle().forget(gone);
        String name = toString();
        tools.slots().park(gone);
        if (loader != null) {
            tools.leaks().stopped(loader, name, content == null ? name : content.file());
        }
    }

    /** As {@link #clear}, but on a thread of its own. */
    void discard() {
        onItsOwnThread("a6runner-retire-" + symbolicName(), this::clear);
    }

    private static Thread onItsOwnThread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader()); // not the launcher's, which plugins must not see
        thread.start();
        return thread;
    }

    @Override
    public String toString() {
        return symbolicName() + " " + (content != null ? content.facts().version() : bundle.getVersion());
    }
}
