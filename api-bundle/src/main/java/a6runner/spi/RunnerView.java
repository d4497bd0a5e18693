// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Looks into the runner: for shell and metrics, which only read. Implemented by the runner's bundle. Counts are those since a plugin version or the runner
 * began, read while calls go on: figures of one answer may be some calls apart. Any thread but an event loop's; {@link #calls} may block for a second.
 */
@ProviderType
public interface RunnerView {

    /** Where a plugin version stands. */
    enum PluginState {
        /** New calls run in it. */
        SERVING,
        /** It is tried with a share of the calls. */
        CANARY,
        /** Only calls run in it whose confs pin its version. */
        PINNED,
        /** An operator has disabled the name: calls that name it are treated as if it were missing. */
        DISABLED,
        /** Another bundle's plugin serves the name. */
        SHADOWED,
        /** Its bundle is held back until it has been checked. */
        CANDIDATE,
        /** It was taken out of service; calls that began in it are ending. */
        DRAINING
    }

    /**
     * A version of a plugin.
     *
     * @param name by which confs name it
     * @param bundle its bundle's symbolic name
     * @param version its bundle's version
     * @param bundleId its bundle's number in the framework
     * @param place where its next call runs: {@code event-loop} or {@code worker}
     * @param steps how its steps went
     * @param inFlight calls that run, or may yet run, in it
     * @param workers worker threads that its calls hold
     */
    record Plugin(String name, String bundle, String version, long bundleId, PluginState state, String place, Steps steps, int inFlight, int workers) {}

    /**
     * How the steps of a plugin went. A step's time is that from its begin until it has gone on, on whatever thread, without the waits for APISIX's answers.
     *
     * @param count steps that went on or stopped the request
     * @param errors calls that were refused because of it: it threw, was late, had no worker, or refuses its conf
     * @param p50Nanos the median time, within an eighth; -1 if there is none
     * @param p99Nanos what 99 of 100 took at most, within an eighth; -1 if there is none
     * @param maxNanos the longest, within an eighth; -1 if there is none
     */
    record Steps(long count, long errors, long p50Nanos, long p99Nanos, long maxNanos) {}

    /**
     * A conf that APISIX holds a token for.
     *
     * @param token as an unsigned number
     * @param key by which APISIX names it, such as {@code route#1#ext-plugin-pre-req#42}
     * @param entries plugins' names and values in order; values may hold secrets
     * @param missing names of plugins that calls don't find at this moment
     * @param superseded whether a newer conf has come for the same route and phase
     */
    record Conf(long token, String key, List<PrepareCall.Entry> entries, List<String> missing, boolean superseded, Instant created, Instant lastUsed) {}

    /**
     * A call that has not been answered yet.
     *
     * @param id the request id of APISIX, which it counts per worker
     * @param phase {@code request} or {@code response}
     * @param key the conf's
     * @param step the plugin it is in, or waits for; empty where it waits for APISIX
     * @param waits what it does: {@code runs}, {@code waits} for the plugin's chain call, or {@code asks} APISIX
     * @param nanos its time in plugins so far
     * @param loop the number of its event loop
     */
    record CallInFlight(long id, String phase, String key, String step, String waits, long nanos, int loop) {}

    /**
     * A call that took long.
     *
     * @param step the plugin that took most of it
     * @param nanos its time in plugins
     * @param ended when it was over
     */
    record SlowCall(long id, String phase, String key, String step, long nanos, Instant ended) {}

    /** All plugin versions that there are, by name; of one name the serving one first. */
    List<Plugin> plugins();

    /** All confs, in no order; there may be as many as {@code conf.max}. */
    List<Conf> confs();

    /** The calls in flight, the longest first. A loop that doesn't answer within a second is left out, but for the call that holds it. */
    List<CallInFlight> calls();

    /** The calls that took longest in plugins since the runner began or {@link #forgetSlowest} was called, the longest first. */
    List<SlowCall> slowest();

    /** Begins anew with {@link #slowest}. */
    void forgetSlowest();

    /**
     * What became of all calls so far, by outcome: {@code prepared}, {@code went on}, {@code rewritten}, {@code stopped},
     * {@code answered} (in the response phase), {@code lost} with their connection, {@code refused: …}.
     */
    Map<String, Long> totals();
}
