// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.Claims.Claim;
import a6runner.deployer.HeldBack.Hold;
import a6runner.deployer.History.Entry;
import a6runner.deployer.Places.Place;
import a6runner.spi.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.osgi.framework.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls contents of the {@link History} back: puts one into the file that serves, from where it goes the way of any upgrade; where the folder can't be written,
 * holds back what the file has ({@link HeldBack}) and has the old content arrive in its name. If that is refused, all is put back as it was.
 *
 * <p>The deployer's thread; blocks for file access.
 */
final class Rollbacks {

    /** What the name of a file ends with that is being put into the folder. */
    static final String PART = ".rollback.part";

    private static final Logger LOG = LoggerFactory.getLogger(Rollbacks.class);

    /** What is known of earlier contents; {@code own} is the folder for what else is to be known after a restart. */
    record Past(ContentStore store, History history, HeldBack heldBack, KnownOffers offers, Journal journal, Path own) {}

    private final DeployFolder deployFolder;
    private final Path folder;
    private final ContentStore store;
    private final History history;
    private final HeldBack heldBack;
    private final Journal journal;
    private final Claims claims;
    private final Places places;
    private final Canaries canaries;
    private final Consumer<Content> arrived;
    private final Map<String, Pending> pending = new HashMap<>(); // by symbolic name

    /** One that is on its way, for a file to hold a content. {@code undo} puts the file back as it was. */
    private record Pending(String file, String sha256, String success, Undo undo, CompletableFuture<String> done) {}

    private interface Undo {
        void run() throws IOException;
    }

    /** {@code arrived} is given what is to serve for a file without having come from it. */
    Rollbacks(DeployFolder deployFolder, Past past, Claims claims, Places places, Canaries canaries, Consumer<Content> arrived) {
        this.canaries = canaries;
        this.deployFolder = deployFolder;
        this.folder = deployFolder.path();
        this.store = past.store();
        this.history = past.history();
        this.heldBack = past.heldBack();
        this.journal = past.journal();
        this.claims = claims;
        this.places = places;
        this.arrived = arrived;
    }

    /* ---- A command ---- */

    /**
     * Begins to call a content back.
     *
     * @param name a bundle's symbolic name, a plugin's, or a file's
     * @param hash the beginning of the content's hash; empty for the content that served before the present one
     * @param done completes with a sentence when the content serves; exceptionally with a {@link CommandFailure} if it doesn't come to that
     */
    void begin(String name, String hash, CompletableFuture<String> done) {
        journal.write(); // what the history is asked for next may have happened just now
        try {
            String symbolicName = symbolicName(name);
            Pending begun = pending.get(symbolicName);
            if (begun != null && !begun.done().isDone()) { // One that nobody waits for any more may have been overtaken by another file.
                throw new CommandFailure(symbolicName + " is being rolled back already; a6:why " + name + " says where it stands");
            }
            if (canaries.isRunning(symbolicName)) {
                throw new CommandFailure("a version of " + symbolicName + " is tried: a6:abort " + name + " gives it up, a6:promote " + name + " gives it all calls");
            }
            Entry target = target(symbolicName, hash);
            String file = fileOf(symbolicName, target);
            refuseRivals(symbolicName, file, target);
            if (!store.isWhole(target.sha256())) {
                throw new CommandFailure("the copy of " + named(symbolicName, target) + " in data.dir is damaged; put the file itself into the deploy folder");
            }
            canaries.leave(symbolicName, target.sha256());
            pending.put(symbolicName, put(file, target, symbolicName, done));
        } catch (CommandFailure e) {
            done.completeExceptionally(e);
        } catch (IOException | RuntimeException e) { // Whatever it is, somebody waits to be told.
            done.completeExceptionally(new CommandFailure("it can't be rolled back: " + e));
        }
    }

    /**
     * The symbolic name that somebody means by a bundle's, a plugin's or a file's name, of what is there or was.
     *
     * @throws CommandFailure if there is none
     */
    String symbolicName(String name) throws IOException {
        for (Claim claim : claims.all()) {
            Content content = claim.wanted() != null ? claim.wanted() : claim.held();
            if (content != null && (claim.file().equals(name) || claim.file().equals(name + ".jar") || content.symbolicName().equals(name))) {
                return content.symbolicName();
            }
        }
        for (Place place : places.all()) {
            if (place.serving != null && (place.serving.symbolicName().equals(name) || place.serving.plugins().contains(name))) {
                return place.serving.symbolicName();
            }
        }
        return history.meant(name);
    }

