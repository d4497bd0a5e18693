// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.Claims.Claim;
import a6runner.deployer.History.Entry;
import a6runner.deployer.Places.Place;
import a6runner.spi.Canary;
import a6runner.spi.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which bundles are tried with a share of the calls, by command or by a file {@code NAME.canary}: for each symbolic name a rule, and where it stands. While a content
 * is tried, the one before serves the other calls, whatever its file holds by now. Outlives the runner.
 *
 * <p>The deployer's thread; blocks for file access, where something changes.
 */
final class Canaries {

    private static final Logger LOG = LoggerFactory.getLogger(Canaries.class);
    /** Where a rule came from if a command gave it. */
    static final String COMMAND = "command canary";

    /**
     * One that goes on.
     *
     * @param before what serves the other calls
     * @param candidate what is tried
     */
    record Split(Content before, Content candidate, Canary canary) {}

    /** One name's. Hashes are empty where there is nothing. */
    private static final class Rule {
        final String symbolicName;
        final String from; // a file's name, or COMMAND
        Canary canary;
        String decided = ""; // the hash of what is not tried any more, or never was
        String candidate = "";
        String before = "";
        String beforeFile = "";
        Content beforeContent;
        boolean fresh; // nothing has followed from it yet: what serves already may be tried by it

        Rule(String symbolicName, String from, Canary canary) {
            this.symbolicName = symbolicName;
            this.from = from;
            this.canary = canary;
        }

        boolean isRunning() {
            return !candidate.isEmpty();
        }

        void decide(String sha256) {
            decided = sha256;
            candidate = "";
            before = "";
            beforeFile = "";
            beforeContent = null;
        }
    }

    private final Path file;
    private final ContentStore store;
    private final History history;
    private final Journal journal;
    private final Claims claims;
    private final Places places;
    private final Map<String, CanaryFile> files = new TreeMap<>(); // by the file's name
    private final Map<String, Long> gone = new TreeMap<>(); // by the file's name: since when
    private Map<String, Rule> rules; // by symbolic name; null until they are read

    /** {@code file} is made when there is something to put into it. */
    Canaries(Path file, Rollbacks.Past past, Claims claims, Places places) {
        this.file = file;
        this.store = past.store();
        this.history = past.history();
        this.journal = past.journal();
        this.claims = claims;
        this.places = places;
    }

    /* ---- Rules ---- */

    /** A file has a new content. */
    void arrived(CanaryFile canary) {
        gone.remove(canary.file());
        files.put(canary.file(), canary);
        for (Rule rule : rules().values()) {
            if (rule.from.equals(canary.file()) && !rule.canary.equals(canary.canary())) {
                rule.canary = canary.canary();
                save();
            }
        }
        LOG.info("{}: read (the next or newest version of {} gets {} of its calls{})", canary.file(), canary.name(), canary.canary().percent(),
                canary.canary().sticky().isEmpty() ? "" : ", by " + canary.canary().sticky());
    }

    /** A file is gone, maybe for a moment: an editor may take it away and put it back. Whether it was one. */
    boolean removed(String name) {
        boolean known = files.containsKey(name);
        if (known) {
            gone.put(name, System.nanoTime());
        }
        return known;
    }

    /** What files that are gone for good have tried gets all calls. */
    void tend() {
        for (String name : List.copyOf(gone.keySet())) {
            if (System.nanoTime() - gone.get(name) >= Deployer.GRACE_NANOS) {
                gone.remove(name);
                forget(name);
            }
        }
    }

    private void forget(String name) {
        files.remove(name);
        for (Rule rule : List.copyOf(rules().values())) {
            if (rule.from.equals(name)) {
                rules().remove(rule.symbolicName);
                save();
                if (hasFailed(rule)) {
                    tell(rule, "abort", "file " + name, "the file is gone, and it doesn't come up: the version before has all calls");
                } else if (rule.isRunning()) {
                    tell(rule, "promote", "file " + name, "the file is gone: it gets all calls");
                }
            }
        }
    }

    /** The files that give rules. */
    List<CanaryFile> files() {
        return List.copyOf(files.values());
    }

    /** What a file's rule has come to, in words. */
    String says(CanaryFile canary) {
        Rule rule = rules().values().stream().filter(one -> one.from.equals(canary.file())).findFirst().orElse(null);
        return rule == null ? "no bundle, plugin or file is named " + canary.name() + " yet" : says(rule);
    }

