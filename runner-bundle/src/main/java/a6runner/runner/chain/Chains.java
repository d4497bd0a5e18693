// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.chain.Chain.Step;
import a6runner.runner.conf.ConfContent;
import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.Trial;
import a6runner.spi.CallFailure;
import a6runner.spi.PrepareCall.Entry;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and keeps the chains of confs. Any thread, never blocks. */
public final class Chains {

    private static final Logger LOG = LoggerFactory.getLogger(Chains.class);

    /** The chains of a snapshot, by the names in a conf. */
    private record Shared(PluginSnapshot snapshot, ConcurrentMap<List<String>, Chain> chains) {}

    private final Settings settings;
    private final ConfTable confs;
    private volatile Shared shared = new Shared(null, new ConcurrentHashMap<>());

    /** Keeps the chains of this table's confs. */
    public Chains(Settings settings, ConfTable confs) {
        this.settings = settings;
        this.confs = confs;
    }

    /**
     * The chain of a conf at a snapshot; sets off the parsing of its confs where that is new.
     *
     * @param token the conf's, which a call has at hand: where a chain is kept, nothing is read of the conf itself
     */
    public Chain of(int token, PreparedConf conf, PluginSnapshot snapshot) {
        if (confs.keptChain(token) instanceof Chain chain && chain.snapshot() == snapshot) {
            return chain;
        }
        ConfContent content = conf.content();
        Object known = content.cachedChain();
        Chain chain = known == null ? null : chain(known);
        if (chain == null || chain.snapshot() != snapshot) {
            chain = chainAfter(chain, conf, snapshot);
            known = chain.parses() ? new ChainConfs(chain, content, conf.key()) : chain;
            content.cacheChain(known);
        }
        confs.keep(token, chain, known);
        return chain;
    }

    /** Has the plugins of a conf's chain parse it, where that is new; completes when they have, well or not. */
    public CompletableFuture<Void> parse(PreparedConf conf, PluginSnapshot snapshot) {
        of(conf.token(), conf, snapshot);
        return conf.content().cachedChain() instanceof ChainConfs made ? made.whenParsed() : CompletableFuture.completedFuture(null);
    }

    /** Of what is kept for a content: its chain, or where plugins parse its {@link ChainConfs}. */
    private static Chain chain(Object kept) {
        return kept instanceof ChainConfs made ? made.chain() : (Chain) kept;
    }

    /**
     * What the plugins of a conf's chain have made of its confs: their {@link ChainConfs#values}, or the {@link ChainConfs} itself as long as there are none.
     *
     * @param token the conf's
     * @param chain what {@link #of} has returned for it
     */
    public Object parsed(int token, PreparedConf conf, Chain chain) {
        if (!chain.parses()) {
            return null;
        }
        Object kept = confs.keptParsed(token, chain);
        if (kept != null && !(kept instanceof ChainConfs)) {
            return kept;
        }
        ChainConfs made = kept instanceof ChainConfs known ? known : new ChainConfs(chain, conf.content(), conf.key());
        if (made.unparsed() >= 0 || made.refused() >= 0 || made.values() == null) {
            return made;
        }
        confs.keep(token, chain, made.values());
        return made.values();
    }

    /** The chain at a snapshot of a conf that has had this one before, or none: right after a switch each conf's next call comes by here. */
    private Chain chainAfter(Chain before, PreparedConf conf, PluginSnapshot snapshot) {
        Chain known = before == null ? null : before.successor();
        if (known != null && known.snapshot() == snapshot) {
            return known;
        }
        Chain made = chain(conf, snapshot);
        // A loop that lags behind makes one of an older snapshot, which the newer one must not hold. And where a plugin is missing, that is told of each conf.
        if (before != null && snapshot.isNewerThan(before.snapshot()) && made.length() == conf.content().entries().size()) {
            before.succeededBy(made);
        }
        return made;
    }

    private Chain chain(PreparedConf conf, PluginSnapshot snapshot) {
        List<Entry> entries = conf.content().entries();
        List<Step> steps = new ArrayList<>();
        CallFailure refusal = null;
        for (int i = 0; i < entries.size(); i++) {
            String name = entries.get(i).name();
            PluginVersion plugin = snapshot.find(name);
            if (plugin != null) {
                steps.add(new Step(plugin, i));
            } else if (snapshot.lacksVersion(name)) {
                LOG.error("{}: no version of a plugin satisfies \"{}\", calls of this conf are refused. {}", conf.key(), name, snapshot.insteadOf(name));
                refusal = CallFailure.PLUGIN_MISSING;
            } else if (skips(name)) {
                LOG.warn("{}: plugin \"{}\" is not deployed and is skipped (plugin.missing = skip). {}", conf.key(), name, snapshot.insteadOf(name));
            } else {
                LOG.error("{}: plugin \"{}\" is not deployed, calls of this conf are refused (plugin.missing = deny). {}", conf.key(), name,
                        snapshot.insteadOf(name));
                refusal = CallFailure.PLUGIN_MISSING;
            }
        }
        Chain made = chain(snapshot, steps, refusal);
        Shared now = shared;
        if (now.snapshot != snapshot) {
            shared = now = new Shared(snapshot, new ConcurrentHashMap<>());
        }
        Chain other = now.chains.putIfAbsent(entries.stream().map(Entry::name).toList(), made);
        return other == null ? made : other;
    }

    private static Chain chain(PluginSnapshot snapshot, List<Step> steps, CallFailure refusal) {
        List<Trial> trials = snapshot.trials().stream().filter(trial -> steps.stream().anyMatch(step -> trial.inPlaceOf(step.plugin()) != null)).toList();
        if (trials.isEmpty() || refusal != null) {
            return new Chain(snapshot, steps, refusal);
        }
        List<Step> all = new ArrayList<>(steps);
        for (Trial trial : trials) {
            steps.stream().filter(step -> trial.inPlaceOf(step.plugin()) != null).map(step -> new Step(trial.inPlaceOf(step.plugin()), step.entry())).forEach(all::add);
        }
        return new Chain(snapshot, all, null, new Chain.Choice(trials, chosen -> new Chain(snapshot, steps.stream().map(step -> chosen(step, trials, chosen)).toList(), null)));
    }

    private static Step chosen(Step step, List<Trial> trials, int chosen) {
        for (int i = 0; i < trials.size(); i++) {
            PluginVersion tried = (chosen & 1 << i) == 0 ? null : trials.get(i).inPlaceOf(step.plugin());
            if (tried != null) {
                return new Step(tried, step.entry());
            }
        }
        return step;
    }

    private boolean skips(String plugin) {
        String one = settings.ofPlugin(PluginSnapshot.plugin(plugin), Setting.OfPlugin.MISSING);
        return (one == null ? settings.text(Setting.PLUGIN_MISSING) : one).equals("skip");
    }

    /** Has confs forget the chains of older snapshots, and with them the plugins that are gone. */
    public void sweep(PluginSnapshot current) {
        if (shared.snapshot != current) {
            shared = new Shared(current, new ConcurrentHashMap<>());
        }
        confs.sweepChains(kept -> chain(kept).snapshot() != current);
    }
}