    private Entry target(String symbolicName, String hash) throws IOException {
        List<Entry> entries = history.of(symbolicName);
        String serving = journal.serving(symbolicName);
        if (hash.isEmpty()) {
            return History.before(entries, serving).filter(this::isStored).orElseThrow(() -> new CommandFailure("no content of " + symbolicName
                    + " has served before the present one, as far as is known; a6:history " + symbolicName + " lists what is"));
        }
        List<Entry> meant = entries.stream().filter(entry -> entry.sha256().startsWith(hash.toLowerCase(Locale.ROOT))).toList();
        if (meant.size() != 1) {
            throw new CommandFailure((meant.isEmpty() ? "no content" : "more than one content") + " of " + symbolicName + " has a hash that begins with " + hash
                    + "; a6:history " + symbolicName + " lists them");
        }
        Entry target = meant.get(0);
        if (target.sha256().equals(serving)) {
            throw new CommandFailure(named(symbolicName, target) + " serves already");
        }
        if (!isStored(target)) {
            throw new CommandFailure("the copy of " + named(symbolicName, target) + " is gone from data.dir; put the file itself into the deploy folder");
        }
        return target;
    }

    private boolean isStored(Entry entry) {
        return Files.exists(store.kept(entry.sha256()));
    }

    /** The file that the name is served from now; else the one that wants to serve it, else the one that had the content. */
    private String fileOf(String symbolicName, Entry target) {
        Place place = places.find(symbolicName);
        if (place != null && place.serving != null && claims.of(place.file) != null) {
            return place.file;
        }
        return claims.ofName(symbolicName).stream().map(Claim::file).findFirst().orElse(target.file());
    }

    private void refuseRivals(String symbolicName, String file, Entry target) {
        Version version = Version.parseVersion(target.version());
        for (Claim claim : claims.ofName(symbolicName)) {
            Optional<Content> rival = claims.supports(claim, symbolicName).filter(content -> content.facts().version().compareTo(version) > 0).findFirst();
            if (rival.isPresent() && !claim.file().equals(file)) {
                boolean holds = claim.wanted() != null && claim.wanted().id().equals(rival.get().id());
                throw new CommandFailure(claim.file() + (holds ? " has " : " keeps ") + rival.get().facts() + (holds ? "" : " in service, as what it holds now fails,") + " and would serve instead of "
                        + target.version() + ": take it away first");
            }
        }
    }

    private Pending put(String file, Entry target, String symbolicName, CompletableFuture<String> done) throws IOException {
        Hold hold = heldBack.of(file);
        Claim claim = claims.of(file);
        String inFile = hold != null ? hold.held() : claim != null && claim.wanted() != null ? claim.wanted().sha256() : "";
        String success = named(symbolicName, target) + " serves: ";
        if (target.sha256().equals(inFile) && Files.exists(folder.resolve(file))) { // else it has gone since the last scan
            Content content = content(file, inFile);
            letGo(file);
            arrived.accept(content);
            return new Pending(file, target.sha256(), success + file + " holds it" + (hold == null ? "" : ", and it isn't held back any more"), () -> restore(file, inFile, hold, false), done);
        }
        if (StatusBoard.isWritable(folder)) {
            write(file, target.sha256());
            return new Pending(file, target.sha256(), success + file + " holds it now", () -> restore(file, inFile, hold, true), done);
        }
        if (inFile.isEmpty()) {
            throw new CommandFailure("the deploy folder can't be written, and " + file + (claim == null ? " isn't there" : " holds no plugin") + ": there is nothing to hold back");
        }
        Content content = content(file, target.sha256());
        hold(file, new Hold(inFile, target.sha256()));
        arrived.accept(content);
        return new Pending(file, target.sha256(), success + "the deploy folder can't be written, so what " + file + " holds (" + inFile.substring(0, 12)
                + ") is held back until the file changes", () -> restore(file, inFile, hold, false), done);
    }

    private void restore(String file, String inFile, Hold hold, boolean written) throws IOException {
        if (hold != null) {
            hold(file, hold);
        } else {
            letGo(file);
        }
        if (!written) {
            arrived.accept(content(file, hold == null ? inFile : hold.instead()));
        } else if (inFile.isEmpty()) {
            Files.deleteIfExists(folder.resolve(file));
        } else {
            write(file, inFile);
            arrived.accept(content(file, inFile)); // The next command may come before the next scan.
        }
    }

