// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.spi.CallFailure;
import a6runner.spi.RunnerControl.Change;
import a6runner.spi.RunnerControl.TraceEvent;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who watches the steps of one event loop, and the steps that are watched. The loop's own; there is none while nobody watches. */
final class Tracer {

    private static final Logger LOG = LoggerFactory.getLogger(Tracer.class);
    private static final String ROUTE = "route#";

    /**
     * Somebody who watches.
     *
     * @param matches a plugin's name, or the beginning of a conf's key up to a {@code #} or its end; {@code route#} may be left out
     */
    record Watch(String matches, Consumer<TraceEvent> sink) {

        boolean watches(String plugin, String key) {
            return matches.equals(plugin) || begins(key, matches) || begins(key, ROUTE + matches);
        }

        private static boolean begins(String key, String with) {
            return key.startsWith(with) && (key.length() == with.length() || key.charAt(with.length()) == '#');
        }
    }

    private final List<Watch> watches = new ArrayList<>();
    private final Map<CallRun, List<Change>> before = new IdentityHashMap<>(); // what was changed when a watched step began

    void add(Watch watch) {
        watches.add(watch);
    }

    void remove(Watch watch) {
        watches.remove(watch);
    }

    boolean isEmpty() {
        return watches.isEmpty();
    }

    /** A step begins. */
    void begins(CallRun run, String plugin) {
        for (Watch watch : watches) {
            if (watch.watches(plugin, run.conf.key())) {
                before.put(run, run.changesSoFar());
                return;
            }
        }
    }

    /** A step is through, or will never be. */
    void ends(CallRun run, String plugin, String outcome, long nanos) {
        List<Change> was = before.remove(run);
        if (was == null) {
            return; // it began before it was watched
        }
        List<Change> changes = new ArrayList<>(run.changesSoFar());
        was.forEach(changes::remove);
        tell(new TraceEvent(run.call.id(), run.phase(), run.conf.key(), plugin, run.in(), changes, outcome, nanos));
    }

    /** A call is refused before its first step. */
    void refused(long id, String phase, String key, String in, CallFailure failure) {
        tell(new TraceEvent(id, phase, key, "", in, List.of(), Outcome.of(failure).says(), 0));
    }

    private void tell(TraceEvent event) {
        for (Watch watch : watches) {
            if (watch.watches(event.plugin(), event.key())) {
                try {
                    watch.sink().accept(event);
                } catch (RuntimeException e) {
                    LOG.error("who watches {} failed", watch.matches(), e);
                }
            }
        }
    }

    /** A call is over. */
    void forget(CallRun run) {
        before.remove(run);
    }
}
