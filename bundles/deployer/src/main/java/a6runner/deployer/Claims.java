// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the files of the folder stand for.
 *
 * <p>A file wants its newest content to serve. Until that serves (or is found to be shadowed by a better one), the content before it is held: it goes on
 * serving for the file, and stays in service if the newest fails. So a file supports a symbolic name by its wanted content, or by its held content while the
 * wanted one is broken or of another symbolic name; then with the configurations that there are now, unless it doesn't come up with them. A content that failed is not tried again before a file arrives with it anew, or what it waits for may
 * have come.
 *
 * <p>The deployer's thread.
 */
final class Claims {

    /** What one file stands for. */
    static final class Claim {
        private final String file;
        private Content wanted; // the newest content, null if it can't be deployed
        private Content held; // what serves for the file until the wanted content does, maybe null
        private Refusal refusal; // why there is no wanted content
        private String shadowedBy = ""; // what it was last said to be shadowed by

        private Claim(String file) {
            this.file = file;
        }

        String file() {
            return file;
        }

        Content wanted() {
            return wanted;
        }

        Content held() {
            return held;
        }

        Refusal refusal() {
            return refusal;
        }

        /** Takes note of what shadows the file; whether that is news. */
        boolean shadow(String by) {
            boolean news = !by.isEmpty() && !shadowedBy.equals(by);
            shadowedBy = by;
            if (news) {
                held = null;
            }
            return news;
        }
    }

    private final Map<String, Claim> claims = new TreeMap<>();
    private Map<String, List<Claim>> byName = Map.of(); // who wants or holds, or has held, a symbolic name; null when it is to be made anew
    private final Map<String, Refusal> failed = new HashMap<>(); // by a content's id
    private final Map<String, ConfigFile> configs = new TreeMap<>(); // by file
    private final Predicate<Content> serves;

    /** {@code serves} tells whether a content is in service. */
    Claims(Predicate<Content> serves) {
        this.serves = serves;
    }

    Collection<Claim> all() {
        return claims.values();
    }

    Claim of(String file) {
        return claims.get(file);
    }

    /** A file has a new content; gives the file's claim. */
    Claim arrived(Content content) {
        Claim claim = claims.computeIfAbsent(content.file(), Claim::new);
        want(claim, configured(content));
        failed.remove(claim.wanted.id());
        return claim;
    }

    private void want(Claim claim, Content content) {
        holdWhatServes(claim);
        byName = null;
        claim.wanted = content;
        claim.refusal = null;
        claim.shadowedBy = "";
        if (serves.test(content)) {
            claim.held = null; // The content under another file name, or back again.
        }
    }

    /** A file has a content that can't be deployed; gives the file's claim. */
    Claim refused(String file, Refusal refusal) {
        Claim claim = claims.computeIfAbsent(file, Claim::new);
        holdWhatServes(claim);
        byName = null;
        claim.wanted = null;
        claim.refusal = refusal;
        return claim;
    }

    private void holdWhatServes(Claim claim) {
        if (claim.wanted != null && serves.test(claim.wanted)) {
            claim.held = claim.wanted;
        }
    }

    /** A file is gone; gives what it stood for, null if that was nothing. */
    Claim removed(String file) {
        byName = null;
        return claims.remove(file);
    }

    /* ---- Configurations ---- */

    /** A configuration file has a new content: what asks for it wants it from now on. */
    void configured(ConfigFile config) {
        ConfigFile before = configs.put(config.file(), config);
        reconfigure(config.pid());
        if (before != null && !before.pid().equals(config.pid())) {
            reconfigure(before.pid());
        }
    }

    /** A configuration file is gone; gives what it was, null if it was none. */
    ConfigFile unconfigured(String file) {
        ConfigFile before = configs.remove(file);
        if (before != null) {
            reconfigure(before.pid());
        }
        return before;
    }

    private void reconfigure(String pid) {
        for (Claim claim : claims.values()) {
            if (claim.wanted != null && claim.wanted.facts().pids().contains(pid)) {
                want(claim, configured(claim.wanted));
            }
        }
    }

    Collection<ConfigFile> configs() {
        return configs.values();
    }

    /** The file that a configuration comes from if two have one key: the first by name. */
    ConfigFile winner(String key) {
        return configs.values().stream().filter(config -> config.key().equals(key)).findFirst().orElse(null);
    }

    /** The contents that ask for a PID: what files want, and where that is broken, what serves in its place too. */
    List<Content> askingFor(String pid) {
        return claims.values().stream().flatMap(this::asking).filter(content -> content.facts().pids().contains(pid)).toList();
    }

