// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.Places.Place;
import a6runner.spi.PluginLifecycle;
import a6runner.spi.PluginLifecycle.Pin;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which contents confs pin by {@code name@version}. A pin means the newest that satisfies it of what serves, what files hold, and what is pinned already, whatever
 * its file holds by now. The contents that are pinned are written down, so that a runner that is started anew has them before the confs come again.
 *
 * <p>The deployer's thread; {@link #changed} any.
 */
final class PinnedVersions {

    private static final Logger LOG = LoggerFactory.getLogger(PinnedVersions.class);
    /** What was pinned before a restart waits so long for the confs that pin it: as long as one is current without a call. */
    private static final long RESTORED_NANOS = TimeUnit.HOURS.toNanos(24);

    private final Path file;
    private final ContentStore store;
    private final PluginLifecycle lifecycle;
    private final Claims claims;
    private final Places places;
    private final BiPredicate<Content, Place> replaces;
    private final Map<String, List<Content>> restored = new HashMap<>(); // by symbolic name: of an earlier runner, and not pinned yet
    private final long restoredUntil = System.nanoTime() + RESTORED_NANOS;
    private final Set<String> retired = new HashSet<>(); // ids of contents that an operator has retired
    private final KnownOffers offers;
    private Map<String, List<Pin>> pins = Map.of(); // by symbolic name
    private Set<String> unsatisfiable = Set.of();
    private String written = "";
    private volatile boolean changed;

    /** {@code file} is made when there is something to put into it; {@code replaces} tells whether a content can't stand beside what a place has. */
    PinnedVersions(Path file, Rollbacks.Past past, PluginLifecycle lifecycle, Claims claims, Places places, BiPredicate<Content, Place> replaces) {
        this.file = file;
        this.store = past.store();
        this.offers = past.offers();
        this.lifecycle = lifecycle;
        this.claims = claims;
        this.places = places;
        this.replaces = replaces;
    }

    /** Confs pin other versions from now on, or plugins have come or gone. */
    void changed() {
        changed = true;
    }

    /** A bundle has come into service: it is known now what it offers. */
    void came(Deployment deployment) {
        offers.put(deployment.id(), deployment.plugins());
        changed = true;
    }

    /** Forgets of contents that no file has any more that they were retired. */
    private void retainRetired() {
        Set<String> needed = claims.all().stream().flatMap(claim -> Stream.of(Optional.ofNullable(claim.wanted()), Optional.ofNullable(claim.held()))).flatMap(Optional::stream)
                .map(Content::id).collect(Collectors.toSet());
        places.all().forEach(place -> place.deployed().forEach(deployment -> needed.add(deployment.id())));
        retired.removeIf(id -> !needed.contains(id));
    }

    /** Reads what was pinned when the runner before this one ended. */
    void restore() {
        try {
            written = WholeFile.read(file);
            for (String line : written.lines().toList()) {
                String[] parts = line.split("\t");
                if (parts.length == 3) {
                    restore(parts[0], parts[1], parts[2]);
                }
            }
        } catch (NoSuchFileException e) {
            return; // Nothing was ever pinned.
        } catch (IOException e) {
            LOG.error("{} can't be read: versions that confs pin, and that no file has any more, are not there: {}", file, e.toString());
        }
    }

    private void restore(String name, String from, String sha256) throws IOException {
        try {
            Content content = store.content(from, sha256, 0);
            restored.computeIfAbsent(name, key -> new ArrayList<>()).add(claims.configured(content));
        } catch (IOException e) {
            LOG.error("{}: the copy of {} {}, which confs pin, can't be read: {}", from, name, sha256.substring(0, 12), e.toString());
        }
    }

    /** Asks what is pinned, if that may have changed; whether it has. */
    boolean refresh() {
        if (!changed) {
            return false;
        }
        changed = false;
        retainRetired();
        pins = lifecycle.pins().stream().collect(Collectors.groupingBy(Pin::symbolicName));
        return true;
    }

    /** Tells the runner which pins nothing satisfies. To be called once what is on its way in is known. */
    void tell() {
        Set<String> now = new HashSet<>();
        pins.forEach((name, ofName) -> {
            Place place = places.find(name);
            ofName.stream().filter(pin -> place == null || meant(pin, name, place).isEmpty()).map(Pin::name).forEach(now::add);
        });
        if (!now.equals(unsatisfiable)) {
            unsatisfiable = now;
            lifecycle.unsatisfiable(now);
        }
    }

    /** The symbolic names that have something of an earlier runner. */
    Set<String> names() {
        return restored.keySet();
    }

