// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.Claims.Claim;
import a6runner.deployer.Places.Place;
import a6runner.deployer.leaks.LeakWatch;
import a6runner.spi.Canary;
import a6runner.spi.CommandFailure;
import a6runner.spi.PluginLifecycle;
import a6runner.spi.PluginLifecycle.Observer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the deploy folder: what it holds, and what commands say, goes to those who keep it ({@link Claims}, {@link ConfigFiles}, {@link Canaries}, {@link Rollbacks}), and
 * the {@link Reconciler} brings what serves into line with that.
 *
 * <p>All state belongs to the thread in {@link #run}; the world speaks to it by {@link #wake}, by commands and by completed activations, all queued. It waits for
 * nothing that a plugin does.
 */
final class Deployer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    /** So long what stood in a file that was removed waits for its replacement. */
    static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(750);
    /** Files that are still being written when the runner starts hold up the first calls for so long. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Notifications come in bursts; between two scans there is so much time. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** While bundles are on their way in, statuses are shown at most so often. */
    private static final long SHOW_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** So long after the start nothing is shown unless all has come to something: that will be in a moment, and calls wait for it. */
    private static final long FIRST_SHOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** So long after that no file is written, nor old ones looked through: the calls that have waited find all code cold, and need the processors for themselves. */
    private static final long FIRST_WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Who asks what has become of the files waits so long for the deployer's thread. */
    private static final long UP_TO_DATE_MILLIS = 500;

    /**
     * What the deployer goes by.
     *
     * @param scanNanos how often the folder is looked through
     * @param activateNanos what an activation may take
     * @param drainNanos what calls in a bundle that was taken out may take
     * @param replaces whether a content with plugins of these names takes its predecessor's place only when that is stopped
     */
    record Rules(long scanNanos, long activateNanos, long drainNanos, BiPredicate<Content, List<String>> replaces) {}

    private final DeployFolder folder;
    private final FolderWatch watch;
    private final PluginLifecycle lifecycle;
    private final ConfigFiles configFiles;
    private final Statuses statuses;
    private final Rules rules;
    private final Journal journal;
    private final Rollbacks rollbacks;
    private final KnownOffers offers;
    private final NamedPlugins named;
    private final PinnedVersions pinned;
    private final Canaries canaries;
    private final Reconciler reconciler;
    private final LeakWatch leaks;
    private final Runnable whenSettled;

    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Places places = new Places();
    private final Claims claims = new Claims(places::serves);
    private CompletableFuture<DeployFolder.Changes> early; // null once it has been taken
    private Map<String, String> waiting = Map.of();
    private volatile Set<String> forced = Set.of();
    private final long started = System.nanoTime();
    private long nextScan = started;
    private long lastScan = started - PAUSE_NANOS;
    private long lookAgain;
    private long nextShow = started + FIRST_SHOW_NANOS;
    private long nextTend = started;
    private long nextWrite = started;
    private volatile boolean stale; // whether what is shown may lag behind what has happened
    private boolean unshown; // whether something has happened since the statuses were shown
    private boolean unwritten; // whether that has been shown, but not written
    private boolean scanned;
    private boolean rulesRead; // all files that may give rules for trials have been seen
    private volatile boolean settled;
    private String trouble = "";
    private volatile boolean closed;

    /** {@code early} is a scan of the folder that has been begun already; null if none has. */
    Deployer(DeployFolder folder, CompletableFuture<DeployFolder.Changes> early, FolderWatch watch, PluginLifecycle lifecycle, Configurations configurations,
            Function<Content, Deployment> deployments, StatusBoard board, Rules rules, Rollbacks.Past past, LeakWatch leaks, Runnable whenSettled) {
        this.folder = folder;
        this.early = early;
        this.watch = watch;
        this.lifecycle = lifecycle;
        this.statuses = new Statuses(board, claims, past.heldBack());
        this.configFiles = new ConfigFiles(claims, configurations, statuses);
        this.rules = rules;
        this.journal = past.journal();
        this.canaries = new Canaries(past.own().resolve("canaries"), past, claims, places);
        this.rollbacks = new Rollbacks(folder, past, claims, places, canaries, this::arrived);
        this.pinned = new PinnedVersions(past.own().resolve("pinned"), past, lifecycle, claims, places,
                (content, place) -> place.serving != null && rules.replaces().test(content, place.serving.plugins()));
        this.named = new NamedPlugins(past.own().resolve("named"));
        this.reconciler = new Reconciler(lifecycle, deployments, rules, file -> forced.contains(file), events::add,
                new Reconciler.Rooms(claims, places, past.offers(), named, pinned, canaries, rollbacks, journal, statuses));
        this.offers = past.offers();
        this.leaks = leaks;
        this.whenSettled = whenSettled;
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

    /** Has an earlier content serve again, as {@link Rollbacks#begin} says. Any thread; returns at once. */
    void rollback(String name, String hash, CompletableFuture<String> done) {
        events.add(() -> {
            rollbacks.begin(name, hash, done);
            scanAt(lastScan + PAUSE_NANOS);
        });
    }

    /** Has a pinned version be out of service, as {@code a6:retire} says. Any thread; returns at once. */
    void retire(String name, String version, CompletableFuture<String> done) {
        answer(done, () -> reconciler.retire(name, version));
    }

    /** Has the newest version of something, or the next, tried with a share of the calls. Any thread; returns at once. */
    void tryOut(String name, Canary canary, boolean next, CompletableFuture<String> done) {
        answer(done, () -> reconciler.tryOut(rollbacks.symbolicName(name), canary, next));
    }

    /** Gives what is tried all calls. Any thread; returns at once. */
    void promote(String name, CompletableFuture<String> done) {
        answer(done, () -> canaries.promote(rollbacks.symbolicName(name)));
    }

    /** Gives up what is tried, or takes back the rule that nothing is tried by yet. Any thread; returns at once. */
    void abort(String name, CompletableFuture<String> done) {
        answer(done, () -> {
            String symbolicName = rollbacks.symbolicName(name);
            return canaries.takeBack(symbolicName) ? "the next version of " + symbolicName + " gets all calls" : reconciler.endTrial(symbolicName, "abort", "command abort", "an operator has given it up");
        });
    }

    /** What is tried, and what is to be, in words. Any thread; returns at once. */
    void trials(CompletableFuture<String> done) {
        answer(done, () -> canaries.all().isEmpty() ? "Nothing is tried." : String.join("\n", canaries.all().values()));
    }

    private void answer(CompletableFuture<String> done, Callable<String> command) {
        events.add(() -> {
            try {
                done.complete(command.call());
            } catch (Exception e) { // Whatever it is, somebody waits to be told.
                done.completeExceptionally(e instanceof CommandFailure ? e : new CommandFailure(e.toString()));
            }
        });
    }

    /** Ends {@link #run}; bundles stay as they are. Any thread; returns at once. */
    void close() {
        closed = true;
        events.add(() -> {});
    }

    /** Takes over a bundle that serves already; of two with one name the later call's stays. Before {@link #run}. */
    void adopt(Deployment serving) {
        Place place = places.of(serving.symbolicName());
        if (place.serving != null) {
            place.serving.discard();
        }
        place.serving = serving;
        place.file = serving.symbolicName();
    }

    @Override
    public void run() {
        lifecycle.observe(new Observer() {
            @Override
            public void pinsChanged() {
                events.add(pinned::changed);
            }

            @Override
            public void worse(Bundle bundle, String why) {
                events.add(() -> reconciler.worse(bundle, why));
            }
        });
        while (!closed) {
            try {
                step();
            } catch (InterruptedException e) {
                closed = true;
            } catch (RuntimeException | Error e) {
                LOG.error("the deploy folder could not be dealt with; it is tried again", e);
                LockSupport.parkNanos(rules.scanNanos()); // Whatever it is, it must not fill the log.
            }
        }
        lifecycle.observe(null);
        reconciler.endRest();
        journal.write();
        pinned.write();
        offers.write();
        named.write(lifecycle.named());
        if (settled && (stale || unwritten)) {
            show();
            statuses.write();
        }
        // What serves stays; what was on its way in would never be switched to.
        places.all().stream().filter(place -> place.coming != null).forEach(place -> place.coming.abandon());
    }

    private void step() throws InterruptedException {
        Runnable event = events.poll(Math.max(0, nextDeadline() - System.nanoTime()), TimeUnit.NANOSECONDS);
        for (; event != null && !closed; event = events.poll()) {
            stale = true;
            reconciler.endRest();
            event.run();
        }
        if (closed || isResting()) {
            return;
        }
        reconciler.endRest();
        if (nextScan - System.nanoTime() <= 0) {
            scan();
        }
        configFiles.tend(waiting.keySet());
        reconciler.reconcile();
        unwritten |= showStatuses();
        settle();
        if (unwritten && nextWrite - System.nanoTime() <= 0) {
            unwritten = false;
            statuses.write();
            journal.write();
            pinned.write();
            writeOffers();
        }
        if (settled && nextTend - System.nanoTime() <= 0) {
            tendCopies();
        }
        leaks.tend();
    }

    private Stream<Content> inUse() {
        Stream<Content> claimed = claims.all().stream().flatMap(claim -> Stream.of(claim.wanted(), claim.held()));
        Stream<Content> placed = places.all().stream().flatMap(place -> Stream.concat(place.deployed().stream(), Stream.ofNullable(place.coming))).map(Deployment::content);
        return Stream.concat(claimed, placed).filter(Objects::nonNull);
    }

    private void writeOffers() {
        if (settled) { // else not all files have been seen
            offers.retain(inUse().map(Content::id).collect(Collectors.toSet()));
        }
        offers.write();
    }

    private void tendCopies() {
        if (nextTend - nextWrite > 0) { // not right after the start, when confs have only begun to come
            named.write(lifecycle.named());
        }
        nextTend = System.nanoTime() + ContentStore.TEND.toNanos();
        Set<String> used = inUse().map(Content::sha256).collect(Collectors.toSet());
        try {
            used.addAll(rollbacks.contents());
            used.addAll(pinned.contents());
            used.addAll(canaries.contents());
            folder.tendCopies(used);
        } catch (IOException e) {
            LOG.warn("copies of files that are gone could not be deleted from data.dir, they take up room there: {}", e.toString());
        }
    }

    // While hundreds come at once, each would have all of them looked at again.
    private boolean showStatuses() {
        long now = System.nanoTime();
        unshown = now - reconciler.restUntil() < 0 || now - nextShow < 0 && places.anyComing();
        if (!unshown) {
            show();
            nextShow = System.nanoTime() + SHOW_NANOS;
        }
        stale = unshown;
        return !unshown;
    }

    private void show() {
        statuses.show(waiting, this::look, new Statuses.Beside(pinned::by, canaries), lifecycle);
        stale = false; // until the next event
    }

    /** Has what is shown be as things stand, and ends a rest. Any thread but the deployer's; waits for that one, half a second at most. */
    void bringUpToDate() {
        if (!stale || closed) {
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        events.add(() -> {
            show();
            unwritten = true;
            done.complete(null);
        });
        try {
            done.get(UP_TO_DATE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return; // It is told as it was shown last.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void scanAt(long time) {
        if (time - nextScan < 0) {
            nextScan = time;
        }
    }

    // Not as long as calls wait for the first scan.
    private boolean isResting() {
        return settled && reconciler.isResting();
    }

    private long nextDeadline() {
        if (isResting()) {
            return reconciler.restUntil();
        }
        long next = places.nextDeadline(configFiles.nextDeadline(nextScan), reconciler.isQueued());
        if (unwritten && nextWrite - next < 0) {
            next = nextWrite;
        }
        long show = reconciler.restUntil() - nextShow > 0 ? reconciler.restUntil() : nextShow;
        return unshown && show - next < 0 ? show : next;
    }

    /** What serves a name, and what is on its way in, for the statuses. */
    private Statuses.Seen look(String name) {
        Place place = places.find(name);
        return place == null ? Statuses.Seen.NOTHING : new Statuses.Seen(place.serving, place.file, place.coming, List.copyOf(place.pinned), place.candidate);
    }

    /* ---- What the folder holds ---- */

    private void scan() {
        lastScan = System.nanoTime();
        nextScan = lastScan + rules.scanNanos();
        // Watched before it is looked through, so that nothing falls between the two.
        watch.renew();
        try {
            takeEarly();
            take(folder.scan());
            trouble = "";
            claims.retainFailures(canaries.contents());
            if (!rulesRead && Files.isDirectory(folder.path())) {
                rulesRead = true;
                canaries.scanned(file -> Files.exists(folder.path().resolve(file)));
            }
            if (!settled && !Files.isDirectory(folder.path())) {
                awaitFolder();
            }
            if (lookAgain != Long.MAX_VALUE) {
                scanAt(System.nanoTime() + lookAgain);
            }
        } catch (IOException e) {
            if (!trouble.equals(e.toString())) {
                trouble = e.toString();
                LOG.warn("the deploy folder can't be listed, all plugins stay as they are: {}", trouble);
            }
        }
        if (!scanned) {
            pinned.restore(); // with the configurations that have been read now
            pinned.changed();
        }
        scanned = true;
    }

    private void take(DeployFolder.Changes changes) {
        waiting = changes.waiting();
        force(changes.forced());
        changes.configs().forEach(this::configured);
        changes.canaries().forEach(this::ruled);
        changes.arrived().forEach(content -> arrived(rollbacks.instead(content)));
        changes.refused().forEach(this::refused);
        changes.removed().forEach(this::removed);
        lookAgain = changes.lookAgain();
    }

    private void takeEarly() {
        if (early == null) {
            return;
        }
        CompletableFuture<DeployFolder.Changes> before = early;
        early = null;
        try {
            take(before.join());
        } catch (CompletionException e) {
            LOG.debug("the first scan of {} failed; it is scanned again", folder.path(), e.getCause());
        }
    }

    /** A folder that isn't there at the start may be in a moment, as when a volume is swapped: for as long as a file may take to be written. */
    private void awaitFolder() {
        if (!scanned) {
            LOG.warn("the deploy folder {} isn't there: put it back, or set deploy.dir to another one; calls wait for it for a second", folder.path());
        }
        lookAgain = PAUSE_NANOS;
    }

    private void force(Set<String> now) {
        Set<String> before = forced;
        forced = now;
        for (Claim claim : claims.all()) {
            if (now.contains(claim.file()) && !before.contains(claim.file()) && claim.wanted() != null && claims.failure(claim.wanted()) != null) {
                LOG.info("{}: tried again, as there is a file {}.force", claim.file(), claim.file());
                claims.retry(claim.wanted());
            }
        }
    }

    private void configured(ConfigFile config) {
        configFiles.arrived(config);
        journal.configured(config);
    }

    private void ruled(CanaryFile canary) {
        statuses.changed(canary.file());
        claims.removed(canary.file()); // It may have been refused before.
        canaries.arrived(canary);
    }

    private void arrived(Content content) {
        statuses.changed(content.file());
        Claim before = claims.of(content.file());
        rollbacks.arrived(content);
        boolean known = before != null && before.wanted() != null && before.wanted().sha256().equals(content.sha256());
        Claim claim = claims.arrived(content);
        pinned.arrived(claim.wanted());
        if (places.serves(claim.wanted())) {
            places.find(content.symbolicName()).file = content.file();
            places.find(content.symbolicName()).serving.found(claim.wanted());
            journal.found(content);
            if (!known) {
                LOG.info("{}: active ({}, unchanged)", content.file(), content.facts());
            }
        }
    }

    private void refused(String file, Refusal cause) {
        statuses.changed(file);
        Refusal refusal = configFiles.refused(file, cause);
        Claim claim = claims.refused(file, refusal);
        rollbacks.refused(file, refusal.getMessage());
        DeployLog.failed(file, claim.held() == null ? null : claim.held().facts(), refusal);
        journal.refused(file, refusal.getMessage());
    }

    private void removed(String file) {
        if (configFiles.removed(file)) {
            return;
        }
        if (canaries.removed(file)) {
            claims.removed(file);
            return;
        }
        rollbacks.removed(file);
        Claim claim = claims.removed(file);
        Content content = claim == null ? null : claim.wanted() != null ? claim.wanted() : claim.held();
        statuses.removed(file, content == null ? "" : content.facts().toString());
    }

    private void settle() {
        boolean coming = places.anyComing();
        boolean writing = lookAgain != Long.MAX_VALUE && System.nanoTime() - started < SETTLE_NANOS;
        if (!scanned || settled || writing) {
            return;
        }
        if (coming) {
            lifecycle.settled(reconciler.settled());
        } else {
            settled = true;
            named.forget();
            nextWrite = nextTend = System.nanoTime() + FIRST_WRITE_NANOS;
            lifecycle.settled();
            whenSettled.run();
        }
    }

    /** Whether what was in the folder at the start has come to something. Any thread. */
    boolean isSettled() {
        return settled;
    }
}
