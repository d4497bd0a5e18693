// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginLifecycle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is in service. For each symbolic name there is a slot with at most one bundle that serves and one that is on its way in; what should
 * serve is the best of the files' contents that carry the name.
 *
 * <p>All state belongs to the thread in {@link #run}; the world speaks to it by {@link #wake} and by completed activations, both queued. It waits for
 * nothing that a plugin does.
 */
final class Deployer implements Runnable {

    /* ---- How a file, its contents and the slots hang together ----
     *
     * A file wants its newest content to serve. Until that serves (or is found to be shadowed by a better one), the content before it is held: it goes
     * on serving for the file, and stays in service if the newest fails. So a file supports a slot by its wanted content, or by its held content while
     * the wanted one is broken or of another symbolic name. A slot that no file supports is emptied, after a moment in which a replacement under
     * another file name may come.
     *
     * A content that failed is not tried again before a file arrives with it anew.
     */

    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    /** So long a plugin whose file was removed waits for its replacement. */
    static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(750);
    /** So much longer it waits for bundles that are on their way in: additions before removals, but a bundle that hangs holds up nothing. */
    private static final long ADDITIONS_FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Files that are still being written when the runner starts hold up the first calls for so long. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Notifications come in bursts; between two scans there is so much time. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What one file of the folder stands for. */
    private static final class Claim {
        Content wanted; // the newest content, null if it can't be deployed
        Content held; // what serves for the file until the wanted content does, maybe null
        String shadowedBy = ""; // what it was last said to be shadowed by
    }

    /** What one symbolic name is served by. */
    private static final class Slot {
        Deployment serving;
        String file = ""; // the file that it serves for
        Deployment coming;
        long comingUntil;
        boolean unsupported; // no file supports it
        long unsupportedSince;
    }

    private final DeployFolder folder;
    private final FolderWatch watch;
    private final PluginLifecycle lifecycle;
    private final Function<Content, Deployment> deployments;
    private final long scanNanos;
    private final long activateNanos;

    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Map<String, Claim> claims = new TreeMap<>();
    private final Map<String, Slot> slots = new TreeMap<>();
    private final Set<String> failed = new HashSet<>(); // by SHA-256
    private final long started = System.nanoTime();
    private long nextScan = started;
    private long lastScan = started - PAUSE_NANOS;
    private long lookAgain;
    private boolean scanned;
    private boolean settled;
    private String trouble = "";
    private volatile boolean closed;

    Deployer(DeployFolder folder, FolderWatch watch, PluginLifecycle lifecycle, Function<Content, Deployment> deployments, long scanNanos, long activateNanos) {
        this.folder = folder;
        this.watch = watch;
        this.lifecycle = lifecycle;
        this.deployments = deployments;
        this.scanNanos = scanNanos;
        this.activateNanos = activateNanos;
    }

    /** Says that the folder has changed. Any thread; returns at once. */
    void wake() {
        if (woken.compareAndSet(false, true)) {
            events.add(() -> {
                woken.set(false); // Before the scan: what changes from now on wakes anew.
                scanAt(lastScan + PAUSE_NANOS);
            });
        }
    }

    /** Ends {@link #run}; bundles stay as they are. Any thread; returns at once. */
    void close() {
        closed = true;
        events.add(() -> {});
    }

    /** Takes over a bundle that serves already; of two with one name the later call's stays. Before {@link #run}. */
    void adopt(Deployment serving) {
        Slot slot = slots.computeIfAbsent(serving.symbolicName(), name -> new Slot());
        if (slot.serving != null) {
            discard(slot.serving);
        }
        slot.serving = serving;
        slot.file = serving.symbolicName();
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                step();
            } catch (InterruptedException e) {
                closed = true;
            } catch (RuntimeException | Error e) {
                LOG.error("the deploy folder could not be dealt with; it is tried again", e);
                LockSupport.parkNanos(scanNanos); // Whatever it is, it must not fill the log.
            }
        }
        // What serves stays; what was on its way in would never be switched to.
        slots.values().stream().filter(slot -> slot.coming != null).forEach(slot -> slot.coming.abandon());
    }

    private void step() throws InterruptedException {
        Runnable event = events.poll(Math.max(0, nextDeadline() - System.nanoTime()), TimeUnit.NANOSECONDS);
        for (; event != null && !closed; event = events.poll()) {
            event.run();
        }
        if (closed) {
            return;
        }
        if (nextScan - System.nanoTime() <= 0) {
            scan();
        }
        abandonWhatHangs();
        for (String name : List.copyOf(namesInUse())) {
            plan(name);
        }
        settle();
    }

    private void scanAt(long time) {
        if (time - nextScan < 0) {
            nextScan = time;
        }
    }

    private long nextDeadline() {
        long next = nextScan;
        for (Slot slot : slots.values()) {
            if (slot.coming != null && slot.comingUntil - next < 0) {
                next = slot.comingUntil;
            }
            if (slot.unsupported && slot.coming == null && removalTime(slot) - next < 0) {
                next = removalTime(slot);
            }
        }
        return next;
    }

    private long removalTime(Slot slot) {
        boolean additions = slots.values().stream().anyMatch(other -> other.coming != null);
        return slot.unsupportedSince + GRACE_NANOS + (additions ? ADDITIONS_FIRST_NANOS : 0);
    }

    /* ---- What the folder holds ---- */

    private void scan() {
        lastScan = System.nanoTime();
        nextScan = lastScan + scanNanos;
        // Watched before it is looked through, so that nothing falls between the two.
        watch.renew();
        try {
            DeployFolder.Changes changes = folder.scan();
            trouble = "";
            changes.arrived().forEach(this::arrived);
            changes.refused().forEach(this::refused);
            changes.removed().forEach(claims::remove);
            failed.retainAll(claims.values().stream().flatMap(claim -> Stream.of(claim.wanted, claim.held)).filter(Objects::nonNull).map(Content::sha256)
                    .collect(Collectors.toSet()));
            lookAgain = changes.lookAgain();
            if (lookAgain != Long.MAX_VALUE) {
                scanAt(System.nanoTime() + lookAgain);
            }
        } catch (IOException e) {
            if (!trouble.equals(e.toString())) {
                trouble = e.toString();
                LOG.warn("the deploy folder can't be listed, all plugins stay as they are: {}", trouble);
            }
        }
        scanned = true;
    }

    private void arrived(Content content) {
        Claim claim = claims.computeIfAbsent(content.file(), file -> new Claim());
        holdWhatServes(claim);
        claim.wanted = content;
        claim.shadowedBy = "";
        failed.remove(content.sha256());
        if (isServing(content)) {
            claim.held = null; // The content under another file name, or back again.
            slots.get(content.symbolicName()).file = content.file();
            LOG.info("{}: active ({}, unchanged)", content.file(), content.facts());
        }
    }

    private void refused(String file, Refusal refusal) {
        Claim claim = claims.computeIfAbsent(file, name -> new Claim());
        holdWhatServes(claim);
        claim.wanted = null;
        sayFailed(file, claim.held == null ? null : claim.held.facts(), refusal);
    }

    private void holdWhatServes(Claim claim) {
        if (claim.wanted != null && isServing(claim.wanted)) {
            claim.held = claim.wanted;
        }
    }

    private boolean isServing(Content content) {
        Slot slot = slots.get(content.symbolicName());
        return slot != null && slot.serving != null && slot.serving.sha256().equals(content.sha256());
    }

    private static void sayFailed(String file, Object keepsServing, Throwable failure) {
        LOG.warn("{}: not deployed: {}{}", file, Reasons.of(failure), keepsServing == null ? "" : "; " + keepsServing + " keeps serving");
        if (!(failure instanceof Refusal)) {
            LOG.debug("{}", file, failure);
        }
    }

    /* ---- What should serve ---- */

    private Set<String> namesInUse() {
        return Stream.concat(slots.keySet().stream(), claims.values().stream().map(claim -> claim.wanted).filter(Objects::nonNull).map(Content::symbolicName))
                .collect(Collectors.toSet());
    }

    /** The best content among those that files support a name by. */
    private Optional<Content> best(String name) {
        return claims.values().stream().flatMap(claim -> supports(claim, name)).max(Content.RANK);
    }

    private Stream<Content> supports(Claim claim, String name) {
        boolean works = claim.wanted != null && !failed.contains(claim.wanted.sha256());
        if (works && claim.wanted.symbolicName().equals(name)) {
            return Stream.of(claim.wanted);
        }
        return claim.held != null && claim.held.symbolicName().equals(name) && !failed.contains(claim.held.sha256()) ? Stream.of(claim.held) : Stream.empty();
    }

    private void plan(String name) {
        Slot slot = slots.computeIfAbsent(name, key -> new Slot());
        Optional<Content> best = best(name);
        dropUnwanted(slot, best);
        if (best.isPresent()) {
            slot.unsupported = false;
            if (slot.coming == null && !isServing(best.get())) {
                begin(slot, best.get());
            }
            sayShadowed(name, best.get());
            return;
        }
        if (slot.coming != null) {
            return; // It has just come, and is dropped with its event.
        }
        if (slot.serving == null) {
            slots.remove(name);
        } else if (!slot.unsupported) {
            slot.unsupported = true;
            slot.unsupportedSince = System.nanoTime();
        } else if (removalTime(slot) - System.nanoTime() <= 0) {
            remove(name, slot);
        }
    }

    /** A bundle that is still being activated when its file has changed again is given up, lest one that hangs delay its own mend. */
    private void dropUnwanted(Slot slot, Optional<Content> best) {
        if (slot.coming != null && !best.map(Content::sha256).equals(Optional.of(slot.coming.sha256())) && slot.coming.abandon()) {
            LOG.info("{}: changed again while {} was being activated, which is dropped", slot.coming.content().file(), slot.coming);
            slot.coming = null;
        }
    }

    private void begin(Slot slot, Content content) {
        slot.coming = deployments.apply(content);
        // The check is bounded by the lifecycle; what lies before it, the start, isn't.
        slot.comingUntil = System.nanoTime() + activateNanos + TimeUnit.SECONDS.toNanos(4);
        slot.coming.begin(activateNanos, (deployment, failure) -> events.add(() -> came(deployment, failure)));
    }

    private void sayShadowed(String name, Content best) {
        for (Map.Entry<String, Claim> entry : claims.entrySet()) {
            Claim claim = entry.getValue();
            boolean shadowed = claim.wanted != null && claim.wanted.symbolicName().equals(name) && !claim.wanted.sha256().equals(best.sha256())
                    && !failed.contains(claim.wanted.sha256());
            if (!shadowed) {
                claim.shadowedBy = "";
            } else if (!claim.shadowedBy.equals(best.file())) {
                claim.shadowedBy = best.file();
                claim.held = null;
                LOG.info("{}: shadowed ({}; {} has {} of the same symbolic name)", entry.getKey(), claim.wanted.facts(), best.file(), best.facts().version());
            }
        }
    }

    /* ---- What comes and goes ---- */

    private void came(Deployment deployment, Throwable failure) {
        Content content = deployment.content();
        Slot slot = slots.get(content.symbolicName());
        slot.coming = null;
        if (failure != null) {
            failed(content, failure);
        } else if (best(content.symbolicName()).filter(best -> best.sha256().equals(content.sha256())).isEmpty()) {
            discard(deployment); // Its file has changed again.
        } else {
            serve(slot, deployment);
        }
    }

    private void failed(Content content, Throwable failure) {
        failed.add(content.sha256());
        Claim claim = claims.get(content.file());
        Object keepsServing = slots.get(content.symbolicName()).serving;
        sayFailed(content.file(), keepsServing == null && claim != null && claim.held != null ? claim.held.facts() : keepsServing, failure);
    }

    /** Nobody calls it, but stopping it runs plugin code, so not here. */
    private static void discard(Deployment deployment) {
        Thread thread = new Thread(deployment::uninstall, "a6runner-retire-" + deployment.symbolicName());
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Slot slot, Deployment deployment) {
        Content content = deployment.content();
        List<Claim> supporters = claims.values().stream().filter(claim -> claim.wanted != null && claim.wanted.sha256().equals(content.sha256())).toList();
        List<Content> held = supporters.stream().map(claim -> claim.held).filter(Objects::nonNull).toList();
        supporters.forEach(claim -> claim.held = null);
        // A file that has become another plugin takes the one that it was along, in the same moment.
        List<Slot> left = held.stream().map(Content::symbolicName).distinct().filter(name -> !name.equals(content.symbolicName()) && best(name).isEmpty())
                .map(slots::get).filter(other -> other != null && other.serving != null).toList();
        List<Deployment> out = new ArrayList<>();
        Stream.concat(Stream.of(slot), left.stream()).map(other -> other.serving).filter(Objects::nonNull).forEach(out::add);
        try {
            lifecycle.switchOver(List.of(deployment.bundle()), bundles(out));
        } catch (RuntimeException e) {
            discard(deployment);
            failed(content, e);
            return;
        }
        left.forEach(other -> other.serving = null);
        slot.serving = deployment;
        slot.file = content.file();
        String plugins = String.join(", ", deployment.plugins());
        if (out.isEmpty()) {
            LOG.info("{}: active ({}, plugins: {})", content.file(), content.facts(), plugins);
        } else {
            LOG.info("{}: replaced {} (now active: {}, plugins: {})", content.file(), out.stream().map(Deployment::toString).collect(Collectors.joining(", ")),
                    content.facts(), plugins);
        }
        out.forEach(Deployment::retire);
    }

    private void remove(String name, Slot slot) {
        Deployment out = slot.serving;
        try {
            lifecycle.switchOver(List.of(), List.of(out.bundle()));
        } catch (RuntimeException e) {
            LOG.error("{}: {} could not be taken out of service; it is tried again", slot.file, out, e);
            slot.unsupportedSince = System.nanoTime();
            return;
        }
        slots.remove(name);
        LOG.info("{}: removed ({})", slot.file, out);
        out.retire();
    }

    private static Collection<Bundle> bundles(List<Deployment> deployments) {
        return deployments.stream().map(Deployment::bundle).toList();
    }

    private void abandonWhatHangs() {
        for (Slot slot : slots.values()) {
            if (slot.coming != null && slot.comingUntil - System.nanoTime() <= 0 && slot.coming.abandon()) {
                Content content = slot.coming.content();
                slot.coming = null;
                failed(content, new Refusal("it did not come up within activate.timeout: its activator or a constructor hangs (thread a6runner-activate-"
                        + content.symbolicName() + "); it is left alone"));
            }
        }
    }

    private void settle() {
        boolean coming = slots.values().stream().anyMatch(slot -> slot.coming != null);
        boolean writing = lookAgain != Long.MAX_VALUE && System.nanoTime() - started < SETTLE_NANOS;
        if (scanned && !settled && !coming && !writing) {
            settled = true;
            lifecycle.settled();
        }
    }
}