    private String says(Rule rule) {
        if (hasFailed(rule)) {
            return version(rule.symbolicName, rule.candidate) + " doesn't come up, so " + version(rule.symbolicName, rule.before) + " gets all calls; the next version gets "
                    + share(rule.canary);
        }
        return rule.isRunning() ? version(rule.symbolicName, rule.candidate) + " gets " + share(rule.canary) + ", " + version(rule.symbolicName, rule.before) + " the others"
                : "the next version of " + rule.symbolicName + " gets " + share(rule.canary);
    }

    /** Whether what is to be tried was refused, which leaves the version before as it is. */
    private boolean hasFailed(Rule rule) {
        return rule.isRunning() && candidate(rule).map(claims::failure).isPresent();
    }

    private Optional<Content> candidate(Rule rule) {
        return claims.ofName(rule.symbolicName).stream().map(Claim::wanted).filter(content -> content != null && content.sha256().equals(rule.candidate)).findFirst();
    }

    private static String share(Canary canary) {
        return canary.percent() + " of the calls" + (canary.sticky().isEmpty() ? "" : " (by " + canary.sticky() + ")");
    }

    private String version(String name, String sha256) {
        String version = sha256.substring(0, 12);
        try {
            return history.of(name).stream().filter(entry -> entry.sha256().equals(sha256)).map(entry -> entry.version() + " (" + entry.hash() + ")").findFirst().orElse(
                    claims.ofName(name).stream().map(Claim::wanted).filter(content -> content != null && content.sha256().equals(sha256))
                            .map(content -> content.facts().version() + " (" + version + ")").findFirst().orElse(version));
        } catch (IOException e) {
            return version;
        }
    }

    /** By a command: what it has come to. */
    String begin(String symbolicName, Canary canary, boolean next) {
        Rule before = rules().get(symbolicName);
        if (before != null && !before.from.equals(COMMAND)) {
            throw new CommandFailure(before.from + " has the rule for " + symbolicName + ": change that, or take it away first");
        }
        if (before != null && before.isRunning()) {
            before.canary = canary;
        } else {
            Rule rule = new Rule(symbolicName, COMMAND, canary);
            rule.fresh = !next;
            rules().put(symbolicName, rule);
            Place place = places.find(symbolicName);
            if (place != null) {
                claims.best(symbolicName).ifPresent(best -> split(symbolicName, place, best));
            }
        }
        save();
        return says(rules().get(symbolicName));
    }

    private static Content serving(Place place) {
        return place.serving == null ? null : place.serving.content();
    }

    /** By a command: what is tried gets all calls. */
    String promote(String symbolicName) {
        Rule rule = running(symbolicName);
        String candidate = version(symbolicName, rule.candidate);
        if (rule.from.equals(COMMAND)) {
            rules().remove(symbolicName);
        }
        tell(rule, "promote", "command promote", "it gets all calls");
        rule.decide(rule.candidate);
        save();
        return symbolicName + " " + candidate + " gets all calls once all confs have passed its check; a6:why " + symbolicName + " says where it stands";
    }

    private Rule running(String symbolicName) {
        Rule rule = rules().get(symbolicName);
        if (rule == null || !rule.isRunning()) {
            throw new CommandFailure("no version of " + symbolicName + " is tried" + (rule == null ? "" : "; " + says(rule)));
        }
        return rule;
    }

    /** Ends a trial with the version before: gives what is to be held back, and what serves instead. The rule stays, for the next version. */
    Split end(String symbolicName, String change, String from, String why) {
        Rule rule = running(symbolicName);
        Content candidate = candidate(rule).orElseThrow(() -> new CommandFailure("no file holds what is tried any more"));
        if (rule.beforeContent == null) {
            throw new CommandFailure("the version before is not there yet; a6:why " + symbolicName + " says where it stands");
        }
        tell(rule, change, from, why);
        Split split = new Split(rule.beforeContent, candidate, rule.canary);
        journal.gaveUp(candidate, why);
        rule.decide(rule.before);
        save();
        return split;
    }

    /** Takes back a rule by command that nothing is tried by yet; whether there was one. */
    boolean takeBack(String symbolicName) {
        Rule rule = rules().get(symbolicName);
        boolean idle = rule != null && rule.from.equals(COMMAND) && !rule.isRunning();
        if (idle) {
            rules().remove(symbolicName);
            save();
        }
        return idle;
    }

