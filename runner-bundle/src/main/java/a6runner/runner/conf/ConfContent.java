// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import a6runner.spi.PrepareCall.Entry;
import java.util.List;

/**
 * What a conf says, shared by all confs that say the same: plugins' names and values in order, and a place for the chain that they make with the plugins
 * of one moment. Immutable but for that place, which any thread may read and write.
 */
public final class ConfContent {

    private final List<Entry> entries;
    private final int hash;
    private final boolean pins;
    private volatile Object chain;
    int uses; // by confs of the table; the table's own

    ConfContent(List<Entry> entries) {
        this.entries = entries;
        this.hash = entries.hashCode();
        this.pins = entries.stream().anyMatch(entry -> entry.name().indexOf('@') > 0);
    }

    /** One that is to be kept: plugins have few names, and each is in memory once however many confs have it. */
    static ConfContent sharingNames(List<Entry> entries) {
        return new ConfContent(List.of(entries.stream().map(entry -> new Entry(entry.name().intern(), entry.value())).toArray(Entry[]::new)));
    }

    /** Plugins' names and values in order. */
    public List<Entry> entries() {
        return entries;
    }

    /** Whether it may say which version of a plugin it means: a name has an @ in it. */
    public boolean pins() {
        return pins;
    }

    /** What {@link #cacheChain} was last given, or null. */
    public Object cachedChain() {
        return chain;
    }

    /** Keeps a chain for the calls to come; null forgets it. */
    public void cacheChain(Object newChain) {
        chain = newChain;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfContent content && hash == content.hash && entries.equals(content.entries);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
