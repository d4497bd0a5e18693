// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.conf.ConfContent;
import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.ParsedConf;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.runner.plugin.PluginVersion;
import a6runner.spi.CallFailure;
import a6runner.spi.PrepareCall.Entry;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and keeps the chains of confs. Any thread, never blocks. */
public final class Chains {

    private static final Logger LOG = LoggerFactory.getLogger(Chains.class);

    /** What the chains of a snapshot share. */
    private record Shared(PluginSnapshot snapshot, ConcurrentMap<List<PluginVersion>, ChainPlugins> plugins) {}

    private final Settings settings;
    private volatile Shared shared = new Shared(null, new ConcurrentHashMap<>());

    public Chains(Settings settings) {
        this.settings = settings;
    }

    /** The chain of a conf at a snapshot; sets off the parsing of its confs where that is new. */
    public Chain of(PreparedConf conf, PluginSnapshot snapshot) {
        ConfContent content = conf.content();
        if (content.cachedChain() instanceof Chain chain && chain.snapshot() == snapshot) {
            return chain;
        }
        Chain chain = build(conf, snapshot);
        content.cacheChain(chain);
        return chain;
    }

    private Chain build(PreparedConf conf, PluginSnapshot snapshot) {
        List<PluginVersion> plugins = new ArrayList<>();
        List<String> confs = new ArrayList<>();
        CallFailure refusal = null;
        for (Entry entry : conf.content().entries()) {
            PluginVersion plugin = snapshot.find(entry.name());
            if (plugin != null) {
                plugins.add(plugin);
                confs.add(entry.value());
            } else if (skips(entry.name())) {
                LOG.warn("{}: plugin \"{}\" is not deployed and is skipped (plugin.missing = skip). {}", conf.key(), entry.name(),
                        snapshot.insteadOf(entry.name()));
            } else {
                LOG.error("{}: plugin \"{}\" is not deployed, calls of this conf are refused (plugin.missing = deny). {}", conf.key(), entry.name(),
                        snapshot.insteadOf(entry.name()));
                refusal = CallFailure.PLUGIN_MISSING;
            }
        }
        ParsedConf[] parsed = new ParsedConf[plugins.size()];
        for (int i = 0; i < parsed.length; i++) {
            parsed[i] = plugins.get(i).parse(confs.get(i), conf.key());
        }
        return new Chain(snapshot, shared(snapshot, plugins), confs.toArray(new String[0]), parsed, refusal);
    }

    private ChainPlugins shared(PluginSnapshot snapshot, List<PluginVersion> plugins) {
        Shared now = shared;
        if (now.snapshot != snapshot) {
            shared = now = new Shared(snapshot, new ConcurrentHashMap<>());
        }
        return now.plugins.computeIfAbsent(List.copyOf(plugins), ChainPlugins::new);
    }

    private boolean skips(String plugin) {
        String one = settings.ofPlugin(plugin, Setting.OfPlugin.MISSING);
        return (one == null ? settings.text(Setting.PLUGIN_MISSING) : one).equals("skip");
    }

    /** Has confs forget the chains of older snapshots, and with them the plugins that are gone. */
    public void sweep(ConfTable confs, PluginSnapshot current) {
        if (shared.snapshot != current) {
            shared = new Shared(current, new ConcurrentHashMap<>());
        }
        confs.sweepChains(chain -> chain instanceof Chain old && old.snapshot() != current);
    }
}
