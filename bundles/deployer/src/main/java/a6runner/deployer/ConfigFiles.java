// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration files of the folder, from their coming to their going: what a plugin's component asks for is that plugin's upgrade ({@link Claims}), the
 * rest is published to whoever asks. The deployer's thread.
 */
final class ConfigFiles {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigFiles.class);

    private final Claims claims;
    private final Configurations configurations;
    private final Statuses statuses;
    private final Map<String, ConfigFile> published = new TreeMap<>(); // by key
    private final Map<String, Long> gone = new TreeMap<>(); // by file: since when

    ConfigFiles(Claims claims, Configurations configurations, Statuses statuses) {
        this.claims = claims;
        this.configurations = configurations;
        this.statuses = statuses;
    }

    /** A file has a new content. */
    void arrived(ConfigFile config) {
        gone.remove(config.file());
        claims.removed(config.file()); // It may have been refused before.
        claims.configured(config);
        claims.retryWhatMayPass();
        LOG.info("{}: read (configuration of {})", config.file(), config.key());
    }

    /** A file has a content that can't be read: what it said before stays in force, and the refusal that is given back says so. */
    Refusal refused(String file, Refusal refusal) {
        gone.remove(file);
        return isKnown(file) ? refusal.and("; what it said before stays in force until it can be read again or is deleted") : refusal;
    }

    /** A file is gone, maybe for a moment: an editor may take it away and put it back. Whether it was a configuration in force. */
    boolean removed(String file) {
        boolean known = isKnown(file);
        if (known) {
            gone.put(file, System.nanoTime());
        }
        return known;
    }

    private boolean isKnown(String file) {
        return claims.configs().stream().anyMatch(config -> config.file().equals(file));
    }

    /** When {@link #tend} is due; {@code otherwise} if that is sooner. */
    long nextDeadline(long otherwise) {
        long next = otherwise;
        for (long since : gone.values()) {
            if (since + Deployer.GRACE_NANOS - next < 0) {
                next = since + Deployer.GRACE_NANOS;
            }
        }
        return next;
    }

    /** Does what is due; {@code written} are the files that are being written. */
    void tend(Set<String> written) {
        gone.replaceAll((file, since) -> written.contains(file) ? System.nanoTime() : since); // It is back, and soon read.
        for (Map.Entry<String, Long> entry : Map.copyOf(gone).entrySet()) {
            if (entry.getValue() + Deployer.GRACE_NANOS - System.nanoTime() <= 0) {
                gone.remove(entry.getKey());
                claims.unconfigured(entry.getKey());
                claims.removed(entry.getKey()); // It may have been refused last.
                statuses.removed(entry.getKey(), "");
                LOG.info("{}: removed (a configuration)", entry.getKey());
            }
        }
        for (ConfigFile config : List.copyOf(published.values())) {
            if (!isPublic(config)) {
                published.remove(config.key());
                if (claims.winner(config.key()) == null || !claims.askingFor(config.pid()).isEmpty()) {
                    configurations.unpublish(config);
                }
            }
        }
        for (ConfigFile config : List.copyOf(claims.configs())) {
            if (isPublic(config) && published.get(config.key()) != config) {
                published.put(config.key(), config);
                publish(config);
            }
        }
    }

    /** What no plugin's component asks for by its PID goes to whoever does, such as a ManagedService. */
    private boolean isPublic(ConfigFile config) {
        return claims.winner(config.key()) == config && claims.askingFor(config.pid()).isEmpty();
    }

    private void publish(ConfigFile config) {
        try {
            configurations.publish(config);
        } catch (IOException | Refusal e) {
            LOG.warn("{}: not delivered: {}", config.file(), e.getMessage());
        }
    }
}
