// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.ParsedConf;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.runner.plugin.PluginVersion;
import a6runner.spi.CallFailure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/**
 * The plugins of a conf at one snapshot, in order: made once, shared by all calls of that conf until a plugin comes or goes. Immutable but for the confs
 * that plugins are still parsing. Any thread.
 */
public final class Chain {

    /** One plugin in its place; {@code parsed} is null for a plugin that doesn't parse its conf. */
    record Step(PluginVersion plugin, String conf, ParsedConf parsed) {}

    private final PluginSnapshot snapshot;
    private final Step[] steps;
    private final String[] vars;
    private final CallFailure refusal;
    private int refused; // valid once it is ready
    private volatile boolean ready;

    Chain(PluginSnapshot snapshot, List<Step> steps, CallFailure refusal) {
        this.snapshot = snapshot;
        this.steps = steps.toArray(new Step[0]);
        this.refusal = refusal;
        Set<String> names = new LinkedHashSet<>();
        steps.forEach(step -> names.addAll(step.plugin.vars()));
        this.vars = names.toArray(new String[0]);
    }

    PluginSnapshot snapshot() {
        return snapshot;
    }

    int length() {
        return steps.length;
    }

    Step step(int index) {
        return steps[index];
    }

    /** The variables that its plugins want, each once. */
    String[] vars() {
        return vars;
    }

    /** Whether one of its plugins wants this variable. */
    boolean declares(String name) {
        for (String var : vars) {
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
            for (int i = 0; i < steps.length; i++) {
                if (steps[i].parsed != null && !steps[i].parsed.done()) {
                    return i;
                }
            }
            refused = firstRefused();
            ready = true;
        }
        return -1;
    }

    private int firstRefused() {
        for (int i = 0; i < steps.length; i++) {
            if (steps[i].parsed != null && steps[i].parsed.failure() != null) {
                return i;
            }
        }
        return -1;
    }

    /** The first step whose plugin refuses its conf, or -1. Once {@link #unparsed} has said that all are parsed. */
    int refused() {
        return refused;
    }

    List<PluginFilter> filters() {
        List<PluginFilter> filters = new ArrayList<>(steps.length);
        for (Step step : steps) {
            filters.add(step.plugin.filter());
        }
        return List.copyOf(filters);
    }
}
