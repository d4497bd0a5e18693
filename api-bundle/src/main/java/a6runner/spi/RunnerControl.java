// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** What an operator may do to the running runner beside deploying. Implemented by the runner's bundle; any thread, nothing blocks. */
@ProviderType
public interface RunnerControl {

    /**
     * Takes a plugin's name out of service until {@link #enable} or the runner's end, whatever versions come and go: calls that name it from now on are
     * refused or skip it, as {@code plugin.missing} says. Calls in flight end as they began. The name need not be deployed.
     *
     * @return false if it was disabled already
     */
    boolean disable(String plugin);

    /** Undoes {@link #disable}; false if it wasn't disabled. */
    boolean enable(String plugin);

    /** The names that are disabled. */
    Set<String> disabled();

    /**
     * One step of a call, or one call, as it went.
     *
     * @param id the request id of APISIX
     * @param phase {@code request} or {@code response}
     * @param plugin whose step it was
     * @param in what came in: {@code GET /path?name=value}, or the upstream's status; arguments may hold secrets
     * @param changes what the step changed
     * @param outcome {@code went on}, {@code stopped}, {@code waits}, or why the call was refused
     * @param nanos the step's time
     */
    record TraceEvent(long id, String phase, String key, String plugin, String in, List<Change> changes, String outcome, long nanos) {}

    /**
     * Something that a step changed.
     *
     * @param what {@code path}, {@code header}, {@code argument}, {@code response header}, {@code status}, {@code body}
     * @param name the header's or argument's, else empty
     * @param value the new value, which may be a secret; null for one that was removed
     */
    record Change(String what, String name, String value) {}

    /**
     * Watches steps until the returned handle is closed. One trace that is not asked for costs a call the look at one field; one that is, some µs a step.
     *
     * @param matches a plugin's name, or the beginning of a conf's key up to a {@code #} or its end
     * @param sink gets each step on the call's event loop: it must return at once and never throw
     */
    AutoCloseable trace(String matches, Consumer<TraceEvent> sink);
}
