// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.runner.chain.Outcome;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.spi.PrepareCall.Entry;
import a6runner.spi.RunnerControl;
import a6runner.spi.RunnerView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator sees and may do, as a service that isn't made before somebody asks for it. Threads as the interfaces say. */
@Component(service = {RunnerView.class, RunnerControl.class})
public final class RunnerInside implements RunnerView, RunnerControl {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerInside.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int SLOWEST = 10;

    private final RunnerCallService.Parts parts;

    @Activate
    public RunnerInside(@Reference RunnerCallService service) {
        parts = service.parts();
    }

    @Override
    public List<Plugin> plugins() {
        return parts.registry().view();
    }

    @Override
    public List<Conf> confs() {
        PluginSnapshot snapshot = parts.registry().snapshot();
        List<Conf> all = new ArrayList<>();
        parts.confs().forEach(conf -> all.add(view(conf, snapshot)));
        return all;
    }

    private Conf view(PreparedConf conf, PluginSnapshot snapshot) {
        List<Entry> entries = conf.content().entries();
        List<String> missing = entries.stream().map(Entry::name).filter(name -> snapshot.find(name) == null).toList();
        return new Conf(Integer.toUnsignedLong(conf.token()), conf.key(), entries, missing, conf.superseded(), Instant.ofEpochSecond(conf.created()),
                Instant.ofEpochSecond(parts.confs().lastUsed(conf)));
    }

    @Override
    public List<CallInFlight> calls() {
        return parts.clock().inFlight(PATIENCE).stream().sorted(Comparator.comparingLong(CallInFlight::nanos).reversed()).toList();
    }

    @Override
    public List<SlowCall> slowest() {
        return parts.clock().slowest(PATIENCE).stream().sorted(Comparator.comparingLong(SlowCall::nanos).reversed()).limit(SLOWEST).toList();
    }

    @Override
    public void forgetSlowest() {
        parts.clock().forgetSlowest();
    }

    @Override
    public Map<String, Long> totals() {
        Map<String, Long> totals = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            totals.put(outcome.says(), parts.clock().counted(outcome));
        }
        return totals;
    }

    @Override
    public boolean disable(String plugin) {
        boolean changed = parts.registry().disable(plugin, true);
        if (changed) {
            LOG.warn("plugin {} is disabled by an operator: calls that name it are treated as if it were missing", plugin);
            parts.sweepChains();
        }
        return changed;
    }

    @Override
    public boolean enable(String plugin) {
        boolean changed = parts.registry().disable(plugin, false);
        if (changed) {
            LOG.warn("plugin {} is enabled again", plugin);
            parts.sweepChains();
        }
        return changed;
    }

    @Override
    public Set<String> disabled() {
        return parts.registry().disabled();
    }

    @Override
    public AutoCloseable trace(String matches, Consumer<TraceEvent> sink) {
        return parts.clock().trace(matches, sink);
    }
}
