// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.spi.RunnerView;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One plugin of one bundle, activated, with what the runner keeps for it. Any thread; lives until its bundle has drained. */
public final class PluginVersion {

    private static final Logger LOG = LoggerFactory.getLogger("a6runner.plugin");

    /** What a plugin is warned of once. */
    public enum Warning {
        LATE_CHANGE,
        SECOND_CHAIN_CALL,
        IGNORED_HEADER,
        IGNORED_STATUS,
        IGNORED_NULL,
        RELATIVE_PATH,
        EMPTY_BODY
    }

    private final PluginFilter filter;
    private final String name;
    private final Bundle bundle;
    private final List<String> vars;
    private final boolean wantsBody;
    private final boolean wantsResponseBody;
    private final long timeoutNanos;
    private final Placement placement;
    private final PluginWorkers workers;
    private final Parsing parsing;
    private final InFlight inFlight = new InFlight();
    private final StepTimes times = new StepTimes();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong errorStops = new AtomicLong();
    private volatile Runnable onError; // null unless it is tried
    private final ConcurrentMap<String, ParsedConf> parsed = new ConcurrentHashMap<>();
    private final long slowNanos;
    private final FaultLog faults;
    private final Set<Warning> warned = EnumSet.noneOf(Warning.class);

    /** Asks the filter for what it declares, so it runs plugin code: on a thread that may hang. */
    PluginVersion(PluginFilter filter, Bundle bundle, Settings settings) {
        this.filter = filter;
        this.bundle = bundle;
        this.name = Objects.requireNonNull(filter.name(), "name() returned null; return the name by which routes name the plugin");
        if (name.isEmpty()) {
            throw new IllegalStateException("name() returned an empty name; return the name by which routes name the plugin");
        }
        List<String> required = filter.requiredVars();
        this.vars = required == null ? List.of() : List.copyOf(required);
        this.wantsBody = Boolean.TRUE.equals(filter.requiredBody());
        this.wantsResponseBody = Boolean.TRUE.equals(filter.requiredRespBody());
        String timeout = settings.ofPlugin(name, Setting.OfPlugin.TIMEOUT);
        this.timeoutNanos = timeout == null ? 0 : Settings.parseDuration(timeout) * 1_000_000;
        String slow = settings.ofPlugin(name, Setting.OfPlugin.SLOW);
        long slowMillis = Settings.parseDuration(slow == null ? settings.text(Setting.PLUGIN_SLOW) : slow);
        this.slowNanos = slowMillis == 0 ? Long.MAX_VALUE : slowMillis * 1_000_000;
        this.faults = new FaultLog(LOG, settings.nanos(Setting.LOG_REPEAT));
        String execution = settings.ofPlugin(name, Setting.OfPlugin.EXECUTION);
        this.placement = new Placement(name, execution == null ? settings.text(Setting.PLUGIN_EXECUTION) : execution);
        String limit = settings.ofPlugin(name, Setting.OfPlugin.WORKERS);
        this.workers = new PluginWorkers(name, limit == null ? settings.count(Setting.PLUGIN_WORKERS) : Integer.parseInt(limit),
                filter.getClass().getClassLoader());
        this.parsing = new Parsing(workers);
    }

    /** The plugin itself. */
    public PluginFilter filter() {
        return filter;
    }

    /** The name by which confs name it. */
    public String name() {
        return name;
    }

    Bundle bundle() {
        return bundle;
    }

    /** Its bundle's identity over all versions; made up for a bundle that says none. */
    String symbolicName() {
        String symbolicName = bundle.getSymbolicName();
        return symbolicName == null ? "bundle " + bundle.getBundleId() : symbolicName;
    }

    /** The variables it wants, maybe none. */
    public List<String> vars() {
        return vars;
    }

    /** Whether it wants the request's body. */
    public boolean wantsBody() {
        return wantsBody;
    }

    /** Whether it wants the upstream's body. */
    public boolean wantsResponseBody() {
        return wantsResponseBody;
    }

    /** How long its step may take; 0 if only the call's own limit counts. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** How long its step may take without being told of as {@link #slow slow}; never 0. */
    public long slowNanos() {
        return slowNanos;
    }

    /** Where it runs. */
    public Placement placement() {
        return placement;
    }

    /** Its worker threads. */
    public PluginWorkers workers() {
        return workers;
    }

    /** A call begins that may run in it. On the call's loop, with the stripe that only that loop has. */
    public void enter(int stripe) {
        inFlight.enter(stripe);
    }