    private void tell(Rule rule, String change, String from, String outcome) {
        String what = rule.symbolicName + " " + version(rule.symbolicName, rule.candidate);
        LOG.info("{}: {} ({})", what, outcome, from);
        journal.tried(change, what, rule.candidate, from, outcome);
    }

    /** Whether a version of a name is tried. */
    boolean isRunning(String symbolicName) {
        Rule rule = rules().get(symbolicName);
        return rule != null && rule.isRunning();
    }

    /** All files have been read: rules of files that went while no runner was there go too. */
    void scanned(Predicate<String> isThere) {
        if (rules().values().removeIf(rule -> !rule.from.equals(COMMAND) && !files.containsKey(rule.from) && !isThere.test(rule.from))) {
            save();
        }
    }

    /* ---- What follows from them ---- */

    /** What is to serve a name in place of its best content, if that is to be tried. */
    Optional<Split> split(String name, Place place, Content best) {
        Rule rule = rule(name, place);
        if (rule == null) {
            return Optional.empty();
        }
        boolean fresh = rule.fresh;
        rule.fresh = false;
        if (best.sha256().equals(rule.decided)) {
            return Optional.empty();
        }
        Content serving = serving(place);
        if (!fresh && !rule.isRunning() && serving != null && serving.sha256().equals(best.sha256())) {
            if (rule.decided.isEmpty()) { // else one may be on its way that is called back
                rule.decide(best.sha256());
                save();
            }
            return Optional.empty(); // It has all calls already.
        }
        if (isLeftOver(name, best, rule.isRunning() ? rule.beforeContent : serving)) {
            if (rule.isRunning()) {
                tell(rule, "abort", "file " + best.file(), "it is not tried any more: its file is gone");
            }
            rule.decide(best.sha256());
            save();
            return Optional.empty();
        }
        if (rule.isRunning() && best.sha256().equals(rule.before)) {
            tell(rule, "abort", "file " + best.file(), "it is not tried any more: the file holds the version before, or it was refused");
            rule.decide(best.sha256());
            save();
            return Optional.empty();
        }
        if (!best.sha256().equals(rule.candidate) && !begin(rule, place, best)) {
            rule.decide(best.sha256());
            save();
            return Optional.empty();
        }
        if (rule.beforeContent == null && !readBefore(rule, place)) {
            rule.decide(best.sha256());
            save();
            return Optional.empty();
        }
        Content before = claims.configured(rule.beforeContent);
        Refusal failure = claims.failure(before);
        if (failure != null && serving != null && serving.sha256().equals(rule.before)) {
            before = serving; // It doesn't come up with another configuration, and goes on with the one it has.
        } else if (failure != null) {
            giveUp(rule, best, "the version before doesn't come up, so it gets all calls: " + failure.getMessage());
            return Optional.empty();
        }
        claims.tried(best, before);
        return Optional.of(new Split(before, best, rule.canary));
    }

    /** Whether a content only comes to be the best as the file of what served, which ranks higher, is gone: who deletes that wants this one back, and has nothing to try. */
    private boolean isLeftOver(String name, Content best, Content served) {
        return served != null && Content.RANK.compare(best, served) < 0 && claims.ofName(name).stream().noneMatch(claim -> claim.file().equals(served.file()));
    }

    /** A content isn't tried, for a reason. */
    void giveUp(String name, Content best, String why) {
        giveUp(rules().get(name), best, why);
    }

    private void giveUp(Rule rule, Content best, String why) {
        tell(rule, "abort", "the runner", why);
        rule.decide(best.sha256());
        save();
    }

    /** Whether this content is what a name's rule has tried. */
    boolean tries(String name, Content content) {
        return isRunning(name) && rules().get(name).candidate.equals(content.sha256());
    }

    /** A content comes to serve that isn't to be tried. */
    void leave(String name, String sha256) {
        Rule rule = rules().get(name);
        if (rule != null) {
            rule.decide(sha256);
            save();
        }
    }

    private Rule rule(String name, Place place) {
        Rule rule = rules().get(name);
        if (rule != null || files.isEmpty()) {
            return rule;
        }
        for (CanaryFile canary : files.values()) {
            boolean named = canary.name().equals(name) || place.serving != null && place.serving.plugins().contains(canary.name())
                    || claims.ofName(name).stream().anyMatch(claim -> claim.file().equals(canary.name() + ".jar"));
            if (named) {
                Rule fresh = new Rule(name, canary.file(), canary.canary());
                fresh.fresh = !canary.next();
                fresh.decided = canary.next() && place.serving == null ? claims.best(name).map(Content::sha256).orElse("") : "";
                rules().put(name, fresh);
                save();
                return fresh;
            }
        }
        return null;
    }

