// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginLifecycle;
import a6runner.spi.PluginLifecycle.Offer;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bundle's way into service and out of it. The switch itself, between {@link #begin} and {@link #retire}, is the deployer's.
 *
 * <p>{@link #begin} and {@link #retire} return at once and work on daemon threads of their own, as plugin code runs there, which may hang.
 */
final class Deployment {

    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);
    private static final String PLUGIN_FILTER = "org.apache.apisix.plugin.runner.filter.PluginFilter";
    /** Components register while their bundle starts; one that comes later is waited for so long. */
    private static final long SERVICE_SECONDS = 2;

    private enum State {
        ACTIVATING,
        ACTIVATED,
        FAILED,
        ABANDONED
    }

    private final BundleContext context;
    private final PluginLifecycle lifecycle;
    private final Content content; // null for a bundle that an earlier deployer left
    private final String sha256;
    private final AtomicReference<State> state = new AtomicReference<>(State.ACTIVATING);
    private volatile Bundle bundle;
    private volatile List<String> plugins = List.of();

    Deployment(BundleContext context, PluginLifecycle lifecycle, Content content) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.content = content;
        this.sha256 = content.sha256();
    }

    /** Takes over a bundle that serves already, since a deployer before this one put it there. */
    Deployment(BundleContext context, PluginLifecycle lifecycle, Bundle serving) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.content = null;
        this.bundle = serving;
        this.sha256 = serving.getLocation().substring(Islands.LOCATION.length()).split("#", 2)[0];
        state.set(State.ACTIVATED);
    }

    String sha256() {
        return sha256;
    }

    /** The bundle's identity over all its versions. */
    String symbolicName() {
        return content != null ? content.symbolicName() : bundle.getSymbolicName();
    }

    /** What is deployed; null for a bundle that an earlier deployer left. */
    Content content() {
        return content;
    }

    /** The bundle, null as long as it isn't installed. */
    Bundle bundle() {
        return bundle;
    }

    /** The names of the plugins that it offers, known once it is activated. */
    List<String> plugins() {
        return plugins;
    }

    /**
     * Installs, starts and checks the bundle, beside whatever serves.
     *
     * @param timeoutNanos what the check may take
     * @param done called on the activating thread with null or with what went wrong, unless {@link #abandon} came first; a bundle that failed has been
     *     uninstalled by then
     */
    void begin(long timeoutNanos, BiConsumer<Deployment, Throwable> done) {
        onItsOwnThread("a6runner-activate-" + symbolicName(), () -> {
            Throwable failure = null;
            try {
                activate(timeoutNanos);
            } catch (Throwable e) { // Errors too: what a plugin's class throws when it loads must not end in silence.
                failure = e;
            }
            boolean inTime = state.compareAndSet(State.ACTIVATING, failure == null ? State.ACTIVATED : State.FAILED);
            if (!inTime || failure != null) {
                uninstall();
            }
            if (inTime) {
                done.accept(this, failure);
            }
        });
    }

    /** Gives up a bundle that hangs in its activation; it is uninstalled if it ever comes back. Returns whether it was still activating. */
    boolean abandon() {
        return state.compareAndSet(State.ACTIVATING, State.ABANDONED);
    }

    private void activate(long timeoutNanos) throws Exception {
        try (InputStream in = Files.newInputStream(content.jar())) {
            bundle = context.installBundle(freeLocation(), in);
        }
        lifecycle.hold(bundle);
        bundle.start();
        if (content.facts().active()) {
            awaitService();
        }
        List<Offer> offers;
        try {
            // The lifecycle fails a check that takes too long by itself, and knows more to say; this is for a lifecycle that hangs.
            offers = lifecycle.check(bundle).toCompletableFuture().get(timeoutNanos + TimeUnit.SECONDS.toNanos(1), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Refusal("its check did not end within " + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos) + "s (activate.timeout)", e);
        }
        if (offers.isEmpty()) {
            throw new Refusal(Reasons.NO_PLUGIN);
        }
        plugins = offers.stream().map(Offer::name).toList();
    }

    /** The content's location; with a number when an older bundle of the same content is still on its way out. */
    private String freeLocation() {
        String location = Islands.LOCATION + sha256;
        for (int n = 2; context.getBundle(location) != null; n++) {
            location = Islands.LOCATION + sha256 + "#" + n;
        }
        return location;
    }

    private void awaitService() throws InterruptedException, InvalidSyntaxException {
        CountDownLatch registered = new CountDownLatch(1);
        ServiceListener listener = event -> {
            if (bundle.equals(event.getServiceReference().getBundle())) {
                registered.countDown();
            }
        };
        context.addServiceListener(listener, "(" + Constants.OBJECTCLASS + "=" + PLUGIN_FILTER + ")");
        try {
            if (!hasPlugin() && !registered.await(SERVICE_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("{} registered no PluginFilter within {}s", bundle, SERVICE_SECONDS);
            }
        } finally {
            context.removeServiceListener(listener);
        }
    }

    private boolean hasPlugin() {
        ServiceReference<?>[] services = bundle.getRegisteredServices();
        return services != null && Arrays.stream(services).anyMatch(service -> Arrays.asList((String[]) service.getProperty(Constants.OBJECTCLASS))
                .contains(PLUGIN_FILTER));
    }

    /** Waits until no call runs in a bundle that was taken out of service, then stops and uninstalls it. */
    void retire() {
        CompletionStage<Boolean> drained;
        try {
            drained = lifecycle.drained(bundle);
        } catch (RuntimeException e) {
            drained = CompletableFuture.failedStage(e);
        }
        drained.whenComplete((inTime, failure) -> onItsOwnThread("a6runner-retire-" + symbolicName(), () -> {
            if (failure != null) {
                LOG.warn("{}: its calls could not be waited for; it is stopped now", this, failure);
            } else if (!inTime) {
                LOG.warn("{}: calls were still running in it after drain.timeout; it is stopped now", this);
            }
            uninstall();
        }));
    }

    /** Takes a bundle away that no call runs in. */
    void uninstall() {
        Bundle gone = bundle;
        if (gone == null) {
            return; // It was never installed.
        }
        try {
            gone.stop();
        } catch (BundleException | RuntimeException e) {
            LOG.debug("{} could not be stopped in order", gone, e);
        }
        try {
            gone.uninstall();
            FrameworkWiring wiring = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
            if (wiring.getRemovalPendingBundles().contains(gone)) {
                wiring.refreshBundles(List.of(gone));
            }
        } catch (BundleException | RuntimeException e) {
            LOG.debug("{} could not be uninstalled in order", gone, e); // Such as when the framework stops meanwhile.
        } finally {
            lifecycle.forget(gone);
        }
    }

    private static void onItsOwnThread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public String toString() {
        return symbolicName() + " " + (content != null ? content.facts().version() : bundle.getVersion());
    }
}
