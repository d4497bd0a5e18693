// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.chain.Chain.Choice;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.PluginVersion.Warning;
import a6runner.runner.plugin.Trial;
import a6runner.runner.plugin.WorkerThread;
import a6runner.spi.CallFailure;
import a6runner.spi.ExchangeCall;
import a6runner.spi.RunnerControl.Change;
import a6runner.spi.RunnerView.CallInFlight;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.slf4j.MDC;

/**
 * One call's walk along its chain, the part that both phases have in common. It belongs to the call's event loop; what plugins may call from other threads
 * says so.
 *
 * <p>The walk: fetch the variables that the chain's plugins declare, then for each step fetch the body if the step is the first to want it, run the filter
 * where its plugin runs, and look what its return means; at the end {@link #finish}. A step that has to be waited for suspends the walk; the way on is
 * {@link #resume}, on the loop. A run ends exactly once, by {@link #ended()}.
 */
abstract class CallRun {

    /*
     * Where the step is, in the two lowest bits of `state`; its index above. A filter runs; the chain is called before or after it returns, by any thread:
     *
     *   RUNNING --chain call--> CHAINED --return--> next step
     *   RUNNING --return------> WAITING --chain call--> CHAINED, resumed on the loop
     *   RUNNING --return, response touched--> next step
     *
     * Whoever makes the change to CHAINED or sees it has the duty to go on, so exactly one does.
     */
    private static final int RUNNING = 0;
    private static final int WAITING = 1;
    private static final int CHAINED = 2;

    private static final String VAR = "var:";
    private static final String HEADER = "header:";

