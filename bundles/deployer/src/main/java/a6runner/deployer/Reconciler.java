// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.Canaries.Split;
import a6runner.deployer.Claims.Claim;
import a6runner.deployer.Places.Place;
import a6runner.spi.Canary;
import a6runner.spi.CommandFailure;
import a6runner.spi.PluginLifecycle;
import a6runner.spi.PluginLifecycle.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what serves into line with what should: for each symbolic name the best of the files' contents that carry it ({@link Claims}) gets all calls, or what was before
 * that while the best is tried ({@link Canaries}), and beside it serves what confs pin ({@link PinnedVersions}). What is missing is brought in, one bundle at a time for
 * each name, and what nobody needs any more is taken out.
 *
 * <p>The deployer's thread. It waits for nothing that a plugin does.
 */
final class Reconciler {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    /**
     * So long after an upgrade what can wait does: its entries in files, the statuses, and the old version's end. The first calls in the new one find its code cold,
     * and need the processors for themselves.
     */
    static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** So long before a switch nothing is done: the JVM compiles what has just run, and had better be through with it when calls find the new version's code cold. */
    private static final long BEFORE_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    /** And so long after it, before even the log hears of it. */
    private static final long AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final String CANT_STAND_BESIDE = "it can't be tried beside another version (upgrade = replace)";

    /** What it goes by, and whom it tells. */
    record Rooms(Claims claims, Places places, KnownOffers offers, NamedPlugins named, PinnedVersions pinned, Canaries canaries, Rollbacks rollbacks, Journal journal, Statuses statuses) {}

    private final PluginLifecycle lifecycle;
    private final Function<Content, Deployment> deployments;
    private final Deployer.Rules rules;
    private final Predicate<String> forced;
    private final Consumer<Runnable> events;
    private final Claims claims;
    private final Places places;
    private final KnownOffers offers;
    private final NamedPlugins named;
    private final PinnedVersions pinned;
    private final Canaries canaries;
    private final Rollbacks rollbacks;
    private final Journal journal;
    private final Statuses statuses;
    private int room; // for bundles to be brought in
    private boolean queued; // whether some wait for it
    private long restUntil = System.nanoTime() - REST_NANOS;
    private Runnable leftToDo; // what an upgrade has left to do when the rest is over

    /** {@code forced} tells whether a file's content may refuse current confs, on any thread; {@code events} has something done on the deployer's thread. */
    Reconciler(PluginLifecycle lifecycle, Function<Content, Deployment> deployments, Deployer.Rules rules, Predicate<String> forced, Consumer<Runnable> events, Rooms rooms) {
        this.lifecycle = lifecycle;
        this.deployments = deployments;
        this.rules = rules;
        this.forced = forced;
        this.events = events;
        this.claims = rooms.claims();
        this.places = rooms.places();
        this.offers = rooms.offers();
        this.named = rooms.named();
        this.pinned = rooms.pinned();
        this.canaries = rooms.canaries();
        this.rollbacks = rooms.rollbacks();
        this.journal = rooms.journal();
        this.statuses = rooms.statuses();
    }

    /* ---- What should serve ---- */

    /** Looks at each name what is to be brought in and taken out, and begins with it. */
    void reconcile() {
        abandonWhatHangs();
        canaries.tend();
        room = places.room(System.nanoTime());
        queued = false;
        if (pinned.refresh()) {
            claims.retryWhatMayPass(); // A pin may have barred it.
        }
        Set<String> names = namesInUse();
        Set<String> first = first(names);
        first.forEach(this::plan);
        long now = System.nanoTime();
        if (first.stream().map(places::of).anyMatch(place -> place.comesQuickly(now))) {
            queued = true;
        } else {
            names.stream().filter(name -> !first.contains(name)).forEach(this::plan);
        }
        pinned.tell();
    }

    /** Whether something waits for room. */
    boolean isQueued() {
        return queued;
    }

    /** Until when what can wait does. */
    long restUntil() {
        return restUntil;
    }

    /** Whether an upgrade has left something to do, and all else may wait for that too. */
    boolean isResting() {
        return leftToDo != null && !isRested();
    }

    /** Does what an upgrade has left to do, before anything else is done. */
    void endRest() {
        Runnable before = leftToDo;
        leftToDo = null;
        if (before != null) {
            before.run();
        }
    }

    /** Begins to rest, and says how long; 0 where one upgrade follows another, else there would be no end, and old versions would pile up. */
    private long rest() {
        if (!isRested()) {
            return 0;
        }
        restUntil = System.nanoTime() + REST_NANOS;
        return REST_NANOS;
    }

    private boolean isRested() {
        return System.nanoTime() - restUntil >= 0;
    }

    private Set<String> namesInUse() {
        Set<String> names = new HashSet<>(places.names());
        names.addAll(pinned.names());
        names.addAll(claims.names());
        return names;
    }

