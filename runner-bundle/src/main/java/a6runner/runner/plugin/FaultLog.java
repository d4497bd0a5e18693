// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs what may go wrong in every call: the first of a kind in full, with its stack trace; those that follow are counted, and told in one line per interval
 * as long as they come ({@code log.repeat}). A kind that has not come for an interval is logged in full again. Any thread.
 */
public final class FaultLog {

    private static final int MAX_KINDS = 100;

    private static final class Kind {
        private final boolean fault; // else a warning
        private long since; // when the first of this interval came
        private long more; // how many have come after it
        private String last;

        Kind(boolean fault, long since) {
            this.fault = fault;
            this.since = since;
        }
    }

    private final Logger log;
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Kind> kinds = new HashMap<>(); // guarded by this

    /** A log of its own kinds that writes to {@code log}; {@link #report()} is to be called every second or so. */
    public FaultLog(Logger log, long intervalNanos) {
        this(log, intervalNanos, System::nanoTime);
    }

    FaultLog(Logger log, long intervalNanos, LongSupplier nanoTime) {
        this.log = log;
        this.intervalNanos = intervalNanos;
        this.nanoTime = nanoTime;
    }

    /**
     * Something failed.
     *
     * @param kind what counts as the same, where there is no exception; else that is its class and the place it was thrown at
     * @param what a sentence
     * @param cause the exception, null if there is none
     */
    public void error(String kind, String what, Throwable cause) {
        if (isFirst(true, cause == null ? kind : cause.getClass().getName() + place(cause), what)) {
            log.error("{}", what, cause);
        }
    }

    /** Something is as it shouldn't be. */
    public void warn(String kind, String what) {
        if (isFirst(false, kind, what)) {
            log.warn("{}", what);
        }
    }

    private synchronized boolean isFirst(boolean fault, String name, String what) {
        Kind known = kinds.get(name);
        if (known != null) {
            known.more++;
            known.last = what;
            return false;
        }
        if (kinds.size() >= MAX_KINDS) {
            report(true);
        }
        kinds.put(name, new Kind(fault, nanoTime.getAsLong()));
        return true;
    }

    /** Tells of the kinds whose interval is over how many there were. */
    public void report() {
        report(false);
    }

    /** Tells of all kinds how many there were, and forgets them. */
    public void close() {
        report(true);
    }

    private void report(boolean all) {
        List<Runnable> lines = new ArrayList<>();
        synchronized (this) {
            long now = nanoTime.getAsLong();
            for (Iterator<Kind> each = kinds.values().iterator(); each.hasNext();) {
                Kind kind = each.next();
                boolean over = now - kind.since >= intervalNanos;
                if (kind.more > 0 && (over || all)) {
                    String line = kind.last + " (the last of " + kind.more + " more of this kind within " + Math.max(1, (now - kind.since) / 1_000_000_000) + " s)";
                    lines.add(() -> {
                        if (kind.fault) {
                            log.error("{}", line);
                        } else {
                            log.warn("{}", line);
                        }
                    });
                    kind.since = now;
                    kind.more = 0;
                } else if (over) {
                    each.remove();
                }
            }
            if (all) {
                kinds.clear();
            }
        }
        lines.forEach(Runnable::run);
    }

    private static String place(Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        return trace.length == 0 ? "" : "@" + trace[0];
    }
}
