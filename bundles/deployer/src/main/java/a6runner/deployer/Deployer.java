// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.Canaries.Split;
import a6runner.deployer.Claims.Claim;
import a6runner.deployer.Places.Place;
import a6runner.deployer.leaks.LeakWatch;
import a6runner.spi.Canary;
import a6runner.spi.CommandFailure;
import a6runner.spi.PluginLifecycle;
import a6runner.spi.PluginLifecycle.Observer;
import a6runner.spi.PluginLifecycle.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is in service. For each symbolic name there is a place with at most one bundle that serves all calls and one that is on its way in; what should serve is
 * the best of the files' contents that carry the name ({@link Claims}), beside it what is tried with a share of the calls
 * ({@link Canaries}) and what confs pin ({@link PinnedVersions}).
 *
 * <p>All state belongs to the thread in {@link #run}; the world speaks to it by {@link #wake} and by completed activations, both queued. It waits for
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
    private static final long FIRST_SHOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /**
     * So long after an upgrade what can wait does: the statuses, and the old version's end. The first calls in the new one find its code cold, and need the
     * processors for themselves.
     */
    static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

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
    private final Function<Content, Deployment> deployments;
    private final Statuses statuses;
    private final Rules rules;
    private final Journal journal;
    private final Rollbacks rollbacks;
    private final PinnedVersions pinned;
    private final Canaries canaries;
    private final LeakWatch leaks;
    private final Runnable whenSettled;

    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Places places = new Places();
    private final Claims claims = new Claims(places::serves);
    private Map<String, String> waiting = Map.of();
    private volatile Set<String> forced = Set.of();
    private final long started = System.nanoTime();
    private long nextScan = started;
    private long lastScan = started - PAUSE_NANOS;
    private long lookAgain;
    private int room; // for bundles to be brought in
    private long nextShow = started + FIRST_SHOW_NANOS;
    private long restUntil = started - REST_NANOS;
    private long nextTend = started;
    private boolean unshown; // whether something has happened since the statuses were shown
    private boolean queued; // whether some wait for it
    private boolean scanned;
    private volatile boolean settled;
    private String trouble = "";
    private volatile boolean closed;

    Deployer(DeployFolder folder, FolderWatch watch, PluginLifecycle lifecycle, Configurations configurations, Function<Content, Deployment> deployments,
            StatusBoard board, Rules rules, Rollbacks.Past past, LeakWatch leaks, Runnable whenSettled) {
        this.folder = folder;
        this.watch = watch;
        this.lifecycle = lifecycle;
        this.deployments = deployments;
        this.statuses = new Statuses(board, claims, past.heldBack());
        this.configFiles = new ConfigFiles(claims, configurations, statuses);
        this.rules = rules;
        this.journal = past.journal();
        this.canaries = new Canaries(past.own().resolve("canaries"), past, claims, places);
        this.rollbacks = new Rollbacks(folder.path(), past, claims, places, canaries::isRunning, this::arrived);
        this.pinned = new PinnedVersions(past.own().resolve("pinned"), past.store(), lifecycle, claims, places,
                (content, place) -> place.serving != null && rules.replaces().test(content, place.serving.plugins()));
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
        events.add(() -> retirePinned(name, version, done));
    }

    /** Has the newest version of something, or the next, tried with a share of the calls. Any thread; returns at once. */
    void tryOut(String name, Canary canary, boolean next, CompletableFuture<String> done) {
        answer(done, () -> canaries.begin(rollbacks.symbolicName(name), canary, next));
    }

    /** Gives what is tried all calls. Any thread; returns at once. */
    void promote(String name, CompletableFuture<String> done) {
        answer(done, () -> canaries.promote(rollbacks.symbolicName(name)));
    }

    /** Gives up what is tried, or takes back the rule that nothing is tried by yet. Any thread; returns at once. */
    void abort(String name, CompletableFuture<String> done) {
        answer(done, () -> {
            String symbolicName = rollbacks.symbolicName(name);
            return canaries.takeBack(symbolicName) ? "the next version of " + symbolicName + " gets all calls" : endTrial(symbolicName, "abort", "command abort", "an operator has given it up");
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
                events.add(() -> Deployer.this.worse(bundle, why));
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
        journal.write();
        pinned.write();
        // What serves stays; what was on its way in would never be switched to.
        places.all().stream().filter(place -> place.coming != null).forEach(place -> place.coming.abandon());
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
        configFiles.tend();
        room = places.room(System.nanoTime());
        queued = false;
        if (scanned && pinned.refresh()) {
            claims.retryWhatMayPass(); // A pin may have barred it.
        }
        for (String name : namesInUse()) {
            plan(name);
        }
        pinned.tell();
        boolean shown = showStatuses();
        settle(); // Before files are written: calls wait for it.
        if (shown) {
            statuses.write();
            journal.write();
            pinned.write();
        }
        if (settled && nextTend - System.nanoTime() <= 0) {
            tendCopies();
        }
        leaks.tend();
    }

    private void tendCopies() {
        nextTend = System.nanoTime() + ContentStore.TEND.toNanos();
        Stream<Content> claimed = claims.all().stream().flatMap(claim -> Stream.of(claim.wanted(), claim.held()));
        Stream<Content> placed = places.all().stream().flatMap(place -> Stream.concat(place.deployed().stream(), Stream.ofNullable(place.coming))).map(Deployment::content);
        Set<String> used = Stream.concat(claimed, placed).filter(Objects::nonNull).map(Content::sha256).collect(Collectors.toSet());
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
        unshown = now - restUntil < 0 || now - nextShow < 0 && places.anyComing();
        if (!unshown) {
            statuses.show(waiting, this::look, new Statuses.Beside(pinned::by, canaries), lifecycle);
            nextShow = System.nanoTime() + SHOW_NANOS;
        }
        return !unshown;
    }

    /** Begins to rest, and says how long; 0 where one upgrade follows another, else there would be no end, and old versions would pile up. */
    private long rest() {
        long now = System.nanoTime();
        if (now - restUntil < REST_NANOS / 2) {
            return 0;
        }
        restUntil = now + REST_NANOS;
        return REST_NANOS;
    }

    private void scanAt(long time) {
        if (time - nextScan < 0) {
            nextScan = time;
        }
    }

    private long nextDeadline() {
        long next = places.nextDeadline(configFiles.nextDeadline(nextScan), queued);
        long show = restUntil - nextShow > 0 ? restUntil : nextShow;
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
            DeployFolder.Changes changes = folder.scan();
            trouble = "";
            waiting = changes.waiting();
            force(changes.forced());
            changes.configs().forEach(this::configured);
            changes.canaries().forEach(this::ruled);
            changes.arrived().forEach(content -> arrived(rollbacks.instead(content)));
            changes.refused().forEach(this::refused);
            changes.removed().forEach(this::removed);
            claims.retainFailures();
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
        if (!scanned) {
            canaries.scanned();
            pinned.restore(); // with the configurations that have been read now
            pinned.changed();
        }
        scanned = true;
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
        Claim claim = claims.arrived(content);
        pinned.arrived(claim.wanted());
        if (places.serves(claim.wanted())) {
            places.find(content.symbolicName()).file = content.file();
            journal.found(content);
            LOG.info("{}: active ({}, unchanged)", content.file(), content.facts());
        }
    }

    private void refused(String file, Refusal refusal) {
        statuses.changed(file);
        Claim claim = claims.refused(file, refusal);
        if (configFiles.refused(file)) {
            LOG.warn("{}: not deployed: {}; what it said before holds no more", file, refusal.getMessage());
        } else {
            sayFailed(file, claim.held() == null ? null : claim.held().facts(), refusal);
            journal.refused(file, refusal.getMessage());
        }
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

    private static void sayFailed(String file, Object keepsServing, Throwable failure) {
        String sentence = Reasons.of(failure) + (keepsServing == null ? "" : "; " + keepsServing + " keeps serving");
        if (failure instanceof Refusal refusal && refusal.mayPass()) {
            LOG.warn("{}: waiting: {}", file, sentence);
        } else {
            LOG.warn("{}: not deployed: {}", file, sentence);
        }
        if (!(failure instanceof Refusal)) {
            LOG.debug("{}", file, failure);
        }
    }

    /* ---- What should serve ---- */

    private Set<String> namesInUse() {
        Set<String> names = new HashSet<>(places.names());
        names.addAll(pinned.names());
        names.addAll(claims.names());
        return names;
    }

    /**
     * What is to serve a name.
     *
     * @param all what all calls get that nothing else gets; empty if no file supports the name
     * @param candidate what is tried with a share of them, maybe null
     * @param canary how it is tried
     * @param beside what confs pin besides
     */
    private record Wanted(Optional<Content> all, Content candidate, Canary canary, Set<Content> beside) {

        boolean tries(Deployment deployment) {
            return candidate != null && candidate.id().equals(deployment.id());
        }

        boolean has(Deployment deployment) {
            return Stream.of(all.stream(), Stream.ofNullable(candidate), beside.stream()).flatMap(contents -> contents).anyMatch(content -> content.id().equals(deployment.id()));
        }
    }

    private Wanted wanted(String name, Place place) {
        Optional<Content> best = claims.best(name).or(() -> canaries.before(name, place));
        Optional<Split> split = best.flatMap(content -> canaries.split(name, place, content));
        Optional<Content> all = split.map(Split::before).or(() -> best);
        Content candidate = split.map(Split::candidate).orElse(null);
        Set<Content> beside = all.isPresent() ? pinned.wanted(name, place, all.get()) : new HashSet<>();
        beside.removeIf(content -> candidate != null && content.id().equals(candidate.id()));
        return new Wanted(all, candidate, split.map(Split::canary).orElse(null), beside);
    }

    private void plan(String name) {
        Place place = places.of(name);
        Wanted wanted = wanted(name, place);
        dropUnwanted(place, wanted);
        if (wanted.all().isPresent()) {
            place.unsupported = false;
            if (place.coming == null) {
                bringIn(name, place, wanted);
            }
            if (places.serves(wanted.all().get())) {
                sayShadowed(name, place, wanted.all().get());
            }
            return;
        }
        if (place.coming != null) {
            return; // It has just come, and is dropped with its event.
        }
        if (place.deployed().isEmpty()) {
            places.remove(name);
        } else if (!place.unsupported) {
            place.unsupported = true;
            place.unsupportedSince = System.nanoTime();
        } else if (places.removalTime(place) - System.nanoTime() <= 0) {
            remove(name, place);
        }
    }

    /** What is to get all calls first, then what is tried, then what confs pin; and what nobody needs any more goes. */
    private void bringIn(String name, Place place, Wanted wanted) {
        Content all = wanted.all().get();
        if (!places.serves(all)) {
            begin(name, place, all, Part.ALL);
        } else if (wanted.candidate() != null && (place.candidate == null || !wanted.tries(place.candidate))) {
            begin(name, place, wanted.candidate(), Part.SHARE);
        } else {
            Optional<Content> next = wanted.beside().stream().filter(content -> !place.has(content)).findFirst();
            next.ifPresent(content -> begin(name, place, content, Part.PINNED));
            if (next.isEmpty()) {
                dropOthers(name, place, wanted);
            }
        }
        if (place.candidate != null && wanted.tries(place.candidate) && !wanted.canary().equals(place.canary)) {
            place.canary = wanted.canary();
            lifecycle.share(place.candidate.bundle(), place.canary);
        }
    }

    private void dropOthers(String name, Place place, Wanted wanted) {
        Content all = wanted.all().get();
        if (place.candidate != null && !wanted.tries(place.candidate)) {
            Deployment tried = place.candidate;
            place.candidate = null;
            place.pinned.add(tried); // and out, unless confs pin it
            lifecycle.switchOver(Map.of(tried.bundle(), Part.PINNED), List.of());
            if (pinned.needs(tried, name, place, all)) {
                sayPinned(tried);
            } else {
                drop(place, tried, "it is not tried any more");
            }
        }
        List<Deployment> left = place.pinned.stream().filter(deployment -> !pinned.needs(deployment, name, place, all)).toList();
        left.forEach(deployment -> drop(place, deployment, "no conf pins it any more"));
    }

    /** A bundle that is still being activated when its file has changed again is given up, lest one that hangs delay its own mend. */
    private void dropUnwanted(Place place, Wanted wanted) {
        if (place.coming != null && !wanted.has(place.coming) && !place.coming.isReplacing() && place.coming.abandon()) {
            LOG.info("{}: changed again while {} was being activated, which is dropped", place.coming.content().file(), place.coming);
            place.coming = null;
        }
    }

    private void begin(String name, Place place, Content content, Part part) {
        if (room <= 0) {
            queued = true;
            return;
        }
        room--;
        boolean replaces = place.serving != null && rules.replaces().test(content, place.serving.plugins());
        Refusal barred = !replaces ? null : part == Part.ALL ? pinned.bars(content, name, place)
                : part == Part.SHARE ? new Refusal("it can't be tried beside another version (upgrade = replace): take the rule away (a6:abort, or the .canary file) and deploy it again") : null;
        if (barred != null) {
            failed(content, barred);
            return;
        }
        Optional<Deployment> deployed = place.deployed(content);
        place.coming = deployed.orElseGet(() -> deployments.apply(content));
        place.comingFor = part;
        // The check is bounded by the lifecycle; what lies before it, the start, isn't.
        place.comingSince = System.nanoTime();
        place.comingUntil = place.comingSince + rules.activateNanos() + TimeUnit.SECONDS.toNanos(4) + (replaces ? rules.drainNanos() : 0);
        BiConsumer<Deployment, Throwable> done = (deployment, failure) -> events.add(() -> came(deployment, failure));
        if (deployed.isPresent()) {
            place.coming.recheck(rules.activateNanos(), part, () -> forced.contains(content.file()), done);
        } else {
            place.coming.begin(rules.activateNanos(), replaces ? place.serving : null, part, () -> forced.contains(content.file()), done);
        }
    }

    private void sayShadowed(String name, Place place, Content best) {
        for (Claim claim : claims.ofName(name)) {
            boolean shadowed = claim.wanted() != null && claim.wanted().symbolicName().equals(name) && !claim.wanted().id().equals(best.id())
                    && claims.failure(claim.wanted()) == null && !place.has(claim.wanted());
            if (claim.shadow(shadowed ? best.file() : "")) {
                LOG.info("{}: shadowed ({}; {} has {} of the same symbolic name)", claim.file(), claim.wanted().facts(), best.file(), best.facts().version());
            }
        }
    }

    /* ---- What comes and goes ---- */

    private void came(Deployment deployment, Throwable failure) {
        Content content = deployment.content();
        Place place = places.find(content.symbolicName());
        Part part = place.comingFor;
        place.coming = null;
        if (place.serving != null && place.serving.isLost()) {
            place.serving.discard();
            place.serving = null;
        }
        if (failure != null) {
            failed(content, failure);
        } else if (deployment.isReplacing() || isWanted(content, place, part)) {
            switch (part) {
                case ALL -> serve(place, deployment);
                case SHARE -> serveShare(place, deployment);
                case PINNED -> servePins(place, deployment);
            }
        } else if (!place.has(content)) {
            deployment.discard(); // Its file, or what confs pin, has changed again.
        }
    }

    private boolean isWanted(Content content, Place place, Part part) {
        Wanted wanted = wanted(content.symbolicName(), place);
        return switch (part) {
            case ALL -> wanted.all().filter(all -> all.id().equals(content.id())).isPresent();
            case SHARE -> wanted.candidate() != null && wanted.candidate().id().equals(content.id());
            case PINNED -> wanted.beside().stream().anyMatch(other -> other.id().equals(content.id()));
        };
    }

    private void failed(Content content, Throwable failure) {
        Refusal refusal = failure instanceof Refusal known ? known : new Refusal(Reasons.of(failure), failure);
        if (!content.configs().isEmpty()) { // the same jar may serve with others
            refusal = refusal.and(" (with " + content.configs().stream().map(ConfigFile::file).collect(Collectors.joining(", ")) + ")");
        }
        claims.failed(content, refusal);
        Claim claim = claims.of(content.file());
        Object keepsServing = places.of(content.symbolicName()).serving;
        sayFailed(content.file(), keepsServing == null && claim != null && claim.held() != null ? claim.held().facts() : keepsServing, refusal);
        journal.refused(content, refusal.getMessage(), rollbacks.isCalledBack(content));
        rollbacks.refused(content, refusal.getMessage());
    }

    private void serve(Place place, Deployment deployment) {
        Content content = deployment.content();
        String name = content.symbolicName();
        List<Content> held = claims.served(content);
        // A file that has become another plugin takes the one that it was along, in the same moment.
        List<Place> left = held.stream().map(Content::symbolicName).distinct().filter(other -> !other.equals(name) && claims.best(other).isEmpty())
                .map(places::find).filter(Objects::nonNull).toList();
        Deployment before = place.serving;
        Wanted wanted = wanted(name, place);
        boolean tried = before != null && wanted.tries(before);
        boolean stays = before != null && !tried && pinned.needs(before, name, place, content);
        Map<Bundle, Part> in = new HashMap<>(Map.of(deployment.bundle(), Part.ALL));
        List<Deployment> out = new ArrayList<>();
        if (tried) {
            lifecycle.share(before.bundle(), wanted.canary());
            in.put(before.bundle(), Part.SHARE);
        } else if (stays) {
            in.put(before.bundle(), Part.PINNED);
        } else if (before != null) {
            out.add(before);
        }
        left.forEach(other -> out.addAll(other.deployed()));
        try {
            lifecycle.switchOver(in, out.stream().map(Deployment::bundle).toList());
        } catch (RuntimeException e) {
            if (!place.has(content)) {
                deployment.discard();
            }
            failed(content, e);
            return;
        }
        deployment.served();
        left.forEach(Place::clear);
        place.pinned.remove(deployment);
        if (place.candidate == deployment) {
            place.candidate = null;
        }
        if (tried) {
            place.candidate = before;
            place.canary = wanted.canary();
        }
        place.serving = deployment;
        place.file = content.file();
        pinned.changed();
        say(deployment, out);
        journal.served(content, out, rollbacks.isCalledBack(content));
        if (stays) {
            place.pinned.add(before);
            sayPinned(before);
        }
        rollbacks.served(content);
        long rest = out.isEmpty() ? 0 : rest();
        out.forEach(gone -> gone.retire(rest, () -> {}));
        claims.retryWhatMayPass();
    }

    /* ---- Trials ---- */

    private void serveShare(Place place, Deployment deployment) {
        Canary canary = wanted(deployment.symbolicName(), place).canary();
        try {
            lifecycle.share(deployment.bundle(), canary);
            lifecycle.switchOver(Map.of(deployment.bundle(), Part.SHARE), place.candidate == null ? List.of() : List.of(place.candidate.bundle()));
        } catch (RuntimeException e) {
            if (!place.has(deployment.content())) {
                deployment.discard();
            }
            failed(deployment.content(), e);
            return;
        }
        if (place.candidate != null) {
            place.candidate.retire(0, () -> {}); // A newer one is tried in its place.
        }
        place.pinned.remove(deployment);
        place.candidate = deployment;
        place.canary = canary;
        pinned.changed();
        LOG.info("{}: {} is tried with {} of the calls; {} gets the others", deployment.content().file(), deployment, canary.percent(), place.serving);
    }

    private void worse(Bundle bundle, String why) {
        for (Place place : places.all()) {
            if (place.candidate != null && bundle.equals(place.candidate.bundle())) {
                LOG.warn("{}: {} is worse than {} and gets no calls any more: {}; it is held back until its file changes", place.candidate.content().file(), place.candidate,
                        place.serving, why);
                endTrial(place.candidate.symbolicName(), "return", "the runner", why);
                return;
            }
        }
    }

    /** The version before gets all calls again, and what was tried is held back until its file changes. */
    private String endTrial(String name, String change, String from, String why) {
        Split ended = canaries.end(name, change, from, why);
        for (Claim claim : claims.wanting(ended.candidate().id())) {
            rollbacks.holdBack(claim.file(), ended.candidate(), ended.before());
        }
        return ended.candidate().facts() + " is held back until its file changes; " + ended.before().facts() + " gets all calls";
    }

    /* ---- Pins ---- */

    private void servePins(Place place, Deployment deployment) {
        try {
            lifecycle.switchOver(Map.of(deployment.bundle(), Part.PINNED), List.of());
        } catch (RuntimeException e) {
            deployment.discard();
            failed(deployment.content(), e);
            return;
        }
        place.pinned.add(deployment);
        pinned.changed();
        sayPinned(deployment);
    }

    private void sayPinned(Deployment deployment) {
        String by = pinned.by(deployment.content());
        String why = by.isEmpty() ? "confs pinned it before the runner was started" : "pinned by " + by;
        LOG.info("{}: {} serves beside the newest version: {}", deployment.content().file(), deployment, why);
        journal.pinned(deployment.content(), why);
    }

    private void drop(Place place, Deployment deployment, String why) {
        try {
            lifecycle.switchOver(Map.of(), List.of(deployment.bundle()));
        } catch (RuntimeException e) {
            LOG.error("{} could not be taken out of service; it is tried again", deployment, e);
            return;
        }
        place.pinned.remove(deployment);
        pinned.changed();
        LOG.info("{}: {} is out of service: {}", deployment.content().file(), deployment, why);
        journal.unpinned(deployment.content(), why);
        deployment.retire(0, () -> {});
    }

    private void retirePinned(String name, String version, CompletableFuture<String> done) {
        List<Deployment> meant = new ArrayList<>();
        for (Place place : places.all()) {
            boolean named = place.deployed().stream().anyMatch(deployment -> deployment.symbolicName().equals(name) || deployment.plugins().contains(name));
            place.pinned.stream().filter(deployment -> named && deployment.content().facts().version().equals(Version.parseVersion(version))).forEach(meant::add);
        }
        if (meant.isEmpty()) {
            String there = places.all().stream().flatMap(place -> place.pinned.stream()).map(Deployment::toString).collect(Collectors.joining(", "));
            done.completeExceptionally(new CommandFailure("no version " + version + " of \"" + name + "\" is pinned (pinned are: " + (there.isEmpty() ? "none" : there) + ")"));
            return;
        }
        List<String> said = new ArrayList<>();
        for (Deployment deployment : meant) {
            String by = pinned.by(deployment.content());
            pinned.retire(deployment.content());
            drop(places.find(deployment.symbolicName()), deployment, "an operator has retired it");
            said.add(deployment + " is out of service" + (by.isEmpty() ? "" : "; calls by " + by + " get another version that satisfies the pin, or are refused"));
        }
        done.complete(String.join("\n", said));
    }

    private void say(Deployment deployment, List<Deployment> out) {
        Content content = deployment.content();
        String plugins = String.join(", ", deployment.plugins());
        Map<String, String> shadowed = lifecycle.shadowed(deployment.bundle());
        if (shadowed.keySet().containsAll(deployment.plugins())) {
            LOG.info("{}: shadowed ({}; {})", content.file(), content.facts(),
                    shadowed.entrySet().stream().map(entry -> "plugin " + entry.getKey() + " is served by " + entry.getValue()).collect(Collectors.joining("; ")));
        } else if (!out.isEmpty() && out.stream().allMatch(gone -> gone.content() != null && gone.content().sha256().equals(content.sha256()))) {
            String with = content.configs().stream().map(ConfigFile::file).collect(Collectors.joining(", "));
            LOG.info("{}: configured anew {} (now active: {}, plugins: {})", content.file(), with.isEmpty() ? "without a file" : "by " + with, content.facts(), plugins);
        } else if (out.isEmpty()) {
            LOG.info("{}: active ({}, plugins: {})", content.file(), content.facts(), plugins);
        } else {
            LOG.info("{}: replaced {} (now active: {}, plugins: {})", content.file(), out.stream().map(Deployment::toString).collect(Collectors.joining(", ")),
                    content.facts(), plugins);
        }
        if (!deployment.overruled().isEmpty()) {
            LOG.warn("{}: forced by {}.force: {}; calls of these confs are refused", content.file(), content.file(), deployment.overruled());
        }
    }

    private void remove(String name, Place place) {
        List<Deployment> out = place.deployed();
        try {
            lifecycle.switchOver(Map.of(), out.stream().map(Deployment::bundle).toList());
        } catch (RuntimeException e) {
            LOG.error("{}: {} could not be taken out of service; it is tried again", place.file, out, e);
            place.unsupportedSince = System.nanoTime();
            return;
        }
        places.remove(name);
        pinned.changed();
        out.forEach(deployment -> removed(deployment, deployment == place.serving ? place.file : deployment.content().file()));
    }

    private void removed(Deployment out, String file) {
        journal.removed(out, file);
        LOG.info("{}: removed ({})", file, out);
        statuses.retiring(file, out.toString());
        out.retire(0, () -> events.add(() -> statuses.retired(file, out.toString())));
    }

    private void abandonWhatHangs() {
        for (Place place : places.all()) {
            if (place.coming != null && place.comingUntil - System.nanoTime() <= 0) {
                String where = place.coming.where();
                if (place.coming.abandon()) {
                    Content content = place.coming.content();
                    place.coming = null;
                    failed(content, new Refusal("it did not come up within activate.timeout: its activator or a constructor hangs at " + where
                            + " (thread a6runner-activate-" + content.symbolicName() + "); it is left alone"));
                }
            }
        }
    }

    private void settle() {
        boolean coming = places.anyComing();
        boolean writing = lookAgain != Long.MAX_VALUE && System.nanoTime() - started < SETTLE_NANOS;
        if (scanned && !settled && !coming && !writing) {
            settled = true;
            lifecycle.settled();
            whenSettled.run();
        }
    }

    /** Whether what was in the folder at the start has come to something. Any thread. */
    boolean isSettled() {
        return settled;
    }
}
