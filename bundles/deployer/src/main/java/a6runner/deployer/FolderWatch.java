// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from the system that something in a folder has changed; what, the scan finds out. A daemon thread waits in {@code take}. Where the system
 * notifies of nothing (network file systems) the slow rescan is what remains.
 */
final class FolderWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    private final Path folder;
    private final Runnable changed;
    private final WatchService service; // null if the system gives none
    private String trouble = "";

    /** Watches nothing before the first {@link #renew}; {@code changed} is called on the watching thread and must not block. */
    FolderWatch(Path folder, Runnable changed) {
        this.folder = folder;
        this.changed = changed;
        this.service = open(folder);
        if (service != null) {
            Thread thread = new Thread(this::watch, "a6runner-deploy-watch");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static WatchService open(Path folder) {
        try {
            return folder.getFileSystem().newWatchService();
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("{} can't be watched ({}); it is looked through now and then only. More inotify instances may help (fs.inotify.max_user_instances)",
                    folder, e.getMessage());
            return null;
        }
    }

    /** Watches what stands at the folder's path now; to be called again and again, as a folder may come late and be exchanged. One thread. */
    void renew() {
        if (service == null) {
            return;
        }
        try {
            folder.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE);
            trouble = "";
        } catch (IOException e) {
            if (!trouble.equals(e.toString())) {
                trouble = e.toString();
                LOG.warn("{} can't be watched: {}", folder, trouble);
            }
        } catch (ClosedWatchServiceException e) {
            LOG.debug("closed while the watch was renewed");
        }
    }

    private void watch() {
        try {
            while (true) {
                WatchKey key = service.take();
                boolean ofOthers = key.pollEvents().stream().anyMatch(event -> !StatusBoard.isOurs(event.context()));
                key.reset();
                if (ofOthers) {
                    changed.run();
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            LOG.debug("no longer watching {}", folder);
        }
    }

    /** Ends the watching thread. */
    @Override
    public void close() {
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            LOG.debug("closing the watch", e);
        }
    }
}
