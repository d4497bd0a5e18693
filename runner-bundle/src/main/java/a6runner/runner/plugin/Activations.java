// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.spi.PluginCheckException;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Has plugins made, each on a thread of its own, for a constructor may hang; what is given up is interrupted. Any thread; blocks nobody. */
final class Activations {

    private final BundleContext context;
    private final Settings settings;
    private final Set<Thread> running = ConcurrentHashMap.newKeySet(); // that a plugin's code is on

    Activations(BundleContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
    }

    /**
     * Begins to make a plugin: SCR runs its constructor when its service is first asked for.
     *
     * @param bundle the service's, which the reference forgets when the service goes
     * @return the plugin, or a {@link PluginCheckException} that says why there is none; at the latest after activate.timeout
     */
    CompletableFuture<PluginVersion> begin(ServiceReference<PluginFilter> reference, Bundle bundle) {
        CompletableFuture<PluginVersion> made = new CompletableFuture<>();
        Thread thread = new Thread(() -> make(reference, bundle, made), "a6runner-activate-" + bundle.getSymbolicName());
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader()); // not the launcher's, which plugins must not see
        thread.start();
        return made.orTimeout(settings.nanos(Setting.ACTIVATE_TIMEOUT), TimeUnit.NANOSECONDS).exceptionally(failure -> {
            throw new CompletionException(failure instanceof TimeoutException ? hangs(bundle, thread) : failure);
        });
    }

    private void make(ServiceReference<PluginFilter> reference, Bundle bundle, CompletableFuture<PluginVersion> made) {
        running.add(Thread.currentThread());
        try {
            PluginFilter filter = context.getService(reference);
            if (filter == null) {
                throw new IllegalStateException("its constructor or its @Activate method threw; the reason is in the lines before");
            }
            made.complete(new PluginVersion(filter, bundle, settings));
        } catch (Throwable e) {
            made.completeExceptionally(new PluginCheckException(named(bundle) + ": a plugin can't be activated: " + reason(e), e));
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    /** As {@link a6runner.spi.PluginLifecycle#interruptActivations} says. */
    void interrupt() {
        running.forEach(Thread::interrupt);
    }

    /** A bundle as sentences name it. */
    static String named(Bundle bundle) {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    /** Says where, and interrupts it: SCR would wait five seconds for it when its bundle is stopped. */
    private static PluginCheckException hangs(Bundle bundle, Thread thread) {
        String at = outsideTheJdk(thread.getStackTrace()).map(StackTraceElement::toString).orElse("an unknown place");
        thread.interrupt();
        return new PluginCheckException(named(bundle) + ": a plugin hangs while it is activated, at " + at + " (activate.timeout)", null);
    }

    /** What we throw says what to do; of what a plugin throws, its kind and its place say more than its message may. */
    private static String reason(Throwable thrown) {
        Optional<StackTraceElement> at = outsideTheJdk(thrown.getStackTrace());
        boolean ours = at.filter(frame -> frame.getClassName().startsWith(Activations.class.getPackageName())).isPresent();
        return ours && thrown.getMessage() != null ? thrown.getMessage() : thrown + at.map(frame -> ", thrown at " + frame).orElse("");
    }

    private static Optional<StackTraceElement> outsideTheJdk(StackTraceElement[] trace) {
        return Arrays.stream(trace).filter(frame -> !frame.getClassName().startsWith("java.") && !frame.getClassName().startsWith("jdk.")).findFirst();
    }
}