    private static final VarHandle STATE;
    private static final VarHandle OVER;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(CallRun.class, "state", int.class);
            OVER = MethodHandles.lookup().findVarHandle(CallRun.class, "over", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final ExchangeCall call;
    final PreparedConf conf;
    Chain chain; // the one that is walked along, once it is chosen
    private Object parsed; // as Chains.parsed says; none of it is a ChainConfs once the first step begins
    final Limits limits;
    private final LoopRuns runs;

    int place = -1; // among the loop's waiting runs
    private int index = -1;
    private volatile int state = CHAINED;
    private volatile boolean over;

    // What the running step does; written by the thread that runs it, read by it.
    private Thread stepThread;
    private boolean touched;
    private boolean async;

    private long stepBegan;
    private long stepReturned; // on the loop
    private long spent; // in plugins, by steps that are through
    private PluginVersion awaited; // whose step or parsing a suspended run waits for; null if it waits for answers only
    private Questions questions; // null until one is asked, or thought of; written under the lock

    CallRun(ExchangeCall call, PreparedConf conf, Chain chain, Object parsed, LoopRuns runs, Limits limits) {
        this.call = call;
        this.conf = conf;
        this.chain = chain;
        this.parsed = parsed;
        this.runs = runs;
        this.limits = limits;
    }

    // ---- what the phases differ in

    /** Runs the step's filter. */
    abstract void invoke(PluginFilter filter, int step);

    /** Whether the chain ends here, with what the plugins have said so far. */
    abstract boolean stopped();

    /** Whether the request's headers came with the call. */
    abstract boolean knowsRequestHeaders();

    /** A header of the request as it came, the first of the name, null if there is none or they aren't known. */
    abstract String requestHeader(String name);

    /** Whether the body that this plugin wants has still to be fetched. */
    abstract boolean wantsBody(PluginVersion plugin);

    /** Asks for the body and keeps it; then {@code then}. */
    abstract void fetchBody(Runnable then);

    /** The body as plugins see it now; null if none of them declared it. From the step's thread. */
    abstract byte[] bodyShown();

    /** The body, asked for if it has not been yet. From any thread. */
    abstract CompletionStage<Optional<byte[]>> askBody(int step);

    /** Answers the call with what the plugins have said. */
    abstract void finish();

    // ---- for those who look on, on the loop

    /** {@code request} or {@code response}. */
    abstract String phase();

    /** What came in, in short. */
    abstract String in();

    /** What plugins have changed so far. */
    abstract List<Change> changesSoFar();

    /** The names of the plugins that it came to. */
    final String steps() {
        return IntStream.rangeClosed(0, index).mapToObj(step -> plugin(step).name()).collect(Collectors.joining(", "));
    }

    /** What is to be told of it while it waits for something. */
    final CallInFlight inFlight(long now) {
        PluginVersion in = awaited;
        boolean asks = in == null || questions != null && questions.unanswered();
        String waits = asks ? "asks" : stepThread != null ? "runs" : "waits";
        return new CallInFlight(call.id(), phase(), conf.key(), in == null ? "" : in.name(), waits, in == null ? spent : spent + now - stepBegan,
                call.loop().index());
    }

    final void count(Outcome outcome) {
        runs.count(outcome);
    }

    // ---- the walk, on the loop

    /** Begins. */
    final void start() {
        enter(chain);
        try {
            if (chain.choice() == null) {
                walk();
            } else {
                choose(chain.choice());
            }
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    private void walk() {
        if (parsed instanceof ChainConfs confs) {
            awaitParsed(confs);
        } else {
            prefetch();
        }
    }

    // ---- the choice between versions, which few calls have

    private void choose(Choice choice) {
        Set<String> asked = choice.trials().stream().map(this::stickyVar).filter(Objects::nonNull).collect(Collectors.toSet());
        if (asked.isEmpty()) {
            chosen(choice);
            return;
        }
        for (String name : asked) {
            questions().askVar(name, value -> {
                if (!questions.unanswered()) {
                    resume(() -> chosen(choice));
                }
            });
        }
        call.flush();
        suspend(null);
    }

    /** The variable that APISIX has to be asked for before a trial is decided on; null if it needn't. */
    private String stickyVar(Trial trial) {
        String sticky = trial.sticky();
        if (sticky.startsWith(VAR)) {
            return sticky.substring(VAR.length());
        }
        // The request's headers aren't sent along in the response phase.
        return sticky.startsWith(HEADER) && !knowsRequestHeaders() ? "http_" + sticky.substring(HEADER.length()).toLowerCase(Locale.ROOT).replace('-', '_') : null;
    }

    private void chosen(Choice choice) {
        int chosen = 0;
        for (int i = 0; i < choice.trials().size(); i++) {
            Trial trial = choice.trials().get(i);
            String var = stickyVar(trial);
            boolean takes = var != null ? trial.takes(questions().answeredVar(var)) : trial.sticky().isEmpty() ? trial.draw()
                    : trial.takes(requestHeader(trial.sticky().substring(HEADER.length())));
            chosen |= takes ? 1 << i : 0;
        }
        Chain all = chain;
        chain = choice.chain(chosen);
        enter(chain);
        leave(all);
        parsed = chain.parses() ? new ChainConfs(chain, conf.content(), conf.key()) : null;
        walk();
    }

    private void enter(Chain entered) {
        for (int i = 0; i < entered.length(); i++) {
            entered.plugin(i).enter(runs.stripe());
        }
    }

    private void leave(Chain left) {
        for (int i = 0; i < left.length(); i++) {
            left.plugin(i).leave(runs.stripe());
        }
    }

    private void awaitParsed(ChainConfs confs) {
        int step = confs.unparsed();
        if (step < 0) {
            parsed = confs.values();
            resume(() -> begin(confs.refused()));
            return;
        }
        stepBegan = System.nanoTime();
        suspend(chain.plugin(step));
        confs.whenParsed(step, () -> call.loop().execute(() -> {
            if (!over) {
                awaitParsed(confs);
            }
        }));
    }

    private void begin(int refused) {
        if (refused >= 0) {
            fail(CallFailure.CONF_REFUSED, chain.plugin(refused), "refuses its conf, so a call of " + conf + " was refused", null);
        } else {
            prefetch();
        }
    }

    private void prefetch() {
        String[] names = chain.vars();
        if (names.length == 0) {
            next();
            return;
        }
        for (String name : names) {
            questions().askVar(name, value -> {
                if (!questions.unanswered()) {
                    resume(this::next);
                }
            });
        }
        call.flush();
        suspend(null);
    }

    private void next() {
        long now = System.nanoTime();
        while (!over) {
            if (index >= 0 && stopped() || index + 1 == chain.length()) {
                finish();
                return;
            }
            PluginVersion plugin = chain.plugin(index + 1);
            if (wantsBody(plugin)) {
                suspend(null);
                fetchBody(() -> resume(this::next));
                return;
            }
            index++;
            touched = false;
            async = false;
            stepBegan = now;
            if (runs.tracer() != null) {
                runs.tracer().begins(this, plugin.name());
            }
            STATE.setRelease(this, index << 2 | RUNNING); // on its way to another thread it is published by other means
            if (!run(plugin)) {
                return;
            }
            took(stepReturned - stepBegan);
            now = stepReturned;
        }
    }

    /** Runs the step; whether it is through. */
    private boolean run(PluginVersion plugin) {
        if (plugin.placement().onLoop()) {
            runs.began(plugin, this, stepBegan);
            Throwable fault = step(plugin);
            runs.ended();
            stepReturned = System.nanoTime();
            plugin.placement().ranOnLoop(runs.stripe(), stepReturned - stepBegan);
            if (fault != null) {
                fault(plugin, fault);
                return false;
            }
            if (returned()) {
                return true;
            }
            suspend(plugin);
            return false;
        }
        suspend(plugin);
        if (!plugin.workers().tryRun(() -> onWorker(plugin))) {
            fail(CallFailure.OVERLOADED, plugin, "holds as many worker threads as it may (plugin.workers), so a call of " + conf + " was refused", null);
        }
        return false;
    }

    private void onWorker(PluginVersion plugin) {
        long began = System.nanoTime();
        WorkerThread.worksOn(this);
        Throwable fault = step(plugin);
        WorkerThread.worksOn(null);
        plugin.placement().ranOnWorker(System.nanoTime() - began);
        if (fault != null) {
            call.loop().execute(() -> fault(plugin, fault));
        } else if (returned()) {
            call.loop().execute(this::stepThrough);
        }
    }

    private Throwable step(PluginVersion plugin) {
        stepThread = Thread.currentThread();
        try {
            invoke(plugin.filter(), index);
            return null;
        } catch (Throwable e) {
            return e;
        } finally {
            stepThread = null;
        }
    }

    /** The filter has returned: whether its step is through. */
    private boolean returned() {
        int running = index << 2 | RUNNING;
        if (state != running) {
            return true; // the chain was called before the return, which is what most filters do
        }
        if (touched && !async && STATE.compareAndSet(this, running, index << 2 | CHAINED)) {
            return true;
        }
        return !STATE.compareAndSet(this, running, index << 2 | WAITING);
    }

    /** A step that was waited for is through. */
    private void stepThrough() {
        if (!over) {
            took(System.nanoTime() - stepBegan);
            resume(this::next);
        }
    }

    /** A step is through and took so long. */
    private void took(long nanos) {
        spent += nanos;
        PluginVersion plugin = chain.plugin(index);
        plugin.ran(runs.stripe(), nanos);
        if (runs.tracer() != null) {
            runs.tracer().ends(this, plugin.name(), stopped() ? "stopped" : "went on", nanos);
        }
        if (nanos > plugin.slowNanos()) {
            inContext(() -> plugin.slow(nanos, conf));
        }
    }

    /** Has the walk wait, for a plugin or, where that is null, for answers. */
    final void suspend(PluginVersion waitsFor) {
        awaited = waitsFor;
        if (place < 0 && !over) {
            runs.add(this);
            call.onDisconnect(this::lost);
        }
    }

    final void resume(Runnable then) {
        if (!over) {
            if (place >= 0) {
                runs.remove(this);
            }
            try {
                then.run();
            } catch (RuntimeException | Error e) {
                broken(e);
            }
        }
    }

    private void lost() {
        if (!over) {
            count(Outcome.LOST);
            ended();
        }
    }

    /** The runner itself failed, maybe while it answered: then the run is over, and the call is not. */
    private void broken(Throwable fault) {
        runs.faults().error("broken", "the runner itself failed, so a call of " + conf + " was refused", fault);
        if (!over) {
            count(Outcome.FAULT);
        }
        ended();
        call.fail(CallFailure.FAULT);
    }

    /** Looks whether the run has waited too long. */
    final void sweep(long now) {
        if (over || place < 0) {
            return;
        }
        if (questions != null && questions.unanswered()) {
            if (questions.waiting(now) > limits.extraInfoNanos()) {
                fail(CallFailure.TIMEOUT, null, "APISIX has not answered a question within extra-info.timeout, so a call of " + conf + " was refused", null);
            }
            return;
        }
        PluginVersion plugin = awaited;
        if (plugin == null) {
            return;
        }
        boolean own = plugin.timeoutNanos() > 0;
        long limit = own ? plugin.timeoutNanos() : limits.callNanos();
        if (now - stepBegan + (own ? 0 : spent) > limit) {
            fail(CallFailure.TIMEOUT, plugin, "did not go on within " + limit / 1_000_000 + " ms ("
                    + (own ? "plugin." + plugin.name() + ".timeout" : "call.timeout") + "), so a call of " + conf + " was refused", null);
        }
    }

    /** Ends the run if one of these plugins, which are about to be stopped, has still to do with it. */
    final void endIn(Collection<PluginVersion> plugins) {
        for (int i = 0; i < chain.length(); i++) {
            PluginVersion plugin = chain.plugin(i);
            if (plugins.contains(plugin)) {
                fail(CallFailure.TIMEOUT, plugin, "is stopped after drain.timeout, so a call of " + conf + " that was still running was refused", null);
                return;
            }
        }
    }

    private void fault(PluginVersion plugin, Throwable fault) {
        fail(CallFailure.FAULT, plugin, "threw " + fault + ", so a call of " + conf + " was refused", fault);
    }

    final void fail(CallFailure failure, PluginVersion plugin, String what, Throwable cause) {
        if (over) {
            return;
        }
        inContext(() -> {
            if (plugin != null) {
                plugin.fault(failure.name(), what, cause);
            } else {
                runs.faults().error(failure.name(), what, cause);
            }
        });
        if (plugin != null && index >= 0) {
            long nanos = System.nanoTime() - stepBegan;
            spent += nanos;
            if (runs.tracer() != null) {
                runs.tracer().ends(this, plugin.name(), Outcome.of(failure).says(), nanos);
            }
        }
        count(Outcome.of(failure));
        ended();
        call.fail(failure);
    }

    /** Has something logged that is about this call, outside of its plugins' code. */
    private void inContext(Runnable logging) {
        MDC.put(LogContext.REQUEST, requestId());
        try {
            logging.run();
        } finally {
            MDC.remove(LogContext.REQUEST);
        }
    }

    /** The run is over; to be called right before the answer. */
    final void ended() {
        if (over) {
            return;
        }
        OVER.setRelease(this, true);
        runs.slowest().ended(this, spent);
        if (runs.tracer() != null) {
            runs.tracer().forget(this);
        }
        if (place >= 0) {
            runs.remove(this);
        }
        leave(chain);
        if (questions != null) { // of one that another thread thinks of at this moment the loop finds out when it comes to ask it
            questions.end();
        }
    }

    /** Whether the run has ended. Any thread. */
    final boolean over() {
        return over;
    }

    /** The run's questions, from the first on. Any thread. */
    final synchronized Questions questions() {
        if (questions == null) {
            questions = new Questions(this, runs);
        }
        return questions;
    }

    /** APISIX has been waited for so long, which is not the plugin's time. On the loop. */
    final void waitedFor(long nanos) {
        stepBegan += nanos;
    }

    // ---- for the steps' views, from any thread

    /** Says that a step is done. */
    final void goOn(int step) {
        while (true) {
            int seen = state;
            if (over || seen >> 2 != step || (seen & 3) == CHAINED) {
                plugin(step).warn(Warning.SECOND_CHAIN_CALL, "it called the chain a second time, or after the call was answered; that has no effect");
                return;
            }
            if (STATE.compareAndSet(this, seen, step << 2 | CHAINED)) {
                if ((seen & 3) == WAITING) {
                    call.loop().execute(this::stepThrough);
                }
                return;
            }
        }
    }

    /** Throws if the reply is written. */
    final void checkOpen() {
        if (over) {
            throw new IllegalStateException("the call has ended: a request or response is valid until its reply is written; copy what you keep");
        }
    }

    /** Whether a step may still change something; warns its plugin if not, throws if the reply is written. */
    final boolean mayChange(int step) {
        checkOpen();
        int seen = state;
        if (seen >> 2 == step && (seen & 3) != CHAINED) {
            return true;
        }
        plugin(step).warn(Warning.LATE_CHANGE, "it changed a request or response after it had called the chain; that has no effect");
        return false;
    }

    /** The step's filter has touched its response. */
    final void touch() {
        if (Thread.currentThread() == stepThread) {
            touched = true;
        }
    }

    /** A step's filter will go on later; no effect once it has gone on. */
    final void async(int step) {
        int seen = state;
        if (seen >> 2 == step && (seen & 3) != CHAINED) {
            async = true;
        }
    }

    /** The plugin whose step runs or is waited for; null before the first. From the step's thread. */
    final PluginVersion plugin() {
        int step = index;
        return step < 0 ? null : chain.plugin(step);
    }

    /** APISIX's number of the call, for the log. Any thread. */
    final String requestId() {
        try {
            return Long.toString(call.id());
        } catch (IllegalStateException e) {
            return "ended"; // its bytes may be another call's by now
        }
    }

    final PluginVersion plugin(int step) {
        return chain.plugin(step);
    }

    final String config(int step, PluginFilter filter) {
        checkOpen();
        int found = find(step, filter);
        return found < 0 ? null : chain.conf(found, conf.content());
    }

    final <C> C parsed(int step, ConfiguredFilter<C> filter) {
        checkOpen();
        int found = find(step, filter);
        if (found < 0) {
            throw new IllegalArgumentException("filter: " + filter + " is not a plugin of this call (expected: this)");
        }
        @SuppressWarnings("unchecked") // it is what this very filter returned
        C value = (C) (chain.length() == 1 ? parsed : ((Object[]) parsed)[found]);
        return value;
    }

    private int find(int step, PluginFilter filter) {
        if (chain.plugin(step).filter() == filter) {
            return step;
        }
        for (int i = 0; i < chain.length(); i++) {
            if (chain.plugin(i).filter() == filter) {
                return i;
            }
        }
        return -1;
    }

    /** A declared variable: "" if APISIX has none, null if it was not declared. */
    final String declaredVar(String name) {
        checkOpen();
        if (name == null || !chain.declares(name)) {
            return null;
        }
        return questions().answeredVar(name);
    }

    /** A variable, asked for if it has not been yet. */
    final CompletionStage<Optional<String>> var(int step, String name) {
        checkOpen();
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("name: " + (name == null ? "null" : "\"\"") + " (expected: the name of a variable)");
        }
        return questions().var(step, name);
    }
}
