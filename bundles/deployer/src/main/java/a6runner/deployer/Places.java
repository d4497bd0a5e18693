// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.Canary;
import a6runner.spi.PluginLifecycle.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What each symbolic name is served by. The deployer's thread. */
final class Places {

    /** So much longer than its grace a removal waits for bundles that are on their way in: additions before removals, but one that hangs holds up nothing. */
    private static final long ADDITIONS_FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** So many are brought in side by side: more would only wait for the framework's locks. */
    static final int ABREAST = Math.max(2, Runtime.getRuntime().availableProcessors());
    /** One that takes longer holds up no other. */
    static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** One symbolic name's: at most one bundle serves all calls, others beside it those that pin their versions, and at most one is on its way in. */
    static final class Place {
        Deployment serving;
        String file = ""; // the file that it serves for
        final List<Deployment> pinned = new ArrayList<>();
        Deployment candidate; // gets a share of the calls
        Canary canary; // which share
        Deployment coming;
        Part comingFor;
        long comingSince;
        long comingUntil;
        boolean unsupported; // no file supports it
        long unsupportedSince;

        boolean serves(Content content) {
            return serving != null && serving.id().equals(content.id());
        }

        /** All that serve calls. */
        List<Deployment> deployed() {
            return Stream.of(Stream.ofNullable(serving), Stream.ofNullable(candidate), pinned.stream()).flatMap(deployments -> deployments).toList();
        }

        /** The bundle in service that has a content. */
        Optional<Deployment> deployed(Content content) {
            return deployed().stream().filter(deployment -> deployment.id().equals(content.id())).findFirst();
        }

        /** Nothing serves any more. */
        void clear() {
            serving = null;
            candidate = null;
            pinned.clear();
        }

        boolean has(Content content) {
            return deployed(content).isPresent();
        }

        /** Whether something is on its way in that hasn't turned out to be slow yet. */
        boolean comesQuickly(long now) {
            return coming != null && now - comingSince < QUICK_NANOS;
        }
    }

    private final Map<String, Place> places = new TreeMap<>();

    /** A name's place, made if there is none. */
    Place of(String name) {
        return places.computeIfAbsent(name, key -> new Place());
    }

    /** A name's place, null if there is none. */
    Place find(String name) {
        return places.get(name);
    }

    void remove(String name) {
        places.remove(name);
    }

    Set<String> names() {
        return Set.copyOf(places.keySet());
    }

    Collection<Place> all() {
        return places.values();
    }

    boolean serves(Content content) {
        Place place = places.get(content.symbolicName());
        return place != null && place.serves(content);
    }

    /** How many bundles may be brought in now. */
    int room(long now) {
        return ABREAST - (int) places.values().stream().filter(place -> place.comesQuickly(now)).count();
    }

    /** Whether any bundle is on its way in. */
    boolean anyComing() {
        return places.values().stream().anyMatch(place -> place.coming != null);
    }

    /** When what no file supports is to be removed. */
    long removalTime(Place place) {
        return place.unsupportedSince + Deployer.GRACE_NANOS + (anyComing() ? ADDITIONS_FIRST_NANOS : 0);
    }

    /**
     * When something has come too late or is to be removed; {@code otherwise} if that is sooner.
     *
     * @param queued whether others wait for room, which there is when one on its way in turns out not to be quick
     */
    long nextDeadline(long otherwise, boolean queued) {
        long next = otherwise;
        long now = System.nanoTime();
        for (Place place : places.values()) {
            long slowAt = place.comingSince + QUICK_NANOS;
            if (queued && place.coming != null && slowAt - now > 0 && slowAt - next < 0) {
                next = slowAt;
            }
            if (place.coming != null && place.comingUntil - next < 0) {
                next = place.comingUntil;
            }
            if (place.unsupported && place.coming == null && removalTime(place) - next < 0) {
                next = removalTime(place);
            }
        }
        return next;
    }
}
