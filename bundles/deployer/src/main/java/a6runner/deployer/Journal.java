// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.History.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes down what the deployer does: in the {@link AuditLog}, and in the {@link History} of each bundle. What has happened is remembered at once and written by
 * {@link #write}, so that neither a start nor the first calls after an upgrade wait for files.
 *
 * <p>The deployer's thread; {@link #serving} and {@link #write}, which blocks for file access, any.
 */
final class Journal {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /** Where a change came from if a command asked for it. */
    static final String ROLLBACK = "command rollback";

    private interface Writing {
        void run() throws IOException;
    }

    private final Path deployFolder;
    private final AuditLog audit;
    private final History history;
    private final Queue<Writing> unwritten = new ConcurrentLinkedQueue<>();
    private final Map<String, String> serving = new ConcurrentHashMap<>(); // by symbolic name: the content's hash
    private String trouble = ""; // why the history couldn't be written, last time

    Journal(Path deployFolder, AuditLog audit, History history) {
        this.deployFolder = deployFolder;
        this.audit = audit;
        this.history = history;
    }

    /** The hash of the content that serves a symbolic name; empty if none does. */
    String serving(String symbolicName) {
        return serving.getOrDefault(symbolicName, "");
    }

    /** A file is found to hold what serves already. */
    void found(Content content) {
        serving.put(content.symbolicName(), content.sha256());
    }

    /**
     * A content serves, in place of others or of none.
     *
     * @param back whether a command has called it back
     * @param older whether it does so beside a newer one that is tried: its place in the history stays
     */
    void served(Content content, List<Deployment> out, boolean back, boolean older) {
        String name = content.symbolicName();
        String before = serving(name);
        serving.put(name, content.sha256());
        boolean configured = before.equals(content.sha256());
        String was = out.stream().map(Deployment::toString).collect(Collectors.joining(", "));
        out.stream().filter(gone -> !gone.symbolicName().equals(name)).forEach(gone -> removed(gone, content.file())); // the file was another plugin before
        String what = content.facts().toString();
        audited(back ? "rollback" : configured ? "configure" : out.isEmpty() && before.isEmpty() ? "deploy" : "upgrade", what, content.sha256(), back ? ROLLBACK : from(content),
                "active" + (out.isEmpty() || configured ? "" : "; was " + was));
        Entry entry = entry(content, true, (back ? "called back" : "served") + (content.configs().isEmpty() ? "" : " with " + configs(content)));
        remember(() -> history.served(name, entry, before, back || older));
    }

    /** A content isn't deployed. */
    void refused(Content content, String why, boolean back) {
        String name = content.symbolicName();
        String before = serving(name);
        audited(back ? "rollback" : before.isEmpty() ? "deploy" : "upgrade", content.facts().toString(), content.sha256(), back ? ROLLBACK : from(content), "refused: " + why);
        if (!before.equals(content.sha256())) { // With another configuration it serves.
            Entry entry = entry(content, false, "refused: " + why);
            remember(() -> history.ended(name, entry, before));
        }
    }

    /** A file holds nothing that can be deployed. */
    void refused(String file, String why) {
        audited("deploy", file, "", from(file), "refused: " + why);
    }

    /** What served is out of service, as no file has it any more. */
    void removed(Deployment out, String file) {
        Content content = out.content();
        serving.remove(out.symbolicName());
        audited("undeploy", out.toString(), content == null ? "" : content.sha256(), from(file), "out of service");
        if (content != null) {
            Entry entry = entry(content, true, "taken out of service");
            remember(() -> history.ended(content.symbolicName(), entry, ""));
        }
    }

    /** A content serves the confs that pin its version, beside what serves all others. */
    void pinned(Content content, String why) {
        audited("pin", content.facts().toString(), content.sha256(), from(content), why);
    }

    /** A content that served pins is out of service. */
    void unpinned(Content content, String why) {
        audited("unpin", content.facts().toString(), content.sha256(), from(content), "out of service: " + why);
    }

    /** A content is tried with a share of the calls, or is no more. */
    void tried(String change, String what, String sha256, String from, String outcome) {
        audited(change, what, sha256, from, outcome);
    }

    /** A content was tried and doesn't come to serve. */
    void gaveUp(Content content, String why) {
        Entry entry = entry(content, false, "tried and given up: " + why);
        String serving = serving(content.symbolicName());
        remember(() -> history.ended(content.symbolicName(), entry, serving));
    }

    /** A configuration was read. */
    void configured(ConfigFile config) {
        audited("configure", config.key(), config.sha256(), from(config.file()), "read");
    }

    /** What a file holds is held back, or is no more. */
    void held(String file, String sha256, String outcome) {
        audited("hold", file, sha256, ROLLBACK, outcome);
    }

    private static Entry entry(Content content, boolean served, String outcome) {
        return new Entry(Instant.now(), content.facts().version().toString(), content.sha256(), content.file(), served, outcome);
    }

    private String from(Content content) {
        return from(content.file()) + (content.configs().isEmpty() ? "" : " with " + configs(content));
    }

    private String from(String file) {
        return "file " + deployFolder.resolve(file);
    }

    private static String configs(Content content) {
        return content.configs().stream().map(ConfigFile::file).collect(Collectors.joining(", "));
    }

    private void audited(String change, String what, String sha256, String from, String outcome) {
        Instant now = Instant.now();
        remember(() -> audit.record(now, change, what, sha256, from, outcome));
    }

    private void remember(Writing writing) {
        unwritten.add(writing);
    }

    /** Writes what has happened since the last time. */
    synchronized void write() {
        for (Writing next = unwritten.poll(); next != null; next = unwritten.poll()) {
            try {
                next.run();
            } catch (IOException e) {
                if (!trouble.equals(e.toString())) {
                    trouble = e.toString();
                    LOG.warn("the history of a plugin can't be written, so a6:rollback won't know of it: {}", trouble);
                }
            }
        }
    }
}