    /** The names whose best offers what calls wait for, or as long as none does, what the first calls will most likely need. */
    private Set<String> first(Set<String> names) {
        Set<String> awaited = lifecycle.awaited();
        Set<String> plugins = awaited.isEmpty() ? named.before() : awaited;
        Set<String> first = new HashSet<>();
        for (String name : names) {
            List<String> offered = claims.best(name).map(offers::of).orElse(List.of());
            if (!Collections.disjoint(offered, plugins)) {
                first.add(name);
            }
        }
        return first;
    }

    /** The plugins that serve, and that nothing still to come takes the place of: nothing that is to come has ever offered them, as far as that is known. */
    Set<String> settled() {
        Set<String> settled = new HashSet<>();
        Set<String> open = new HashSet<>();
        for (String name : namesInUse()) {
            Place place = places.of(name);
            Wanted wanted = wanted(name, place);
            Stream<Content> tried = Stream.ofNullable(wanted.candidate()).filter(content -> !place.has(content));
            List<Content> toCome = Stream.concat(wanted.all().stream().filter(content -> !places.serves(content)), tried).toList();
            if (toCome.stream().anyMatch(content -> offers.of(content) == null)) {
                return Set.of();
            }
            toCome.forEach(content -> open.addAll(offers.of(content)));
            if (toCome.isEmpty() && place.serving != null) {
                settled.addAll(place.serving.plugins());
            }
        }
        settled.removeAll(open);
        return settled;
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

    private boolean replaces(Place place, Content content) {
        return place.serving != null && rules.replaces().test(content, place.serving.plugins());
    }

    private Wanted wanted(String name, Place place) {
        Optional<Content> best = claims.best(name);
        Optional<Split> split = best.flatMap(content -> canaries.split(name, place, content));
        if (split.isPresent() && places.serves(best.get()) && replaces(place, split.get().before())) {
            canaries.giveUp(name, best.get(), CANT_STAND_BESIDE);
            split = Optional.empty();
        }
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
                sayShadowed(name, place, wanted);
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
            LOG.info("{}: {} was still being activated when something else was to serve in its place, and is dropped", place.coming.content().file(), place.coming);
            place.coming = null;
        }
    }

    private void begin(String name, Place place, Content content, Part part) {
        if (room <= 0) {
            queued = true;
            return;
        }
        room--;
        boolean replaces = replaces(place, content);
        Refusal barred = !replaces ? null : part == Part.ALL ? pinned.bars(content, name, place)
                : part == Part.SHARE ? new Refusal(CANT_STAND_BESIDE + ": take the rule away (a6:abort, or the .canary file) and deploy it again") : null;
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
        long quiet = place.serving != null && !replaces && isRested() ? BEFORE_NANOS : 0;
        BiConsumer<Deployment, Throwable> done = (deployment, failure) -> {
            LockSupport.parkNanos(failure == null ? quiet : 0); // on the activating thread
            events.accept(() -> came(deployment, failure));
        };
        if (deployed.isPresent()) {
            place.coming.recheck(rules.activateNanos(), part, () -> forced.test(content.file()), done);
        } else {
            place.coming.begin(rules.activateNanos(), replaces ? place.serving : null, part, () -> forced.test(content.file()), done);
        }
    }

