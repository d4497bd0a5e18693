// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.ParsedConf;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.runner.plugin.PluginVersion;
import a6runner.spi.CallFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/**
 * The plugins of a conf at one snapshot, in order: made once, shared by all calls of that conf until a plugin comes or goes. Immutable but for the confs
 * that plugins are still parsing. Any thread.
 */
public final class Chain {

    private final PluginSnapshot snapshot;
    private final ChainPlugins plugins;
    private final String[] confs;
    private final ParsedConf[] parsed; // null where a plugin doesn't parse its conf; null if none does
    private final CallFailure refusal;
    private int refused; // valid once it is ready
    private volatile boolean ready;

    /**
     * A chain.
     *
     * @param confs the plugins' confs
     * @param parsed what the plugins make of them, null for those that don't parse
     * @param refusal why all calls are refused, or null
     */
    Chain(PluginSnapshot snapshot, ChainPlugins plugins, String[] confs, ParsedConf[] parsed, CallFailure refusal) {
        this.snapshot = snapshot;
        this.plugins = plugins;
        this.confs = confs;
        this.parsed = Arrays.stream(parsed).allMatch(Objects::isNull) ? null : parsed;
        this.refusal = refusal;
    }

    PluginSnapshot snapshot() {
        return snapshot;
    }

    /** How many steps it has. */
    int length() {
        return plugins.length();
    }

    /** The plugin of a step. */
    PluginVersion plugin(int step) {
        return plugins.plugin(step);
    }

    /** The conf of a step's plugin, as APISIX sent it. */
    String conf(int step) {
        return confs[step];
    }

    /** What a step's plugin has made of its conf; null if it doesn't parse it. */
    ParsedConf parsed(int step) {
        return parsed == null ? null : parsed[step];
    }

    /** The variables that its plugins want, each once. */
    String[] vars() {
        return plugins.vars();
    }

    /** Whether one of its plugins wants this variable. */
    boolean declares(String name) {
        for (String var : vars()) {
            if (var.equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Why its calls are refused, or null. */
    public CallFailure refusal() {
        return refusal;
    }

    /** The step whose conf is not parsed yet, or -1. */
    int unparsed() {
        if (!ready) {
            int first = -1;
            for (int i = 0; i < length(); i++) {
                ParsedConf made = parsed(i);
                if (made != null && !made.done()) {
                    return i;
                }
                if (made != null && made.failure() != null && first < 0) {
                    first = i;
                }
            }
            refused = first;
            ready = true;
        }
        return -1;
    }

    /** The first step whose plugin refuses its conf, or -1. Once {@link #unparsed} has said that all are parsed. */
    int refused() {
        return refused;
    }

    List<PluginFilter> filters() {
        return IntStream.range(0, length()).mapToObj(step -> plugin(step).filter()).toList();
    }
}
