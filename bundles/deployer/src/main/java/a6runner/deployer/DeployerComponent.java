// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.leaks.LeakWatch;
import a6runner.spi.Audit;
import a6runner.spi.Figures;
import a6runner.spi.HealthCheck;
import a6runner.spi.PluginLifecycle;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the deploy folder as soon as there is a {@link PluginLifecycle} to bring plugins to: reads the settings {@code deploy.dir}, {@code deploy.scan},
 * {@code data.dir}, {@code activate.timeout}, {@code drain.timeout} and {@code upgrade} and wires the parts together. Offers the commands {@code a6:deploys},
 * {@code a6:why}, {@code a6:history}, {@code a6:rollback}, {@code a6:retire}, {@code a6:canary},
 * {@code a6:promote}, {@code a6:abort} and {@code a6:leaks}, and the services {@link Audit} and {@link Figures}.
 *
 * <p>Activation returns at once; the work is done on daemon threads. Deactivation waits half a second at most for what has happened to be written down. Plugins stay when the
 * deployer goes; one that comes after it takes them over.
 */
@Component
public final class DeployerComponent {

    private static final Logger LOG = LoggerFactory.getLogger(DeployerComponent.class);

    private static final String REPLACE = "replace";
    private static final String PREPARED_OFFERS = "a6runner.offers"; // not a setting
    private static final long LAST_WRITE_MILLIS = 500;
    /** What a rollback may take beside activation and drain. */
    private static final long ROLLBACK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final BundleContext context;
    private final SynchronousBundleListener stopping; // of the framework: plugins are stopped before this component is
    private final Settings settings;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final FolderWatch watch;
    private final Deployer deployer;
    private final Thread thread;
    private final ServiceRegistration<HealthCheck> health;

