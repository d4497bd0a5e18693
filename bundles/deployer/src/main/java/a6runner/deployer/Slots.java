// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundles that plugins are put into. A bundle that has served its turn is stopped, unwired and kept, to be updated to the next content, whatever that is:
 * so an upgrade uninstalls nothing, which in Felix 7.0.5 costs some kilobytes of heap for ever (docs/decisions/0010). There are as many as ever stood
 * beside each other.
 *
 * <p>Any thread; blocks for the framework.
 */
final class Slots {

    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);

    private final BundleContext context;
    private final Deque<Bundle> idle = new ArrayDeque<>(); // guarded by this
    private int next = 1; // guarded by this

    Slots(BundleContext context) {
        this.context = context;
    }

    /** Takes over a bundle of an earlier deployer that nothing runs in. */
    synchronized void adopt(Bundle bundle) {
        idle.add(bundle);
    }

    /**
     * A bundle with this content, not resolved and not started.
     *
     * @throws BundleException if the framework doesn't take it
     */
    Bundle take(Path jar, String id) throws IOException, BundleException {
        Bundle slot = poll();
        try (InputStream in = Files.newInputStream(jar)) {
            if (slot == null) {
                slot = context.installBundle(freeLocation(), in);
            } else {
                slot.update(in);
            }
            Files.writeString(note(slot), id);
            return slot;
        } catch (IOException | BundleException | RuntimeException e) {
            if (slot != null) {
                adopt(slot);
            }
            throw e;
        }
    }

    private synchronized Bundle poll() {
        return idle.poll();
    }

    private synchronized String freeLocation() {
        while (context.getBundle(Islands.LOCATION + next) != null) {
            next++;
        }
        return Islands.LOCATION + next++;
    }

    /** What a bundle of an earlier deployer holds; empty if that isn't known. */
    String contentOf(Bundle slot) {
        try {
            return Files.readString(note(slot));
        } catch (IOException e) {
            return "";
        }
    }

    // In the deployer's own data area, which outlives its restart as the bundles do.
    private Path note(Bundle slot) {
        return context.getDataFile("slot-" + slot.getLocation().substring(Islands.LOCATION.length())).toPath();
    }

    /** Which bundles that aren't plugins would be restarted when this one is refreshed. */
    List<Bundle> outsiders(Bundle slot) {
        return wiring().getDependencyClosure(List.of(slot)).stream().filter(bundle -> !Islands.isPlugin(bundle)).toList();
    }

    /** Frees the classes of a stopped bundle, and keeps it for the next content. */
    void park(Bundle slot) {
        wipe(slot);
        List<Bundle> outsiders = outsiders(slot);
        if (!outsiders.isEmpty()) {
            LOG.error("{} stays as it is, as bundles of the core depend on it: {}", slot, outsiders);
            return;
        }
        try {
            wiring().refreshBundles(List.of(slot), event -> {
                if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                    adopt(slot);
                }
            });
        } catch (RuntimeException e) {
            LOG.debug("{} could not be refreshed", slot, e); // Such as when the framework stops meanwhile.
        }
    }

    /** Stops a bundle, which runs plugin code. */
    static void stop(Bundle slot) {
        try {
            slot.stop();
        } catch (BundleException | RuntimeException e) {
            LOG.debug("{} could not be stopped in order", slot, e);
        }
    }

    /** What one content kept in its data area is none of the next one's business. */
    private static void wipe(Bundle slot) {
        File data = slot.getDataFile("");
        if (data == null || !data.isDirectory()) {
            return;
        }
        try (Stream<Path> found = Files.walk(data.toPath())) {
            for (Path path : (Iterable<Path>) found.filter(path -> !path.equals(data.toPath())).sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.debug("the data area of {} could not be emptied", slot, e);
        }
    }

    /** Whether the deployer's bundle, or the whole framework, has ended meanwhile. */
    boolean areGone() {
        try {
            int framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getState();
            return framework != Bundle.ACTIVE && framework != Bundle.STARTING;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private FrameworkWiring wiring() {
        return Optional.ofNullable(context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)).orElseThrow().adapt(FrameworkWiring.class);
    }

    /** All of them, for a deployer that comes after another. */
    static Collection<Bundle> of(BundleContext context) {
        return Stream.of(context.getBundles()).filter(Islands::isPlugin).sorted(Comparator.comparingLong(Bundle::getBundleId)).toList();
    }
}