    private void write(String file, String sha256) throws IOException {
        WholeFile.put(folder.resolve(file), folder.resolve("." + file + PART), part -> {
            Files.copy(store.kept(sha256), part);
            WholeFile.close(part);
        });
        deployFolder.forget(file);
    }

    private void hold(String file, Hold hold) throws IOException {
        heldBack.put(file, hold);
        journal.held(file, hold.held(), "held back until the file changes; " + hold.instead() + " is to serve for it");
    }

    /** What a file holds is held back, until it changes, and what served before serves for it. */
    void holdBack(String file, Content held, Content instead) {
        try {
            Content before = content(file, instead.sha256());
            hold(file, new Hold(held.sha256(), instead.sha256()));
            arrived.accept(before);
        } catch (IOException e) {
            LOG.error("{}: {} can't be held back, so it gets all calls again after a restart: {}", file, held.facts(), e.toString());
        }
    }

    private void letGo(String file) throws IOException {
        Hold hold = heldBack.of(file);
        if (hold != null) {
            heldBack.remove(file);
            journal.held(file, hold.held(), "held back no more");
        }
    }

    private Content content(String file, String sha256) throws IOException {
        return store.content(file, sha256, System.currentTimeMillis());
    }

    private static String named(String symbolicName, Entry entry) {
        return symbolicName + " " + entry.version() + " (" + entry.hash() + ")";
    }

    /* ---- What the deployer sees meanwhile ---- */

    /** What is to serve for a file with this content: mostly the content itself. */
    Content instead(Content content) {
        Hold hold = heldBack.of(content.file());
        if (hold == null) {
            return content;
        }
        try {
            if (hold.held().equals(content.sha256())) {
                LOG.info("{}: {} is held back since a rollback or a trial, until the file changes", content.file(), content.facts());
                return content(content.file(), hold.instead());
            }
            letGo(content.file());
        } catch (IOException e) {
            LOG.error("{}: what it held before a rollback can't be read ({}); what it holds now is deployed", content.file(), e.toString());
        }
        return content;
    }

    /** A file holds this now. */
    void arrived(Content content) {
        overtaken(content.file(), content.symbolicName(), "it holds " + content.facts());
    }

    /** A file holds what can't be deployed. */
    void refused(String file, String why) {
        overtaken(file, "", why);
    }

    /** What was to come of a file but for this symbolic name never will. */
    private void overtaken(String file, String symbolicName, String why) {
        pending.entrySet().removeIf(entry -> {
            Pending coming = entry.getValue();
            boolean overtaken = coming.file().equals(file) && !entry.getKey().equals(symbolicName);
            if (overtaken) {
                coming.done().completeExceptionally(new CommandFailure(file + " has changed meanwhile: " + why));
            }
            return overtaken;
        });
    }

    /** A file is gone: nothing of it is held back any more. */
    void removed(String file) {
        overtaken(file, "", "it was taken away");
        try {
            letGo(file);
        } catch (IOException e) {
            LOG.warn("{}: what is held back of it can't be forgotten: {}", file, e.toString());
        }
    }

    /** Whether a content comes because it is called back. */
    boolean isCalledBack(Content content) {
        Pending coming = pending.get(content.symbolicName());
        return coming != null && coming.sha256().equals(content.sha256());
    }

    /** A content serves now. */
    void served(Content content) {
        Pending coming = pending.remove(content.symbolicName());
        if (coming == null) {
            return;
        }
        if (coming.sha256().equals(content.sha256())) {
            coming.done().complete(coming.success());
        } else {
            coming.done().completeExceptionally(new CommandFailure(content.file() + " has changed meanwhile, and " + content.facts() + " serves"));
        }
    }

    /** A content was refused. */
    void refused(Content content, String why) {
        if (!isCalledBack(content)) {
            return;
        }
        Pending coming = pending.remove(content.symbolicName());
        canaries.leave(content.symbolicName(), journal.serving(content.symbolicName()));
        String restored = "; all is as it was";
        try {
            coming.undo().run();
        } catch (IOException e) {
            restored = "; the file can't be put back as it was: " + e;
        }
        coming.done().completeExceptionally(new CommandFailure(content.facts() + " was refused: " + why + restored));
    }

    /** The hashes of the contents that may be called back, or are held back. */
    Set<String> contents() throws IOException {
        Set<String> all = new TreeSet<>(history.contents());
        heldBack.all().values().stream().flatMap(hold -> Stream.of(hold.held(), hold.instead())).forEach(all::add);
        return all;
    }
}