    /**
     * Starts deploying.
     *
     * @throws IOException if the content store's folder can't be made; the runner has no plugins then, and the log says why
     */
    @Activate
    public DeployerComponent(BundleContext context, @Reference PluginLifecycle lifecycle, @Reference EarlyScan early) throws IOException {
        this.context = context;
        settings = new Settings(context::getProperty);
        Path folder = Path.of(settings.text(Setting.DEPLOY_DIR)).toAbsolutePath();
        Path data = dataDir(context, settings);
        boolean begun = early.take();
        ContentStore store = begun ? early.store() : openStore(data.resolve("store"), lifecycle);
        AuditLog audit = new AuditLog(data);
        Rollbacks.Past past = past(data, folder, store, audit);
        services.add(context.registerService(ResolverHookFactory.class, new Islands(), null));
        watch = new FolderWatch(folder, this::wake);
        StatusBoard board = new StatusBoard(folder);
        Slots slots = new Slots(context);
        LeakWatch leaks = new LeakWatch(Islands::isPlugin);
        Configurations configurations = new Configurations(context);
        Deployment.Tools tools = new Deployment.Tools(context, lifecycle, slots, configurations, new Components(context), new BndMaker(store), leaks);
        deployer = new Deployer(begun ? early.folder() : DeployFolder.of(folder, store, settings), begun ? early.changes() : null, watch, lifecycle, configurations,
                content -> new Deployment(tools, content), board, new Deployer.Rules(settings.nanos(Setting.DEPLOY_SCAN), settings.nanos(Setting.ACTIVATE_TIMEOUT),
                        settings.nanos(Setting.DRAIN_TIMEOUT), this::replaces), past, leaks, this::settled);
        stopping = event -> {
            if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
                tools.activating().forEach(Deployment::cutShort);
                lifecycle.interruptActivations();
            }
        };
        context.addBundleListener(stopping);
        board.beforeLooks(deployer::bringUpToDate);
        for (Bundle bundle : Slots.of(context)) {
            if (bundle.getState() == Bundle.ACTIVE) {
                deployer.adopt(new Deployment(tools, bundle));
            } else if (bundle.getState() == Bundle.INSTALLED) {
                slots.adopt(bundle);
            }
        }
        command(context, new DeploysCommand(board), "deploys");
        command(context, new WhyCommand(board), "why");
        command(context, new HistoryCommand(past.history(), past.journal(), board), "history");
        command(context, new RollbackCommand(deployer, settings.nanos(Setting.ACTIVATE_TIMEOUT) + settings.nanos(Setting.DRAIN_TIMEOUT) + ROLLBACK_NANOS), "rollback");
        command(context, new RetireCommand(deployer), "retire");
        CanaryCommands trials = new CanaryCommands(deployer);
        List.of("canary", "promote", "abort").forEach(function -> command(context, trials.of(function), function));
        command(context, new LeaksCommand(leaks), "leaks");
        services.add(context.registerService(Audit.class, audit, null));
        services.add(context.registerService(Figures.class, () -> Map.of("leaked versions", leaks.leaked()), null));
        health = context.registerService(HealthCheck.class, new DeployHealth(board, deployer::isSettled), null);
        services.add(health);
        thread = new Thread(deployer, "a6runner-deployer");
        thread.setDaemon(true);
        thread.start();
    }

    /** A Gogo command is any service with these two properties; nothing of Gogo is needed to offer one. */
    private void command(BundleContext context, Object command, String function) {
        Dictionary<String, Object> properties = new Hashtable<>(Map.of("osgi.command.scope", "a6", "osgi.command.function", function));
        services.add(context.registerService(command.getClass().getName(), command, properties));
    }

    /** Whether a content is to take its predecessor's place, which offers these plugins: if its author or the settings say so. */
    private boolean replaces(Content content, List<String> plugins) {
        if (content.facts().replace()) {
            return true;
        }
        List<String> own = plugins.stream().map(plugin -> settings.ofPlugin(plugin, Setting.OfPlugin.UPGRADE)).filter(Objects::nonNull).toList();
        return own.isEmpty() ? settings.text(Setting.UPGRADE).equals(REPLACE) : own.contains(REPLACE);
    }

    private static ContentStore openStore(Path folder, PluginLifecycle lifecycle) throws IOException {
        try {
            return new ContentStore(folder);
        } catch (IOException e) {
            LOG.error("no plugin can be deployed: the folder {} for copies of the plugin files can't be used ({}); set data.dir to one that can be written", folder, e.toString());
            lifecycle.settled();
            throw e;
        }
    }

    /** Tells those who wait for it, such as the launcher, with a property of the health's service. On the deployer's thread. */
    private void settled() {
        try {
            health.setProperties(new Hashtable<>(Map.of("a6runner.settled", true)));
        } catch (IllegalStateException e) {
            return; // The deployer is gone already.
        }
    }

    /** History and held-back contents are a deploy folder's own; runners with other folders may share the data folder. */
    private Rollbacks.Past past(Path data, Path folder, ContentStore store, AuditLog audit) {
        Path own = data.resolve("history").resolve(String.format("%08x", folder.toString().hashCode()));
        History history = new History(own, settings.count(Setting.HISTORY_KEEP));
        return new Rollbacks.Past(store, history, new HeldBack(own.resolve("held-back")), new KnownOffers(prepared(), own.resolve("offers")), new Journal(folder, audit, history), own);
    }

    /** What {@code a6runner prepare} has written down; null if this process runs without. The launcher says where. */
    private Path prepared() {
        String file = context.getProperty(PREPARED_OFFERS);
        return file == null ? null : Path.of(file);
    }

    // Nothing wakes the deployer before the first scan, which begins the watch.
    private void wake() {
        deployer.wake();
    }

    /** The data folder, or where none is set the bundle's own. */
    static Path dataDir(BundleContext context, Settings settings) {
        String text = settings.text(Setting.DATA_DIR);
        return text.isEmpty() ? context.getDataFile("").toPath() : Path.of(text).toAbsolutePath();
    }

    /** Stops watching and deploying; what serves goes on serving. */
    @Deactivate
    public void close() {
        deployer.close();
        watch.close();
        try {
            context.removeBundleListener(stopping);
        } catch (IllegalStateException e) {
            LOG.debug("the framework is gone, and its listeners with it", e);
        }
        services.forEach(ServiceRegistration::unregister);
        services.clear();
        try {
            thread.join(LAST_WRITE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