    /** A call ends that {@link #enter} was called for. On the call's loop, with the same stripe. */
    public void leave(int stripe) {
        inFlight.leave(stripe);
    }

    /** A step of it is through and took so long. On the call's loop, with the stripe that only that loop has. */
    public void ran(int stripe, long nanos) {
        times.record(stripe, nanos);
    }

    /** It has stopped a request with a status of 500 or above. On the call's loop. */
    public void stoppedByError() {
        errorStops.incrementAndGet();
        tellError();
    }

    private void tellError() {
        Runnable told = onError;
        if (told != null) {
            told.run();
        }
    }

    /** Has somebody told of each error, on the call's loop; null for nobody. */
    void onError(Runnable task) {
        onError = task;
    }

    /** How long its steps took. */
    StepTimes.Sums times() {
        return times.read();
    }

    /** How many calls were refused because of it; their steps aren't among the {@link #times}. */
    long refused() {
        return errors.get();
    }

    /** How many requests it stopped with a status of 500 or above. */
    long errorStops() {
        return errorStops.get();
    }

    /** How it is doing. Any thread. */
    RunnerView.Plugin view(RunnerView.PluginState state) {
        StepTimes.Sums sums = times.read();
        return new RunnerView.Plugin(name, symbolicName(), bundle.getVersion().toString(), bundle.getBundleId(), state,
                placement.onLoop() ? "event-loop" : "worker",
                new RunnerView.Steps(sums.count(), errors.get(), sums.within(0.5), sums.within(0.99), sums.within(1)), inFlight.sum(), workers.calls());
    }

    /** Whether any call, or a step that was given up waiting for, is still in it. */
    boolean busy() {
        return inFlight.sum() > 0 || workers.calls() > 0;
    }

    /** What it has made of a conf value; null if it doesn't parse confs. The first to ask sets the parsing off, on a worker. */
    public ParsedConf parse(String value, String confKey) {
        return parse(value, failure -> LOG.error("{} refuses its conf in {}: {}", this, confKey, failure.toString()));
    }

    /** The same for a candidate, whose refusals are its check's to tell. */
    ParsedConf parseQuietly(String value) {
        return parse(value, failure -> LOG.debug("{} refuses a conf", this, failure));
    }

    private ParsedConf parse(String value, Consumer<Throwable> refused) {
        if (!(filter instanceof ConfiguredFilter<?> configured)) {
            return null;
        }
        ParsedConf known = parsed.get(value);
        if (known != null) {
            return known;
        }
        ParsedConf fresh = new ParsedConf();
        ParsedConf other = parsed.putIfAbsent(value, fresh);
        if (other != null) {
            return other;
        }
        parsing.add(() -> {
            try {
                fresh.complete(configured.parseConf(value), null);
            } catch (Throwable e) {
                refused.accept(e);
                fresh.complete(null, e);
            }
        });
        return fresh;
    }

    /** Whether there is anything to {@link #retainParsed forget}. */
    boolean hasParsed() {
        return !parsed.isEmpty();
    }

    /** Forgets what it has made of values that no conf has any more. */
    void retainParsed(Set<String> values) {
        parsed.keySet().removeIf(value -> !values.contains(value));
    }

    /**
     * It threw, or took too long.
     *
     * @param kind what counts as the same, where there is no exception
     * @param what a sentence without its subject, which is the plugin
     * @param cause what it threw, null if it threw nothing
     */
    public void fault(String kind, String what, Throwable cause) {
        errors.incrementAndGet();
        tellError();
        faults.error(kind, this + " " + what, cause);
    }

    /** Its step for a conf took so long. */
    public void slow(long nanos, Object conf) {
        faults.warn("slow", this + " took " + nanos / 1_000_000 + " ms for a call of " + conf + " (plugin.slow)");
    }

    /** Tells how often what was logged has come again; to be called every second or so. */
    void reportFaults() {
        faults.report();
    }

    /** It is out of service for good: its threads end, and what was only counted is told. */
    void close() {
        workers.stop();
        faults.close();
    }

    /** Warns the plugin's author, once of each kind. */
    public void warn(Warning kind, String what) {
        synchronized (warned) {
            if (!warned.add(kind)) {
                return;
            }
        }
        LOG.warn("{}: {} (said once)", this, what);
    }

    @Override
    public String toString() {
        return "plugin " + name + " (" + bundle.getSymbolicName() + " " + bundle.getVersion() + ")";
    }
}
