// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginLifecycle;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the deploy folder as soon as there is a {@link PluginLifecycle} to bring plugins to: reads the settings {@code deploy.dir}, {@code deploy.scan},
 * {@code data.dir} and {@code activate.timeout} and wires the parts together.
 *
 * <p>Activation and deactivation return at once; the work is done on daemon threads. Plugins stay when the deployer goes; one that comes after it takes
 * them over.
 */
@Component
public final class DeployerComponent {

    private static final Logger LOG = LoggerFactory.getLogger(DeployerComponent.class);

    private final ServiceRegistration<ResolverHookFactory> islands;
    private final FolderWatch watch;
    private final Deployer deployer;

    /**
     * Starts deploying.
     *
     * @throws IOException if the content store's folder can't be made; the runner has no plugins then, and the log says why
     */
    @Activate
    public DeployerComponent(BundleContext context, @Reference PluginLifecycle lifecycle) throws IOException {
        Settings settings = new Settings(context::getProperty);
        Path folder = Path.of(settings.text(Setting.DEPLOY_DIR)).toAbsolutePath();
        ContentStore store = openStore(dataDir(context, settings).resolve("store"), lifecycle);
        islands = context.registerService(ResolverHookFactory.class, new Islands(), null);
        watch = new FolderWatch(folder, this::wake);
        deployer = new Deployer(new DeployFolder(folder, store, System::nanoTime, System::currentTimeMillis), watch, lifecycle,
                content -> new Deployment(context, lifecycle, content), settings.nanos(Setting.DEPLOY_SCAN), settings.nanos(Setting.ACTIVATE_TIMEOUT));
        for (Bundle bundle : leftBehind(context)) {
            deployer.adopt(new Deployment(context, lifecycle, bundle));
        }
        Thread thread = new Thread(deployer, "a6runner-deployer");
        thread.setDaemon(true);
        thread.start();
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

    // Nothing wakes the deployer before the first scan, which begins the watch.
    private void wake() {
        deployer.wake();
    }

    private static Path dataDir(BundleContext context, Settings settings) {
        String text = settings.text(Setting.DATA_DIR);
        return text.isEmpty() ? context.getDataFile("").toPath() : Path.of(text).toAbsolutePath();
    }

    /** Plugins that serve from the time of an earlier deployer, the newest of each name last. */
    private static List<Bundle> leftBehind(BundleContext context) {
        return Arrays.stream(context.getBundles()).filter(bundle -> Islands.isPlugin(bundle) && bundle.getState() == Bundle.ACTIVE)
                .sorted(Comparator.comparingLong(Bundle::getBundleId)).toList();
    }

    /** Stops watching and deploying; what serves goes on serving. */
    @Deactivate
    public void close() {
        deployer.close();
        watch.close();
        islands.unregister();
    }
}
