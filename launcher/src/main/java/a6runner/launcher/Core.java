// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.log.FelixLog;
import a6runner.launcher.log.LogSetup;
import a6runner.launcher.log.OneLine;
import a6runner.launcher.log.OsgiLog;
import a6runner.spi.LogLevels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The framework with the core's bundles in it. Which bundle needs which is the bundles' own affair (Declarative Services): here they are
 * installed, started and, at the end, stopped, the one with the socket first.
 */
final class Core {

    /** The service that is there as long as calls come to the socket; the protocol's UnixSocketServer says what it does. */
    private static final String LEAVE_SERVICE = "(&(objectClass=java.util.function.Function)(a6runner.role=leave))";
    /** The service that is there when what was in the deploy folder at the start has come to something; of the deployer's component. */
    private static final String SETTLED_SERVICE = "(&(objectClass=a6runner.spi.HealthCheck)(a6runner.settled=true))";
    /** The bundle that takes calls; when it stops, it first ends those it has taken. */
    private static final String SOCKET_BUNDLE = "a6runner.protocol";
    private static final String SHELL_BUNDLE = "a6runner.shell";
    /** Where the deployer reads what plugins the files offer that {@code a6runner prepare} has run. */
    private static final String OFFERS = "a6runner.offers";
    private static final long SHELL_PAUSE_MILLIS = 100;

    private final Framework framework;
    private final ConnectedBundles connected;
    private final List<Bundle> bundles = new CopyOnWriteArrayList<>(); // those of the core, not the plugins

    private Core(Framework framework, ConnectedBundles connected) {
        this.framework = framework;
        this.connected = connected;
    }

    /** Makes a framework that keeps its files in {@code cache}, and in which bundles see {@code settings} as properties. */
    static Core create(Map<String, String> settings, Path cache, ConnectedBundles connected) throws BundleException {
        Map<String, Object> properties = new HashMap<>(settings);
        properties.put(Constants.FRAMEWORK_STORAGE, cache.toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        // Two versions of a plugin stand beside each other during an upgrade, and two files may hold the same one.
        properties.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
        properties.putAll(packages());
        ClassArchive.given().ifPresent(archive -> properties.put(OFFERS, archive.offers().toString()));
        // Plugins are islands: without these, Felix looks into the class path for what a bundle doesn't import. What is the JDK's own is no secret; Netty's
        // native library and its flight recorder events need it.
        properties.put("felix.bootdelegation.implicit", "false");
        properties.put(Constants.FRAMEWORK_BOOTDELEGATION, "jdk.*,sun.*,com.sun.*");
        properties.put("felix.log.level", "2"); // warnings
        properties.put("felix.log.logger", new FelixLog());
        // The core is small: handing its parts to threads takes longer than resolving them here.
        properties.put("felix.resolver.parallelism", "1");
        Framework framework = new FrameworkFactory().newFramework(withObjects(properties), connected);
        framework.init();
        return new Core(framework, connected);
    }

    /** The properties that say what the framework exports. */
    static Map<String, String> packages() {
        // Empty means the framework's own packages to a Felix with a connector, and keeps it from looking for the JDK's.
        return Map.of(Constants.FRAMEWORK_SYSTEMPACKAGES, "", Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SharedPackages.header() + "," + JdkPackages.header());
    }

    /** Felix takes objects among the properties, which the method's type doesn't say. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<String, String> withObjects(Map<String, Object> properties) {
        return (Map) properties;
    }

    /**
     * Installs the bundles where they lie, in this order, then starts them and the framework; the socket's bundle last, so that the deploy folder is read while the
     * socket is made.
     */
    void start(List<Path> jars) {
        BundleContext context = framework.getBundleContext();
        context.registerService(LoggerFactory.class, new OsgiLog(bundles::contains), null);
        for (Path jar : jars) {
            bundles.add(install(context, jar));
        }
        SpiService.register(context, bundles, LogLevels.class, LogSetup.levels());
        trackLogContext(context);
        try {
            framework.start();
        } catch (BundleException e) {
            throw Refusal.failed("the framework doesn't start: " + oneLine(e));
        }
        for (Bundle bundle : bundles) {
            if (!isFragment(bundle) && !hasSocket(bundle)) {
                start(bundle);
            }
        }
        bundles.stream().filter(Core::hasSocket).forEach(Core::start);
    }

    private static boolean hasSocket(Bundle bundle) {
        return SOCKET_BUNDLE.equals(bundle.getSymbolicName());
    }

    /**
     * Installs the shell's bundles, and starts the one that opens the socket; the others are left to it. First waits until the deploy folder has settled, but
     * not longer than this: until then calls wait for the processors. So do those that have waited for the folder, which is why there is a pause after it.
     */
    void startShell(List<Path> jars, Duration patience) throws InterruptedException {
        BundleContext context = framework.getBundleContext();
        ServiceTracker<Object, Object> settled = new ServiceTracker<>(context, filter(SETTLED_SERVICE), null);
        settled.open(true);
        settled.waitForService(patience.toMillis());
        settled.close();
        Thread.sleep(SHELL_PAUSE_MILLIS);
        Bundle shell = null;
        for (Path jar : jars) {
            Bundle bundle = install(context, jar);
            shell = SHELL_BUNDLE.equals(bundle.getSymbolicName()) ? bundle : shell;
        }
        if (shell == null) {
            throw Refusal.failed("the distribution is incomplete: no bundle " + SHELL_BUNDLE);
        }
        bundles.add(shell);
        start(shell);
    }

    private static void start(Bundle bundle) {
        try {
            bundle.start();
        } catch (BundleException e) {
            throw Refusal.failed("bundle " + bundle.getSymbolicName() + " doesn't start: " + oneLine(e));
        }
    }

    private Bundle install(BundleContext context, Path jar) {
        try {
            return context.installBundle(connected.location(jar));
        } catch (BundleException e) {
            throw Refusal.failed("can't install " + jar.getFileName() + ": " + oneLine(e));
        }
    }

    /** Whoever knows on which call a thread works is asked by the log. */
    private static void trackLogContext(BundleContext context) {
        new ServiceTracker<Supplier<String>, Supplier<String>>(context, logContext(), null) {
            @Override
            public Supplier<String> addingService(ServiceReference<Supplier<String>> reference) {
                Supplier<String> service = context.getService(reference);
                LogSetup.askContext(service);
                return service;
            }

            @Override
            public void removedService(ServiceReference<Supplier<String>> reference, Supplier<String> service) {
                LogSetup.askContext(null);
                context.ungetService(reference);
            }
        }.open();
    }

    private static Filter logContext() {
        try {
            return FrameworkUtil.createFilter("(&(objectClass=" + Supplier.class.getName() + ")(a6runner.log=context))");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e); // it is a constant
        }
    }

