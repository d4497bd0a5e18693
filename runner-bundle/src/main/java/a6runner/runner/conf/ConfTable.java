// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import a6runner.spi.HandedConf;
import a6runner.spi.PrepareCall.Entry;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The confs that APISIX holds tokens for, shared by all connections. Any thread; {@link #find} takes no lock, the others hold one for a moment.
 *
 * <p>The same key and content gets the same token for an hour. A conf is kept twice {@code conf.expire.time} since its last use, since APISIX uses a token
 * almost twice as long as it says (APISIX.md §4); beyond {@code conf.max} superseded ones and then the least recently used go.
 */
public final class ConfTable {

    private static final Logger LOG = LoggerFactory.getLogger(ConfTable.class);
    private static final long SAME_TOKEN_SECONDS = 3600;

    /** A conf with what it is sorted by at one moment: calls go on using confs while they are sorted. */
    private record Seen(PreparedConf conf, boolean superseded, long lastUsed) {}

    private final long keepSeconds;
    private final int max;
    private final LongSupplier seconds;
    private final TokenSource tokens;
    private final TokenMap byToken = new TokenMap();
    private final ProbedSet<PreparedConf> current = new ProbedSet<>(PreparedConf::placeHash, PreparedConf::hasPlaceOf); // the newest of each place
    private final ProbedSet<ConfContent> contents = new ProbedSet<>(ConfContent::hashCode, ConfContent::equals);

    /**
     * An empty table.
     *
     * @param epochMillis the time of day, for tokens and ages
     */
    public ConfTable(Settings settings, LongSupplier epochMillis) {
        this.keepSeconds = 2 * settings.nanos(Setting.CONF_EXPIRE_TIME) / 1_000_000_000L;
        this.max = Math.max(1, settings.count(Setting.CONF_MAX));
        this.seconds = () -> epochMillis.getAsLong() / 1000;
        this.tokens = new TokenSource(epochMillis);
    }

    /** The conf of a token, or null if it is not known (any more). Of the conf itself nothing is read here. */
    public PreparedConf find(int token) {
        return byToken.find(token);
    }

    /** Takes a conf and gives it a token; the conf that it supersedes stays for the calls that still name it. */
    public synchronized PreparedConf prepare(String key, List<Entry> entries) {
        long now = seconds.getAsLong();
        ConfContent content = contents.find(new ConfContent(entries));
        PreparedConf conf = new PreparedConf(0, key, content, now);
        PreparedConf before = current.find(conf);
        if (content != null && before != null && before.key().equals(key) && before.content() == content && now - before.created() < SAME_TOKEN_SECONDS) {
            byToken.used(before.token(), (int) now);
            return before;
        }
        if (content == null) {
            content = ConfContent.sharingNames(entries);
            contents.put(content);
        }
        do {
            conf = new PreparedConf(tokens.next(), key, content, now);
        } while (byToken.find(conf.token()) != null); // only where tokens begin anew (TokenSource), or after a clock was set back
        content.uses++;
        byToken.put(conf, (int) now);
        current.put(conf);
        if (before != null) {
            before.supersede();
        }
        return conf;
    }

    /** A call runs by the conf of a token, at this second of {@link #nowSeconds}. Read and written loosely: a second's error does no harm. */
    public void used(int token, long nowSeconds) {
        byToken.used(token, (int) nowSeconds);
    }

    /** When a call last ran by this conf, in seconds of the clock; when it came, if it has gone since. */
    public long lastUsed(PreparedConf conf) {
        return Integer.toUnsignedLong(byToken.lastUsed(conf.token(), (int) conf.created()));
    }

    /**
     * Takes a conf of another process with the token it has there; null if the token is known here, or is none.
     *
     * <p>One that comes after a newer conf for the same place is superseded from the start.
     */
    public synchronized PreparedConf adopt(HandedConf handed) {
        if (handed.token() == 0 || byToken.find(handed.token()) != null) {
            return null;
        }
        ConfContent content = contents.find(new ConfContent(handed.conf()));
        if (content == null) {
            content = ConfContent.sharingNames(handed.conf());
            contents.put(content);
        }
        PreparedConf conf = new PreparedConf(handed.token(), handed.key(), content, handed.created());
        content.uses++;
        byToken.put(conf, (int) handed.lastUsed());
        PreparedConf other = current.find(conf);
        boolean older = handed.superseded() || other != null && other.created() > conf.created();
        if (older) {
            conf.supersede();
        } else {
            current.put(conf);
            if (other != null) {
                other.supersede();
            }
        }
        return conf;
    }

    /** Whether even (0) or odd (1) tokens are made. */
    public synchronized int tokenParity() {
        return tokens.parity();
    }

    /** Makes even (0) or odd (1) tokens from now on. */
    public synchronized void tokenParity(int parity) {
        tokens.parity(parity);
    }

    /** Seconds of the clock that {@link #lastUsed} counts by. */
    public long nowSeconds() {
        return seconds.getAsLong();
    }

    /** The chain that {@link #keep} was last given for a token; null if none is kept. */
    public Object keptChain(int token) {
        return byToken.chain(token);
    }

    /** What {@link #keep} was given beside this chain; null if another is kept by now, or none. */
    public Object keptParsed(int token, Object chain) {
        return byToken.parsed(token, chain);
    }

    /** Keeps a chain and what its plugins have parsed for the calls to come, if the token is known; it may be forgotten at any time. */
    public void keep(int token, Object chain, Object parsed) {
        byToken.keep(token, chain, parsed);
    }

    /** How many confs there are. */
    public synchronized int size() {
        return byToken.size();
    }

    /** Each conf; those that come or go meanwhile may be among them. */
    public void forEach(Consumer<PreparedConf> action) {
        byToken.forEach((conf, lastUsed) -> action.accept(conf));
    }

    /** The confs that no newer one has superseded and that a call used in the last {@code seconds}. */
    public List<PreparedConf> current(long withinSeconds) {
        long now = seconds.getAsLong();
        List<PreparedConf> found = new ArrayList<>();
        byToken.forEach((conf, lastUsed) -> {
            if (!conf.superseded() && now - Integer.toUnsignedLong(lastUsed) <= withinSeconds) {
                found.add(conf);
            }
        });
        return found;
    }

    /** The confs that {@link #current} gives, and superseded ones that a call used in the last {@code lately} seconds, that name plugins with versions. */
    public List<PreparedConf> pinning(long withinSeconds, long lately) {
        long now = seconds.getAsLong();
        List<PreparedConf> found = new ArrayList<>();
        byToken.forEach((conf, lastUsed) -> {
            if (conf.content().pins() && now - Integer.toUnsignedLong(lastUsed) <= (conf.superseded() ? lately : withinSeconds)) {
                found.add(conf);
            }
        });
        return found;
    }

    /** Whether {@link #expire} has something to do at once, because there are more confs than there may be. */
    public synchronized boolean overfull() {
        return byToken.size() > max;
    }

    /** Takes out what is too old or too much; returns whether anything went. To be called now and then, off the event loop. */
    public boolean expire() {
        long now = seconds.getAsLong();
        List<PreparedConf> old = new ArrayList<>();
        byToken.forEach((conf, lastUsed) -> {
            if (now - Integer.toUnsignedLong(lastUsed) > keepSeconds) {
                old.add(conf);
            }
        });
        int tooMany = size() - old.size() - max;
        if (tooMany > 0) {
            Set<PreparedConf> going = new HashSet<>(old);
            List<Seen> rest = new ArrayList<>();
            byToken.forEach((conf, lastUsed) -> {
                if (!going.contains(conf)) {
                    rest.add(new Seen(conf, conf.superseded(), Integer.toUnsignedLong(lastUsed)));
                }
            });
            rest.sort(Comparator.comparing(Seen::superseded).reversed().thenComparingLong(Seen::lastUsed)
                    .thenComparing(seen -> seen.conf.token(), Integer::compareUnsigned)); // of one second the oldest first
            // Some more, so as not to sort for each new one.
            List<Seen> gone = rest.subList(0, Math.min(rest.size(), tooMany + max / 20));
            LOG.warn("there are more than {} confs (conf.max): the {} least recently used go, {} of them superseded; APISIX sends those again that it needs",
                    max, gone.size(), gone.stream().filter(Seen::superseded).count());
            gone.forEach(seen -> old.add(seen.conf));
        }
        old.forEach(this::remove);
        return !old.isEmpty();
    }

    private synchronized void remove(PreparedConf conf) {
        byToken.remove(conf);
        current.remove(conf);
        if (--conf.content().uses == 0) {
            contents.remove(conf.content());
        }
    }

    /** Has no conf or content keep a chain for which the predicate of the caller holds, so that what it refers to can be freed. */
    public void sweepChains(Predicate<Object> stale) {
        byToken.sweepChains(stale);
        forEach(conf -> {
            Object chain = conf.content().cachedChain();
            if (chain != null && stale.test(chain)) {
                conf.content().cacheChain(null);
            }
        });
    }

    /**
     * All values that some conf has for each of some plugins, by the plugin's name.
     *
     * @param plugin gives the plugin's name for that by which a conf names it
     */
    public Map<String, Set<String>> valuesOf(UnaryOperator<String> plugin, Collection<String> plugins) {
        Map<String, Set<String>> values = new HashMap<>();
        plugins.forEach(name -> values.put(name, new HashSet<>()));
        forEach(conf -> conf.content().entries().forEach(entry -> {
            Set<String> ofPlugin = values.get(plugin.apply(entry.name()));
            if (ofPlugin != null) {
                ofPlugin.add(entry.value());
            }
        }));
        return values;
    }
}