    /** The contents that are to serve a name's pins beside the one that serves all other calls. */
    Set<Content> wanted(String name, Place place, Content best) {
        Map<String, Content> wanted = new LinkedHashMap<>(); // by id: a file may hold what was restored
        for (Pin pin : pins.getOrDefault(name, List.of())) {
            meant(pin, name, place).ifPresent(content -> wanted.put(content.id(), content));
        }
        List<Content> before = restored.get(name);
        if (before != null) {
            before.removeIf(content -> System.nanoTime() - restoredUntil > 0 || content.id().equals(best.id()) || claims.failure(content) != null
                    || wanted.containsKey(content.id()) && place.has(content)); // From then on it stays as long as the pins do.
            before.stream().filter(content -> canStandBeside(content, place)).forEach(content -> wanted.putIfAbsent(content.id(), content));
        }
        wanted.remove(best.id());
        return new LinkedHashSet<>(wanted.values());
    }

    /** Whether a bundle has to stay beside the best, as pins mean it, or will until what they mean is there. */
    boolean needs(Deployment deployment, String name, Place place, Content best) {
        Content content = deployment.content();
        if (content == null || retired.contains(content.id())) {
            return false;
        }
        if (wanted(name, place, best).stream().anyMatch(wanted -> wanted.id().equals(content.id()))) {
            return true;
        }
        return pins.getOrDefault(name, List.of()).stream().filter(pin -> pin.versions().includes(content.facts().version()) && mayOffer(content, pin.plugin()))
                .anyMatch(pin -> meant(pin, name, place).filter(meant -> !place.has(meant)).isPresent());
    }

    private Optional<Content> meant(Pin pin, String name, Place place) {
        return eligible(name, place).filter(content -> pin.versions().includes(content.facts().version()) && mayOffer(content, pin.plugin())).max(Content.RANK);
    }

    private boolean mayOffer(Content content, String plugin) {
        List<String> known = offers.of(content);
        return known == null || known.contains(plugin);
    }

    private Stream<Content> eligible(String name, Place place) {
        List<Content> files = claims.ofName(name).stream().flatMap(claim -> Stream.of(Optional.ofNullable(claim.wanted()), Optional.ofNullable(claim.held())))
                .flatMap(Optional::stream).filter(content -> content.symbolicName().equals(name) && claims.failure(content) == null)
                .filter(content -> canStandBeside(content, place)).toList();
        Set<String> hashes = files.stream().map(Content::sha256).collect(Collectors.toSet());
        // Of what files hold with another configuration by now only that counts.
        Stream<Content> deployed = place.deployed().stream().map(Deployment::content).filter(Objects::nonNull).filter(content -> !hashes.contains(content.sha256()));
        Stream<Content> before = restored.getOrDefault(name, List.of()).stream().filter(content -> claims.failure(content) == null && canStandBeside(content, place));
        return Stream.of(files.stream(), deployed, before).flatMap(contents -> contents).filter(content -> !retired.contains(content.id()));
    }

    private boolean canStandBeside(Content content, Place place) {
        return place.has(content) || !replaces.test(content, place);
    }

    /** Which confs pin a content, in words; empty if none does. */
    String by(Content content) {
        List<Pin> by = pins.getOrDefault(content.symbolicName(), List.of()).stream().filter(pin -> pin.versions().includes(content.facts().version())).toList();
        return by.stream().map(pin -> pin.name() + " in " + String.join(", ", pin.confs()) + (pin.count() > pin.confs().size() ? " and "
                + (pin.count() - pin.confs().size()) + " more confs" : "")).collect(Collectors.joining("; "));
    }

    /** Why a content can't take the place of what serves, which can't stand beside it; null if it can. */
    Refusal bars(Content content, String name, Place place) {
        List<String> pinned = place.deployed().stream().filter(deployment -> needs(deployment, name, place, content)).map(deployment -> deployment + " is pinned by "
                + by(deployment.content())).toList();
        return pinned.isEmpty() ? null : Refusal.waiting(String.join("; ", pinned) + ", and can't stand beside another version (upgrade = replace): change these confs, or give it up"
                + " by a6:retire");
    }

    /** An operator gives a content up: pins don't mean it any more, until a file comes with it anew. */
    void retire(Content content) {
        retired.add(content.id());
        restored.values().forEach(contents -> contents.removeIf(other -> other.id().equals(content.id())));
    }

    /** A file has a content anew. */
    void arrived(Content content) {
        retired.remove(content.id());
    }

    /** The hashes of the contents that may be needed. */
    Set<String> contents() {
        return restored.values().stream().flatMap(List::stream).map(Content::sha256).collect(Collectors.toSet());
    }

    /** Writes down what is pinned. */
    void write() {
        Stream<Content> deployed = places.all().stream().flatMap(place -> place.pinned.stream()).map(Deployment::content);
        Stream<Content> before = restored.values().stream().flatMap(List::stream);
        String lines = Stream.concat(deployed, before).map(content -> content.symbolicName() + "\t" + content.file() + "\t" + content.sha256() + "\n").distinct().sorted()
                .collect(Collectors.joining());
        if (lines.equals(written)) {
            return;
        }
        try {
            WholeFile.write(file, lines);
            written = lines;
        } catch (IOException e) {
            LOG.warn("what is pinned can't be written down, so it won't be there after a restart: {}", e.toString());
            written = lines; // Said once, not with each change of something else.
        }
    }
}