    private static boolean isFragment(Bundle bundle) {
        return (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }

    /**
     * Waits until the socket is open, and gives what it is served by, such as {@code epoll}, if that is told; ends with the reason as soon
     * as it is known that it won't open.
     */
    Optional<String> awaitSocket(Duration limit) throws InterruptedException {
        BundleContext context = framework.getBundleContext();
        refuseFailed(context);
        ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, filter(LEAVE_SERVICE), null);
        tracker.open(true);
        try {
            long end = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() - end < 0) {
                if (tracker.waitForService(100) != null) {
                    return Optional.ofNullable(tracker.getServiceReference()).map(socket -> (String) socket.getProperty("transport"));
                }
                refuseFailed(context);
            }
        } finally {
            tracker.close();
        }
        List<String> reasons = new ArrayList<>();
        for (Bundle bundle : bundles) {
            if (!isFragment(bundle) && bundle.getState() != Bundle.ACTIVE) {
                reasons.add("bundle " + bundle.getSymbolicName() + " isn't active");
            }
        }
        reasons.addAll(Components.unsatisfied(context, bundles));
        throw Refusal.failed("no socket after " + limit.toSeconds() + " s" + (reasons.isEmpty() ? "" : ": " + String.join("; ", reasons)));
    }

    private static Filter filter(String text) {
        try {
            return FrameworkUtil.createFilter(text);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /**
     * Says that the process is to end, and why: {@code SIGNAL}, {@code STDIN} or {@code PARENT}; {@code TAKEN} only asks. Completes when it may, with what is
     * to be said then, "" if nothing; at once if no calls come to us yet.
     */
    @SuppressWarnings("unchecked") // the service is what its filter says
    CompletionStage<String> leave(String why) {
        BundleContext context = framework.getBundleContext();
        try {
            for (ServiceReference<?> reference : Objects.requireNonNullElse(context.getAllServiceReferences(null, LEAVE_SERVICE), new ServiceReference<?>[0])) {
                Object service = context.getService(reference);
                if (service != null) {
                    return ((Function<String, CompletionStage<String>>) service).apply(why);
                }
            }
        } catch (InvalidSyntaxException | IllegalStateException e) {
            // the framework stops already
        }
        return CompletableFuture.completedFuture("");
    }

    private void refuseFailed(BundleContext context) {
        List<String> failed = Components.failed(context, bundles);
        if (!failed.isEmpty()) {
            throw Refusal.failed("not started: " + String.join("; ", failed));
        }
    }

    /** Returns when the framework has stopped, whoever stopped it. */
    void awaitStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    /** Stops: first the bundle with the socket, which ends the calls it has taken, then all else; false if that takes too long. */
    boolean stop(Duration limit) throws InterruptedException, BundleException {
        long end = System.nanoTime() + limit.toNanos();
        for (Bundle bundle : bundles) {
            if (hasSocket(bundle) && bundle.getState() != Bundle.UNINSTALLED) {
                bundle.stop(Bundle.STOP_TRANSIENT);
            }
        }
        framework.stop();
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        return framework.waitForStop(Math.max(1, left)).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    }

    static String oneLine(Throwable thrown) {
        return OneLine.of(thrown);
    }
}