    private Stream<Content> asking(Claim claim) {
        Stream<Content> held = claim.held == null || works(claim) ? Stream.empty() : Stream.of(configured(claim.held));
        return Stream.concat(Stream.ofNullable(claim.wanted), held.filter(content -> claim.wanted == null || !claim.wanted.id().equals(content.id())));
    }

    /** A content with the configurations that there are for it now. */
    Content configured(Content content) {
        return content.with(configsOf(content.facts().pids()));
    }

    private List<ConfigFile> configsOf(Set<String> pids) {
        return configs.values().stream().filter(config -> pids.contains(config.pid()) && winner(config.key()) == config)
                .sorted(Comparator.comparing(ConfigFile::key)).toList();
    }

    /* ---- What should serve ---- */

    /** The symbolic names that files want to be served. */
    Set<String> names() {
        return claims.values().stream().map(claim -> claim.wanted).filter(Objects::nonNull).map(Content::symbolicName).collect(Collectors.toSet());
    }

    /** The best content among those that files support a name by. */
    Optional<Content> best(String name) {
        return ofName(name).stream().flatMap(claim -> supports(claim, name)).max(Content.RANK);
    }

    /** The claims that may have to do with a symbolic name: all that do, and maybe others. */
    List<Claim> ofName(String name) {
        if (byName == null) {
            Map<String, List<Claim>> index = new HashMap<>();
            for (Claim claim : claims.values()) {
                Stream.of(Optional.ofNullable(claim.wanted), Optional.ofNullable(claim.held)).flatMap(Optional::stream).map(Content::symbolicName).distinct()
                        .forEach(named -> index.computeIfAbsent(named, key -> new ArrayList<>(1)).add(claim));
            }
            byName = index;
        }
        return byName.getOrDefault(name, List.of());
    }

    private boolean works(Claim claim) {
        return claim.wanted != null && failure(claim.wanted) == null;
    }

    /** What a file supports a symbolic name by: one content, or none. */
    Stream<Content> supports(Claim claim, String name) {
        if (works(claim) && claim.wanted.symbolicName().equals(name)) {
            return Stream.of(claim.wanted);
        }
        if (claim.held == null || !claim.held.symbolicName().equals(name)) {
            return Stream.empty();
        }
        // While what is wanted may still come to serve, nothing is brought up anew for the time until then.
        Stream<Content> anew = works(claim) ? Stream.empty() : Stream.of(configured(claim.held));
        return Stream.concat(anew, Stream.of(claim.held)).filter(content -> failure(content) == null).limit(1);
    }

    /** The claims that want a content. */
    List<Claim> wanting(String id) {
        return claims.values().stream().filter(claim -> claim.wanted != null && claim.wanted.id().equals(id)).toList();
    }

    /** A content serves: the files that want it hold nothing else; gives what they held. */
    List<Content> served(Content content) {
        List<Content> held = new ArrayList<>();
        for (Claim claim : claims.values()) {
            if (claim.held != null && !works(claim) && configured(claim.held).id().equals(content.id())) {
                claim.held = content; // What is held has got the configurations of now.
            }
        }
        for (Claim claim : wanting(content.id())) {
            if (claim.held != null) {
                held.add(claim.held);
                claim.held = null;
            }
        }
        return held;
    }

    /** A content is tried: what served before goes on for the files that want it, whatever becomes of it, unless it has a file of its own. */
    void tried(Content content, Content before) {
        if (!wanting(before.id()).isEmpty()) {
            return;
        }
        for (Claim claim : wanting(content.id())) {
            if (claim.held == null || !claim.held.id().equals(before.id())) {
                claim.held = before;
                byName = null;
            }
        }
    }

    /* ---- What failed ---- */

    void failed(Content content, Refusal refusal) {
        failed.put(content.id(), refusal);
    }

    /** Why a content is not to be tried; null if it is. */
    Refusal failure(Content content) {
        return failed.get(content.id());
    }

    /** What may pass by itself is tried again: something has come that it may have waited for. */
    void retryWhatMayPass() {
        failed.values().removeIf(Refusal::mayPass);
    }

    /** A content is tried again, as what it was refused for is overruled now. */
    void retry(Content content) {
        failed.remove(content.id());
    }

    /** Forgets the failures of contents that no file has any more, and that aren't needed otherwise. */
    void retainFailures(Collection<String> neededHashes) {
        Set<String> needed = claims.values().stream().flatMap(claim -> Stream.of(Optional.ofNullable(claim.wanted), Optional.ofNullable(claim.held),
                Optional.ofNullable(claim.held).map(this::configured))).flatMap(Optional::stream).map(Content::id).collect(Collectors.toSet());
        failed.keySet().removeIf(id -> !needed.contains(id) && neededHashes.stream().noneMatch(id::startsWith));
    }
}
