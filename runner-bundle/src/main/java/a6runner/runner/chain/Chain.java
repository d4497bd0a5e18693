// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.conf.ConfContent;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.Trial;
import a6runner.spi.CallFailure;
import java.lang.ref.WeakReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/**
 * The plugins of one snapshot that confs name, in the order in which they run, with what follows from that: one for all confs that name the same, so that it
 * stays in the processor's caches, and until a plugin comes or goes. Immutable but for its successor; any thread.
 */
public final class Chain {

    /** A step: its plugin, and where the conf names it. */
    record Step(PluginVersion plugin, int entry) {}

    /**
     * What a call has to decide before it has a chain to walk along: for each trial whether it takes part. Chains by what is decided are made when a call first needs
     * them; any thread.
     */
    static final class Choice {

        private final List<Trial> trials;
        private final IntFunction<Chain> make;
        private final ConcurrentMap<Integer, Chain> made = new ConcurrentHashMap<>();

        /** {@code make} is given a number whose bits say in which of the trials a call takes part. */
        Choice(List<Trial> trials, IntFunction<Chain> make) {
            this.trials = trials;
            this.make = make;
        }

        List<Trial> trials() {
            return trials;
        }

        Chain chain(int chosen) {
            return made.computeIfAbsent(chosen, make::apply);
        }
    }

    private final PluginSnapshot snapshot;
    private final PluginVersion[] plugins;
    private final int[] entries;
    private final String[] vars;
    private final boolean parses;
    private final CallFailure refusal;
    private final Choice choice;
    private volatile WeakReference<Chain> successor; // weak, for a call that takes long must not hold all versions that come after its own

    /**
     * A chain.
     *
     * @param refusal why all calls are refused, or null
     */
    Chain(PluginSnapshot snapshot, List<Step> steps, CallFailure refusal) {
        this(snapshot, steps, refusal, null);
    }

    /** One with a choice: its steps are all those that a call may come to have, so that none of them goes before the call has chosen. */
    Chain(PluginSnapshot snapshot, List<Step> steps, CallFailure refusal, Choice choice) {
        this.choice = choice;
        this.snapshot = snapshot;
        this.plugins = steps.stream().map(Step::plugin).toArray(PluginVersion[]::new);
        this.entries = steps.stream().mapToInt(Step::entry).toArray();
        Set<String> names = new LinkedHashSet<>();
        steps.forEach(step -> names.addAll(step.plugin().vars()));
        this.vars = names.toArray(new String[0]);
        this.parses = steps.stream().anyMatch(step -> step.plugin().filter() instanceof ConfiguredFilter);
        this.refusal = refusal;
    }

    PluginSnapshot snapshot() {
        return snapshot;
    }

    /** How many steps it has. */
    int length() {
        return plugins.length;
    }

    /** The plugin of a step. */
    PluginVersion plugin(int step) {
        return plugins[step];
    }

    /** The conf of a step's plugin, as APISIX sent it in a content of this chain. */
    String conf(int step, ConfContent content) {
        return content.entries().get(entries[step]).value();
    }

    /** Whether any of its plugins parses its conf. */
    boolean parses() {
        return parses;
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

    /** What calls have to choose first; mostly null. */
    Choice choice() {
        return choice;
    }

    /** The chain of the same names in a newer snapshot, if one was made and is in use; null if not. */
    Chain successor() {
        WeakReference<Chain> newer = successor;
        return newer == null ? null : newer.get();
    }

    /** Has confs that have this chain find the newer one without looking for their plugins. */
    void succeededBy(Chain newer) {
        successor = new WeakReference<>(newer);
    }

    List<PluginFilter> filters() {
        return Stream.of(plugins).map(PluginVersion::filter).toList();
    }
}
