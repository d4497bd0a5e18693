// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.runner.chain.Chain;
import a6runner.runner.chain.Chains;
import a6runner.runner.chain.Limits;
import a6runner.runner.chain.LoopRuns;
import a6runner.runner.chain.Outcome;
import a6runner.runner.chain.RequestRun;
import a6runner.runner.chain.ResponseRun;
import a6runner.runner.chain.RunClock;
import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.ConfWatchers;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.FaultLog;
import a6runner.runner.plugin.PluginRegistry;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.spi.Call;
import a6runner.spi.CallFailure;
import a6runner.spi.CallService;
import a6runner.spi.Canary;
import a6runner.spi.ConfHandOver;
import a6runner.spi.ExchangeCall;
import a6runner.spi.PluginLifecycle;
import a6runner.spi.PrepareCall;
import a6runner.spi.RequestCall;
import a6runner.spi.ResponseCall;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.apisix.plugin.runner.A6ConfigWatcher;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The middle of a call's path: finds the conf of the token, the chain of that conf with the plugins of this moment, and has a run walk along it. Also hands
 * what the deployer wants to the registry. Calls come on their event loops and are never blocked here; the rest may come from any thread.
 */
@Component(service = {CallService.class, PluginLifecycle.class, RunnerCallService.class}, immediate = true)
public final class RunnerCallService implements CallService, PluginLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerCallService.class);
    private static final long EXPIRE_SECONDS = 10;
    private static final long REPORT_SECONDS = 1;
    private static final long DRAIN_LOOK_MILLIS = 20;
    private static final long TICK_MILLIS = 100;
    /** So long early calls go on waiting for their plugins when the runner ends: these are there within that time, or hang. */
    private static final long CLOSING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** A loop that a plugin holds answers nobody; what waits for it is given up after so long. */
    private static final long ANSWER_SECONDS = 1;

    private final ScheduledExecutorService clockThread = clockThread();
    private final ConfTable confs;
    private final PluginRegistry registry;
    private final Chains chains;
    private final Limits limits;
    private final FaultLog faults;
    private final RunClock clock;
    private final StartGate gate;
    private final long drainNanos;
    private final long replaceNanos;
    private final Replacements replacements = new Replacements();
    private final AtomicBoolean lookingAtTrials = new AtomicBoolean();
    private final ConfWatchers watchers = new ConfWatchers();
    private final HandOver handOver;

    /** Serves by the settings in force. */
    @Activate
    public RunnerCallService(BundleContext context) {
        Settings settings = new Settings(context::getProperty);
        confs = new ConfTable(settings, System::currentTimeMillis);
        registry = new PluginRegistry(context, settings, confs);
        chains = new Chains(settings, confs);
        limits = Limits.of(settings);
        replaceNanos = settings.nanos(Setting.REPLACE_TIMEOUT);
        drainNanos = settings.nanos(Setting.DRAIN_TIMEOUT);
        gate = new StartGate(settings.nanos(Setting.START_WAIT));
        faults = new FaultLog(LOG, settings.nanos(Setting.LOG_REPEAT));
        clock = new RunClock(clockThread, faults);
        clockThread.scheduleWithFixedDelay(gate::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        clockThread.scheduleWithFixedDelay(replacements::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        clockThread.scheduleWithFixedDelay(this::tendTrials, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        clockThread.scheduleWithFixedDelay(this::expire, EXPIRE_SECONDS, EXPIRE_SECONDS, TimeUnit.SECONDS);
        clockThread.scheduleWithFixedDelay(this::reportFaults, REPORT_SECONDS, REPORT_SECONDS, TimeUnit.SECONDS);
        handOver = new HandOver(confs, registry, chains, gate, this::tellWatchers);
        registry.onTrialError(this::lookAtTrialsNow);
        registry.open();
    }

    private static ScheduledExecutorService clockThread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "a6runner-clock");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    @Deactivate
    void close() {
        registry.close();
        clockThread.shutdownNow();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addWatcher(A6ConfigWatcher watcher) {
        watchers.add(watcher);
    }

    void removeWatcher(A6ConfigWatcher watcher) {
        watchers.remove(watcher);
    }

    /** What {@link RunnerInside} looks into. */
    record Parts(ConfTable confs, PluginRegistry registry, Chains chains, RunClock clock) {

        /** Lets go of what chains of older snapshots refer to. */
        void sweepChains() {
            chains.sweep(registry.snapshot());
        }
    }

    Parts parts() {
        return new Parts(confs, registry, chains, clock);
    }

    // ---- calls

    @Override
    public void prepare(PrepareCall call) {
        PreparedConf conf = confs.prepare(call.key(), call.conf());
        registry.notice(conf);
        call.answer(conf.token());
        clock.of(call.loop()).count(Outcome.PREPARED);
        PluginSnapshot snapshot = registry.snapshot();
        if (gate.isOpen(conf) && !snapshot.awaits(conf)) {
            chains.of(conf.token(), conf, snapshot); // so that plugins parse it before the first call
        }
        tellWatchers(conf);
        if (confs.overfull()) {
            clockThread.execute(this::expire);
        }
    }

    private void tellWatchers(PreparedConf conf) {
        if (!watchers.isEmpty()) {
            watchers.tell(Integer.toUnsignedLong(conf.token()), new WatchedConf(conf, registry.snapshot()));
        }
    }

    @Override
    public void serve(RequestCall call) {
        PreparedConf conf = confs.find(call.confToken());
        if (conf != null && gate.isOpen(conf)) {
            walk(call, conf, 0);
        } else {
            serveLater(call, call.confToken(), conf, found -> walk(call, found, 0));
        }
    }

    @Override
    public void serve(ResponseCall call) {
        PreparedConf conf = confs.find(call.confToken());
        if (conf != null && gate.isOpen(conf)) {
            walk(call, conf, 0);
        } else {
            serveLater(call, call.confToken(), conf, found -> walk(call, found, 0));
        }
    }

    /** What waits for the folder's first scan, or for another process to be asked for a token that isn't known here. */
    private void serveLater(Call call, int token, PreparedConf conf, Consumer<PreparedConf> walk) {
        if (conf != null) {
            gate.whenOpen(conf, () -> walkLater(call, conf, () -> walk.accept(conf)));
            return;
        }
        CompletionStage<PreparedConf> asked = handOver.ask(token);
        if (asked == null) {
            unknown(call);
            return;
        }
        asked.thenAccept(found -> {
            if (found != null) {
                gate.whenOpen(found, () -> walkLater(call, found, () -> walk.accept(found)));
            } else {
                call.loop().execute(() -> unknown(call));
            }
        });
    }

    private void unknown(Call call) {
        clock.of(call.loop()).count(Outcome.CONF_TOKEN_NOT_FOUND);
        call.fail(CallFailure.CONF_TOKEN_NOT_FOUND);
    }

    @Override
    public ConfHandOver handOver() {
        return handOver;
    }

    @Override
    public void closing() {
        gate.hurry(CLOSING_NANOS);
    }

    private void walkLater(Call call, PreparedConf conf, Runnable walk) {
        call.loop().execute(() -> {
            try {
                if (!call.ended()) {
                    walk.run();
                }
            } catch (RuntimeException | Error e) {
                faults.error("broken", "the runner itself failed, so a call of " + conf + " was refused", e);
                call.fail(CallFailure.FAULT);
            }
        });
    }

    /** Walks; {@code since} is when the call has begun to wait for a plugin that is on its way in, 0 if it has not. */
    private void walk(RequestCall call, PreparedConf conf, long since) {
        LoopRuns runs = clock.of(call.loop());
        PluginSnapshot snapshot = registry.snapshot();
        if (snapshot.awaits(conf)) {
            awaitReplacement(call, conf, snapshot, since, began -> walk(call, conf, began));
            return;
        }
        Chain chain = chain(call, conf, snapshot, runs);
        if (chain != null) {
            new RequestRun(call, conf, chain, chains.parsed(call.confToken(), conf, chain), runs, limits).run();
        }
    }

    private void walk(ResponseCall call, PreparedConf conf, long since) {
        LoopRuns runs = clock.of(call.loop());
        PluginSnapshot snapshot = registry.snapshot();
        if (snapshot.awaits(conf)) {
            awaitReplacement(call, conf, snapshot, since, began -> walk(call, conf, began));
            return;
        }
        Chain chain = chain(call, conf, snapshot, runs);
        if (chain != null) {
            new ResponseRun(call, conf, chain, chains.parsed(call.confToken(), conf, chain), runs, limits).run();
        }
    }

    /** The chain of this moment; null if the call was refused. The snapshot was taken after {@link RunClock#of}. */
    private Chain chain(ExchangeCall call, PreparedConf conf, PluginSnapshot snapshot, LoopRuns runs) {
        int token = call.confToken();
        confs.used(token, clock.epochSeconds());
        Chain chain = chains.of(token, conf, snapshot);
        if (chain.refusal() != null) {
            runs.refused(call, conf.key(), chain.refusal());
            call.fail(chain.refusal());
            return null;
        }
        return chain;
    }

    private void awaitReplacement(Call call, PreparedConf conf, PluginSnapshot seen, long since, LongConsumer walk) {
        long began = since == 0 ? System.nanoTime() : since;
        long left = replaceNanos - (System.nanoTime() - began);
        if (left <= 0) {
            faults.error("replace", "a plugin was waited for longer than replace.timeout, so a call of " + conf + " was refused", null);
            clock.of(call.loop()).count(Outcome.TIMEOUT);
            call.fail(CallFailure.TIMEOUT);
            return;
        }
        replacements.await(left, () -> walkLater(call, conf, () -> walk.accept(began)));
        if (registry.snapshot() != seen) {
            replacements.changed(); // maybe before it was waiting
        }
    }

    private void reportFaults() {
        try {
            faults.report();
            registry.reportFaults();
        } catch (RuntimeException e) {
            LOG.error("repeated faults could not be told; it is tried again", e); // thrown on, it would end the schedule
        }
    }

    /** A version that is tried has failed: if that is one error too many, the next call is to know. */
    private void lookAtTrialsNow() {
        if (lookingAtTrials.compareAndSet(false, true)) {
            clockThread.execute(this::tendTrials);
        }
    }

    private void tendTrials() {
        lookingAtTrials.set(false);
        try {
            registry.tendTrials();
        } catch (RuntimeException e) {
            LOG.error("how a new version goes could not be looked at; it is tried again", e); // thrown on, it would end the schedule
        }
    }

    private void expire() {
        try {
            if (confs.expire()) {
                registry.retainParsed();
            }
            registry.tendPins();
        } catch (RuntimeException e) {
            LOG.error("confs could not be expired; it is tried again", e); // thrown on, it would end the schedule
        }
    }

    // ---- plugins' comings and goings

    @Override
    public void hold(Bundle bundle) {
        registry.hold(bundle);
    }

    @Override
    public CompletionStage<Check> check(Bundle bundle, Part part) {
        return registry.check(bundle, part);
    }

    @Override
    public void switchOver(Map<Bundle, Part> in, Collection<Bundle> out) {
        registry.switchOver(in, out);
        replacements.changed();
    }

    @Override
    public void share(Bundle bundle, Canary canary) {
        registry.share(bundle, canary);
    }

    @Override
    public List<Pin> pins() {
        return registry.pins();
    }

    @Override
    public void unsatisfiable(Collection<String> names) {
        registry.unsatisfiable(names);
        replacements.changed();
    }

    @Override
    public void observe(Observer observer) {
        registry.observe(observer);
    }

    @Override
    public void suspend(Bundle bundle) {
        registry.suspend(bundle);
    }

    @Override
    public Map<String, String> shadowed(Bundle bundle) {
        return registry.shadowed(bundle);
    }

    @Override
    public CompletionStage<Boolean> drained(Bundle bundle) {
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        long deadline = System.nanoTime() + drainNanos;
        // A loop that had taken the old snapshot has counted its call once it runs another task. What comes then looks through all confs: not on a loop.
        clock.fence().orTimeout(drainNanos, TimeUnit.NANOSECONDS).whenCompleteAsync((passed, stuck) -> look(bundle, deadline, drained), clockThread);
        return drained;
    }

    private void look(Bundle bundle, long deadline, CompletableFuture<Boolean> drained) {
        boolean busy = registry.busy(bundle);
        if (busy && System.nanoTime() - deadline < 0) {
            clockThread.schedule(() -> look(bundle, deadline, drained), DRAIN_LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        chains.sweep(registry.snapshot());
        if (!busy) {
            drained.complete(true);
            return;
        }
        clock.endCallsIn(registry.retired(bundle)).orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).whenComplete((done, stuck) -> drained.complete(false));
    }

    @Override
    public void forget(Bundle bundle) {
        registry.forget(bundle);
        replacements.changed();
    }

    @Override
    public void settled(Collection<String> plugins) {
        gate.open(plugins);
    }

    @Override
    public Set<String> awaited() {
        return gate.awaited();
    }

    @Override
    public Set<String> named() {
        Set<String> names = new HashSet<>();
        confs.forEach(conf -> conf.content().entries().forEach(entry -> names.add(entry.name())));
        return names;
    }

    @Override
    public void interruptActivations() {
        registry.interruptActivations();
    }

    @Override
    public void settled() {
        registry.settle();
        gate.open();
    }
}
