// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.Claims.Claim;
import a6runner.spi.PluginLifecycle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes of what the files stand for, and of what serves, the status of each file. The deployer's thread. */
final class Statuses {

    /**
     * What a symbolic name is served by.
     *
     * @param serving what serves, maybe null
     * @param file the file that it serves for
     * @param coming what is on its way in, maybe null
     * @param pinned what serves pins beside it
     * @param candidate what gets a share of the calls, maybe null
     */
    record Seen(Deployment serving, String file, Deployment coming, List<Deployment> pinned, Deployment candidate) {

        static final Seen NOTHING = new Seen(null, "", null, List.of(), null);
    }

    /** Why there are more versions than one: which confs pin a content, and what is tried. */
    record Beside(Function<Content, String> pinnedBy, Canaries canaries) {}

    private final StatusBoard board;
    private final Claims claims;
    private final HeldBack heldBack;

    Statuses(StatusBoard board, Claims claims, HeldBack heldBack) {
        this.board = board;
        this.claims = claims;
        this.heldBack = heldBack;
    }

    /** Shows all files as they stand now; {@code waiting} are those that are being written, and why they are waited for. */
    void show(Map<String, String> waiting, Function<String, Seen> places, Beside more, PluginLifecycle lifecycle) {
        Function<Content, String> pinnedBy = more.pinnedBy();
        List<FileStatus> statuses = new ArrayList<>();
        List<FileStatus> beside = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (Claim claim : claims.all()) {
            FileStatus status = pinned(claim, places, pinnedBy);
            statuses.add(status != null ? status : of(claim, waiting.get(claim.file()), places, lifecycle));
            Stream.of(Optional.ofNullable(claim.wanted()), Optional.ofNullable(claim.held())).flatMap(Optional::stream).map(Content::symbolicName).forEach(names::add);
        }
        for (String name : names) {
            for (Deployment pinned : places.apply(name).pinned) {
                if (claims.wanting(pinned.id()).isEmpty()) {
                    beside.add(pinned(pinned.content().file(), pinned, places.apply(name), pinnedBy));
                }
            }
        }
        for (CanaryFile canary : more.canaries().files()) {
            if (claims.of(canary.file()) == null) {
                statuses.add(status(canary.file(), FileState.ACTIVE, more.canaries().says(canary), "", List.of(), ""));
            }
        }
        for (ConfigFile config : claims.configs()) {
            if (claims.of(config.file()) == null) {
                statuses.add(of(config, places));
            }
        }
        waiting.forEach((file, why) -> {
            if (claims.of(file) == null && statuses.stream().noneMatch(status -> status.file().equals(file)) && claims.configs().stream().noneMatch(config -> config.file().equals(file))) {
                statuses.add(status(file, FileState.WAITING, why, "", List.of(), ""));
            }
        });
        board.show(statuses, beside);
    }

    /** Has what was shown written beside the files. */
    void write() {
        board.write();
    }

    private static FileStatus pinned(Claim claim, Function<String, Seen> places, Function<Content, String> pinnedBy) {
        Seen seen = claim.wanted() == null ? Seen.NOTHING : places.apply(claim.wanted().symbolicName());
        return seen.pinned.stream().filter(deployment -> deployment.id().equals(claim.wanted().id())).findFirst()
                .map(deployment -> pinned(claim.file(), deployment, seen, pinnedBy)).orElse(null);
    }

    private static FileStatus pinned(String file, Deployment deployment, Seen seen, Function<Content, String> pinnedBy) {
        String by = pinnedBy.apply(deployment.content());
        return status(file, FileState.PINNED, by.isEmpty() ? "confs pinned it before the runner was started" : by, deployment.toString(), deployment.plugins(),
                seen.serving == null ? "" : seen.serving.toString());
    }

    private FileStatus of(Claim claim, String written, Function<String, Seen> places, PluginLifecycle lifecycle) {
        Content wanted = claim.wanted();
        if (wanted == null) {
            return status(claim.file(), FileState.FAILED, claim.refusal().getMessage(), "", List.of(), claim.held() == null ? "" : claim.held().facts().toString());
        }
        Seen seen = places.apply(wanted.symbolicName());
        String bundle = wanted.facts().toString();
        Content held = claim.held();
        // A file that has become another plugin still serves what it was; who serves the new name may be another file's.
        Deployment there = held == null || held.symbolicName().equals(wanted.symbolicName()) ? null : places.apply(held.symbolicName()).serving;
        boolean isAnother = there != null && there.id().equals(held.id());
        String serving = seen.serving != null && !isAnother ? seen.serving.toString() : held != null ? held.facts().toString() : "";
        String others = seen.serving == null ? serving : seen.serving.toString();
        if (seen.serving != null && seen.serving.id().equals(wanted.id())) {
            return serving(claim, bundle, seen.serving, written, lifecycle);
        }
        if (seen.candidate != null && seen.candidate.id().equals(wanted.id())) {
            return status(claim.file(), FileState.ACTIVE, "it is tried with a share of the calls (a6:canary), and " + others + " gets the others", bundle, seen.candidate.plugins(), serving);
        }
        Refusal failure = claims.failure(wanted);
        if (failure != null) {
            return status(claim.file(), failure.mayPass() ? FileState.WAITING : FileState.FAILED, failure.getMessage(), bundle, List.of(), serving);
        }
        if (seen.coming != null && seen.coming.id().equals(wanted.id()) && seen.coming.isReplacing()) {
            return status(claim.file(), FileState.WAITING, others + " has been taken out of service for it, and calls wait (replace.timeout)", bundle, List.of(), "");
        }
        if (seen.coming != null && seen.coming.id().equals(wanted.id())) {
            return status(claim.file(), FileState.WAITING, "it is being activated and checked", bundle, List.of(), serving);
        }
        Optional<Content> best = claims.best(wanted.symbolicName());
        if (best.isPresent() && !best.get().id().equals(wanted.id())) {
            return status(claim.file(), FileState.SHADOWED, best.get().file() + " has " + best.get().facts().version() + " of the same symbolic name", bundle, List.of(),
                    serving);
        }
        return status(claim.file(), FileState.WAITING, "its turn has not come yet", bundle, List.of(), serving);
    }