    /** Begins to try a content, if there is one before it. */
    private boolean begin(Rule rule, Place place, Content best) {
        if (!rule.isRunning()) {
            Content serving = serving(place);
            if (serving != null && !serving.sha256().equals(best.sha256())) {
                rule.before = serving.sha256();
                rule.beforeFile = serving.file();
                rule.beforeContent = serving;
            } else {
                Optional<Entry> older = lastBefore(rule.symbolicName, best);
                if (older.isEmpty()) {
                    return false;
                }
                rule.before = older.get().sha256();
                rule.beforeFile = older.get().file();
                rule.beforeContent = null;
            }
        }
        rule.candidate = best.sha256();
        save();
        tell(rule, "canary", rule.from.equals(COMMAND) ? COMMAND : "file " + rule.from, "it is to get " + share(rule.canary));
        return true;
    }

    private Optional<Entry> lastBefore(String name, Content best) {
        journal.write(); // what has happened just now may be what is asked for
        try {
            return History.before(history.of(name), best.sha256()).filter(entry -> Files.exists(store.kept(entry.sha256())));
        } catch (IOException e) {
            LOG.warn("{}: what served before {} can't be read, so it isn't tried but gets all calls: {}", best.file(), best.facts(), e.toString());
            return Optional.empty();
        }
    }

    private boolean readBefore(Rule rule, Place place) {
        Content serving = serving(place);
        if (serving != null && serving.sha256().equals(rule.before)) {
            rule.beforeContent = serving;
            return true;
        }
        try {
            rule.beforeContent = store.content(rule.beforeFile, rule.before, 0);
            return true;
        } catch (IOException e) {
            LOG.error("{}: what served before {} can't be read, so the newest gets all calls: {}", rule.beforeFile, rule.candidate.substring(0, 12), e.toString());
            return false;
        }
    }

    /** The rules that there are, in words, by symbolic name. */
    Map<String, String> all() {
        return rules().values().stream().collect(Collectors.toMap(rule -> rule.symbolicName, rule -> says(rule) + " [" + rule.from + "]", (a, b) -> a, TreeMap::new));
    }

    /** The hashes of the contents that may be needed. */
    List<String> contents() {
        List<String> all = new ArrayList<>();
        rules().values().stream().filter(Rule::isRunning).forEach(rule -> all.addAll(List.of(rule.candidate, rule.before)));
        return all;
    }

    /* ---- The file ---- */

    private Map<String, Rule> rules() {
        if (rules == null) {
            rules = new TreeMap<>();
            try {
                WholeFile.read(file).lines().forEach(this::read);
            } catch (NoSuchFileException e) {
                return rules; // There never was one.
            } catch (IOException e) {
                LOG.error("{} can't be read: what was tried gets all calls: {}", file, e.toString());
            }
        }
        return rules;
    }

    private void read(String line) {
        String[] parts = line.split("\t", -1);
        if (parts.length != 7) {
            return;
        }
        try {
            Map<String, String> texts = new HashMap<>();
            for (String text : parts[6].split(" ")) {
                texts.put(text.substring(0, text.indexOf('=')), text.substring(text.indexOf('=') + 1));
            }
            Rule rule = new Rule(parts[0], parts[1], Canary.of(texts));
            rule.decided = parts[2];
            rule.candidate = parts[3];
            rule.before = parts[4];
            rule.beforeFile = parts[5];
            rules.put(rule.symbolicName, rule);
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            LOG.error("{} has a line that can't be read, what it tried gets all calls: {}", file, line);
        }
    }

    private void save() {
        String lines = rules().values().stream().map(rule -> String.join("\t", rule.symbolicName, rule.from, rule.decided, rule.candidate, rule.before, rule.beforeFile,
                rule.canary.texts().entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).collect(Collectors.joining(" "))) + "\n").collect(Collectors.joining());
        try {
            WholeFile.write(file, lines);
        } catch (IOException e) {
            LOG.error("what is tried can't be written down, so after a restart the newest version gets all calls: {}", e.toString());
        }
    }
}