    private void sayShadowed(String name, Place place, Wanted wanted) {
        Content best = wanted.all().get();
        for (Claim claim : claims.ofName(name)) {
            boolean shadowed = claim.wanted() != null && claim.wanted().symbolicName().equals(name) && !claim.wanted().id().equals(best.id())
                    && claims.failure(claim.wanted()) == null && !place.has(claim.wanted())
                    && (wanted.candidate() == null || !wanted.candidate().id().equals(claim.wanted().id()));
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
        Object there = places.of(content.symbolicName()).serving;
        Content held = claim == null ? null : claim.held();
        boolean isAnother = held != null && !held.symbolicName().equals(content.symbolicName()) && places.serves(held);
        DeployLog.failed(content.file(), held != null && (there == null || isAnother) ? held.facts() : there, refusal);
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
        // What was stopped for a successor has nothing more to serve, and what an earlier deployer left isn't known well enough.
        boolean runs = before != null && before.content() != null && !deployment.isReplacing();
        boolean tried = runs && wanted.tries(before);
        boolean stays = runs && !tried && pinned.needs(before, name, place, content);
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
        if (tried && place.candidate != null && place.candidate != deployment) {
            out.add(place.candidate);
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
        long rest = out.isEmpty() ? 0 : rest();
        LockSupport.parkNanos(rest > 0 ? AFTER_NANOS : 0);
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
        pinned.came(deployment);
        if (stays) {
            place.pinned.add(before);
        }
        DeployLog.served(deployment, out, lifecycle.shadowed(deployment.bundle()));
        leftToDo = () -> {
            journal.served(content, out, rollbacks.isCalledBack(content), wanted.candidate() != null);
            sayMissed(deployment, out);
            if (stays) {
                sayPinned(before);
            }
            rollbacks.served(content);
            out.forEach(gone -> gone.retire(rest > 0 ? restUntil - System.nanoTime() : 0, () -> {}));
            claims.retryWhatMayPass();
        };
        if (rest == 0) {
            endRest();
        }
    }

    /** Says which plugins nobody offers any more, though confs name them. */
    private void sayMissed(Deployment deployment, List<Deployment> out) {
        Set<String> missed = out.stream().flatMap(gone -> gone.plugins().stream()).collect(Collectors.toCollection(TreeSet::new));
        missed.removeAll(deployment.plugins());
        places.all().stream().filter(place -> place.serving != null).forEach(place -> missed.removeAll(place.serving.plugins()));
        if (!missed.isEmpty()) {
            missed.retainAll(lifecycle.named());
        }
        if (!missed.isEmpty()) {
            DeployLog.missed(deployment, missed);
        }
    }

    /* ---- Trials ---- */

    private void serveShare(Place place, Deployment deployment) {
        Wanted wanted = wanted(deployment.symbolicName(), place);
        Canary canary = wanted.canary();
        Deployment before = place.candidate;
        boolean stays = before != null && pinned.needs(before, deployment.symbolicName(), place, wanted.all().orElseThrow());
        try {
            lifecycle.share(deployment.bundle(), canary);
            lifecycle.switchOver(stays ? Map.of(deployment.bundle(), Part.SHARE, before.bundle(), Part.PINNED) : Map.of(deployment.bundle(), Part.SHARE),
                    before == null || stays ? List.of() : List.of(before.bundle()));
        } catch (RuntimeException e) {
            if (!place.has(deployment.content())) {
                deployment.discard();
            }
            failed(deployment.content(), e);
            return;
        }
        place.pinned.remove(deployment);
        place.candidate = deployment;
        if (stays) {
            place.pinned.add(before);
            sayPinned(before);
        } else if (before != null) {
            before.retire(0, () -> {}); // A newer one is tried in its place.
        }
        place.canary = canary;
        pinned.came(deployment);
        LOG.info("{}: {} is tried with {} of the calls; {} gets the others", deployment.content().file(), deployment, canary.percent(), place.serving);
    }

    /** Begins to try a version, as {@code a6:canary} says; the sentence says what it has come to. */
    String tryOut(String name, Canary canary, boolean next) {
        Place place = places.find(name);
        if (place != null && place.serving != null && place.serving.content() != null && replaces(place, place.serving.content())) {
            throw new CommandFailure(place.serving + " can't stand beside another version (upgrade = replace), so none can be tried");
        }
        return canaries.begin(name, canary, next);
    }

    /** The runner has found a bundle that is tried worse than the one before. */
    void worse(Bundle bundle, String why) {
        for (Place place : places.all()) {
            if (place.candidate != null && bundle.equals(place.candidate.bundle())) {
                Content content = place.candidate.content();
                LOG.warn("{}: {} is worse than {} and gets no calls any more: {}", content.file(), place.candidate, place.serving, why);
                if (canaries.tries(content.symbolicName(), content)) { // else another end of the trial, or another version, is on its way already
                    LOG.warn("{}: {}", content.file(), endTrial(content.symbolicName(), "return", "the runner", why));
                }
                return;
            }
        }
    }

    /** The version before gets all calls again, and what was tried is held back until its file changes. */
    String endTrial(String name, String change, String from, String why) {
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
        pinned.came(deployment);
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

    /** An operator gives a pinned version up; the sentence says what it has come to. */
    String retire(String name, String version) {
        List<Deployment> meant = new ArrayList<>();
        for (Place place : places.all()) {
            boolean named = place.deployed().stream().anyMatch(deployment -> deployment.symbolicName().equals(name) || deployment.plugins().contains(name));
            place.pinned.stream().filter(deployment -> named && deployment.content().facts().version().equals(Version.parseVersion(version))).forEach(meant::add);
        }
        if (meant.isEmpty()) {
            String there = places.all().stream().flatMap(place -> place.pinned.stream()).map(Deployment::toString).collect(Collectors.joining(", "));
            throw new CommandFailure("no version " + version + " of \"" + name + "\" is pinned (pinned are: " + (there.isEmpty() ? "none" : there) + ")");
        }
        List<String> said = new ArrayList<>();
        for (Deployment deployment : meant) {
            if (places.find(deployment.symbolicName()).coming == deployment) {
                throw new CommandFailure(deployment + " is being checked, as a file has it anew; a6:why " + name + " says what it comes to");
            }
            String by = pinned.by(deployment.content());
            pinned.retire(deployment.content());
            drop(places.find(deployment.symbolicName()), deployment, "an operator has retired it");
            said.add(deployment + " is out of service" + (by.isEmpty() ? "" : "; calls by " + by + " get another version that satisfies the pin, or are refused"));
        }
        return String.join("\n", said);
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
        out.forEach(deployment -> removed(deployment, place));
    }

    private void removed(Deployment out, Place place) {
        boolean served = out == place.serving;
        String file = served ? place.file : out.content().file();
        if (served) {
            journal.removed(out, file);
        } else {
            journal.unpinned(out.content(), "no file has the bundle any more");
        }
        LOG.info("{}: removed ({})", file, out);
        statuses.retiring(file, out.toString());
        out.retire(0, () -> events.accept(() -> statuses.retired(file, out.toString())));
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
}