    private FileStatus serving(Claim claim, String bundle, Deployment serving, String written, PluginLifecycle lifecycle) {
        Map<String, String> shadowed = lifecycle.shadowed(serving.bundle());
        List<String> plugins = serving.plugins().stream().filter(plugin -> !shadowed.containsKey(plugin)).toList();
        String why = shadowed.entrySet().stream().map(entry -> "plugin " + entry.getKey() + " is served by " + entry.getValue()).collect(Collectors.joining("; "));
        if (!shadowed.isEmpty() && plugins.isEmpty()) {
            return status(claim.file(), FileState.SHADOWED, why, bundle, plugins, "");
        }
        HeldBack.Hold hold = heldBack.of(claim.file());
        if (!serving.overruled().isEmpty()) {
            why = "forced: " + serving.overruled();
        } else if (written != null) {
            why = "it is being written anew";
        } else if (hold != null && hold.instead().equals(claim.wanted().sha256())) {
            why = "rolled back: what the file holds (" + hold.held().substring(0, 12) + ") is held back until the file changes";
        }
        return status(claim.file(), FileState.ACTIVE, why, bundle, plugins, "");
    }

    private FileStatus of(ConfigFile config, Function<String, Seen> places) {
        ConfigFile winner = claims.winner(config.key());
        if (winner != config) {
            return status(config.file(), FileState.SHADOWED, winner.file() + " is read for the same PID", "", List.of(), "");
        }
        List<Content> all = claims.askingFor(config.pid());
        // Where a file's newest content is broken for whatever reason, it matters whether what serves in its place comes up with it.
        List<Content> asking = all.stream().filter(content -> claims.failure(content) == null
                || all.stream().noneMatch(other -> other.file().equals(content.file()) && claims.failure(other) == null)).toList();
        for (Content content : asking) {
            Refusal failure = claims.failure(content);
            if (failure != null) {
                return status(config.file(), FileState.FAILED, content.file() + " doesn't come up with it: " + failure.getMessage(), "", List.of(), "");
            }
        }
        boolean inForce = asking.stream().allMatch(content -> isInForce(content, places.apply(content.symbolicName())));
        String files = asking.stream().map(this::configuredOne).collect(Collectors.joining(", "));
        return status(config.file(), inForce ? FileState.ACTIVE : FileState.WAITING,
                asking.isEmpty() ? "no plugin's component has the PID " + config.pid() + "; it is there for whoever asks" : "configures " + files, "", List.of(), "");
    }

    /** Whether it serves, is tried, or has nothing to do as a better one of its symbolic name serves. */
    private boolean isInForce(Content content, Seen seen) {
        String serving = seen.serving == null ? "" : seen.serving.id();
        boolean tried = seen.candidate != null && seen.candidate.id().equals(content.id());
        return tried || serving.equals(content.id()) || claims.best(content.symbolicName()).map(Content::id).filter(serving::equals).isPresent();
    }

    private String configuredOne(Content content) {
        Claim claim = claims.of(content.file());
        boolean inPlace = claim != null && (claim.wanted() == null || !claim.wanted().sha256().equals(content.sha256()));
        return inPlace ? content.facts() + ", which serves in the place of what " + content.file() + " holds" : content.file();
    }

    /** A file has another content: what is said of it from now on is news, even in the same words. */
    void changed(String file) {
        board.renew(file);
    }

    /** A file is gone; what it held may serve on, for a moment or for another file. */
    void removed(String file, String bundle) {
        board.retire(file, bundle, "the file is gone");
    }

    /** What a file held is out of service. */
    void retiring(String file, String bundle) {
        board.retire(file, bundle, "out of service; the calls that are in it end");
    }

    /** No call is in what a file held any more, and it is stopped. */
    void retired(String file, String bundle) {
        board.retire(file, bundle, "out of service and stopped");
    }

    private static FileStatus status(String file, FileState state, String why, String bundle, List<String> plugins, String serving) {
        return new FileStatus(file, state, why, bundle, plugins, serving, Instant.now());
    }
}
