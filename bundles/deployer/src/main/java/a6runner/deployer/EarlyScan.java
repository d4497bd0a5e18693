// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * The deploy folder's first scan, begun when the bundle is started: the files are copied and hashed while the services come up that the deployer needs. It is a service of
 * this bundle's own, taken by the first {@link DeployerComponent}, on whose thread the folder is looked at from then on.
 *
 * <p>Called by the framework, on the thread that starts the bundle; reads on a thread of its own.
 */
public final class EarlyScan implements BundleActivator {

    private final CompletableFuture<DeployFolder.Changes> changes = new CompletableFuture<>();
    private ContentStore store;
    private DeployFolder folder;
    private ServiceRegistration<EarlyScan> registration;

    /** The framework's way to make one; nothing happens before {@link #start}. */
    public EarlyScan() {
        // Nothing to do.
    }

    @Override
    public void start(BundleContext context) {
        Settings settings = new Settings(context::getProperty);
        try {
            store = new ContentStore(DeployerComponent.dataDir(context, settings).resolve("store"));
        } catch (IOException e) {
            return; // The component meets the same, and tells.
        }
        folder = DeployFolder.of(Path.of(settings.text(Setting.DEPLOY_DIR)).toAbsolutePath(), store);
        Thread thread = new Thread(this::scan, "a6runner-deploy-scan");
        thread.setDaemon(true);
        thread.start();
        registration = context.registerService(EarlyScan.class, this, null);
    }

    private void scan() {
        try {
            changes.complete(folder.scan());
        } catch (IOException | RuntimeException e) {
            changes.completeExceptionally(e); // The next scan meets it too.
        }
    }

    /** The one that has been begun, if nobody has taken it yet; else null. */
    static EarlyScan take(BundleContext context) {
        ServiceReference<EarlyScan> reference = context.getServiceReference(EarlyScan.class);
        EarlyScan early = reference == null ? null : context.getService(reference);
        if (early != null) {
            early.registration.unregister();
        }
        return early;
    }

    /** Where it puts copies. */
    ContentStore store() {
        return store;
    }

    /** The folder that it scans, which is nobody else's until {@link #changes} is complete. */
    DeployFolder folder() {
        return folder;
    }

    /** What it has seen; completes exceptionally if the folder can't be read. */
    CompletableFuture<DeployFolder.Changes> changes() {
        return changes;
    }

    @Override
    public void stop(BundleContext context) {
        // A scan ends by itself.
    }
}
