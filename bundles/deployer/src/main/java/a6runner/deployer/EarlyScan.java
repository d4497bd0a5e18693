// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The deploy folder's first scan, begun when the bundle is started: the files are copied and hashed while the services come up that the deployer needs. It is the first
 * {@link DeployerComponent}'s, on whose thread the folder is looked at from then on.
 *
 * <p>Reads on a thread of its own; nothing here blocks for that.
 */
@Component(service = EarlyScan.class, immediate = true)
public final class EarlyScan {

    private final CompletableFuture<DeployFolder.Changes> changes = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private ContentStore store;
    private DeployFolder folder;

    /** Begins it. */
    @Activate
    public EarlyScan(BundleContext context) {
        Settings settings = new Settings(context::getProperty);
        try {
            store = new ContentStore(DeployerComponent.dataDir(context, settings).resolve("store"));
        } catch (IOException e) {
            taken.set(true); // The deployer meets the same, and tells.
            return;
        }
        folder = DeployFolder.of(Path.of(settings.text(Setting.DEPLOY_DIR)).toAbsolutePath(), store, settings);
        Thread thread = new Thread(this::scan, "a6runner-deploy-scan");
        thread.setDaemon(true);
        thread.start();
    }

    private void scan() {
        try {
            changes.complete(folder.scan());
        } catch (Throwable e) { // Errors too: the deployer waits for this.
            changes.completeExceptionally(e); // Its own scan meets it again, and tells.
        }
    }

    /** Gives it away; false if there is none, or somebody has it. */
    boolean take() {
        return taken.compareAndSet(false, true);
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
}
