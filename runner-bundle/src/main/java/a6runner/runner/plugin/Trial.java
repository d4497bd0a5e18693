// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.spi.Canary;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.framework.Bundle;

/**
 * A bundle's new version that gets a share of the calls, beside the version before that gets the others. Which of the two a call gets follows from its key alone
 * where there is one, so it is the same on all connections and event loops, and after a restart; a larger share takes more keys and gives none back. Immutable
 * but for its end; any thread.
 */
public final class Trial {

    private static final double RANGE = 1L << 32;

    private final Bundle bundle;
    private final Canary canary;
    private final Map<String, PluginVersion> candidates;
    private final Map<String, PluginVersion> before;
    private final AtomicBoolean ended;
    private final int salt;

    /** {@code candidates} and {@code before} are plugins by name; {@code ended} is shared by all trials of one bundle. */
    Trial(Bundle bundle, Canary canary, Map<String, PluginVersion> candidates, Map<String, PluginVersion> before, AtomicBoolean ended) {
        this.bundle = bundle;
        this.canary = canary;
        this.candidates = Map.copyOf(candidates);
        this.before = Map.copyOf(before);
        this.ended = ended;
        this.salt = (bundle.getSymbolicName() + " " + bundle.getVersion()).hashCode();
    }

    Bundle bundle() {
        return bundle;
    }

    Canary canary() {
        return canary;
    }

    /** The plugins that are tried, by name. */
    Map<String, PluginVersion> candidates() {
        return candidates;
    }

    /** The plugins in whose place they are, by name. */
    Map<String, PluginVersion> before() {
        return before;
    }

    /** The version of a plugin that is tried, in whose place calls get {@code other} else; null if there is none. */
    public PluginVersion inPlaceOf(PluginVersion other) {
        return before.get(other.name()) == other ? candidates.get(other.name()) : null;
    }

    /** What a call's key is: {@code header:NAME} or {@code var:NAME}; empty where chance decides. */
    public String sticky() {
        return canary.sticky();
    }

    /** Whether a call without a key is one of those that try it. */
    public boolean draw() {
        return !ended.get() && ThreadLocalRandom.current().nextDouble() < canary.share();
    }

    /** Whether calls of a key try it; those that lack the key, which is null or empty, don't. */
    public boolean takes(String key) {
        return key != null && !key.isEmpty() && !ended.get() && Integer.toUnsignedLong(mixed(key.hashCode() ^ salt)) / RANGE < canary.share();
    }

    /** Spreads hashes of similar keys over the whole range, as the last step of MurmurHash3 does. */
    private static int mixed(int hash) {
        int mixed = hash;
        mixed = (mixed ^ mixed >>> 16) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }

    /** It gets no calls from now on; whether it got some until now. */
    boolean end() {
        return !ended.getAndSet(true);
    }

    @Override
    public String toString() {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
    }
}
