// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a plugin's faults: the first of a kind with its stack trace, those that follow within ten seconds are counted. Any thread. */
final class FaultLog {

    private static final Logger LOG = LoggerFactory.getLogger("a6runner.plugin");
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_KINDS = 100;

    private static final class Kind {
        long logged;
        long suppressed;
    }

    private final Map<String, Kind> kinds = new HashMap<>();

    void log(String what, Throwable cause) {
        long suppressed;
        synchronized (this) {
            String name = cause == null ? what : cause.getClass().getName() + place(cause);
            if (kinds.size() >= MAX_KINDS) {
                kinds.clear();
            }
            Kind kind = kinds.get(name);
            long now = System.nanoTime();
            if (kind != null && now - kind.logged < QUIET_NANOS) {
                kind.suppressed++;
                return;
            }
            suppressed = kind == null ? 0 : kind.suppressed;
            kind = new Kind();
            kind.logged = now;
            kinds.put(name, kind);
        }
        LOG.error("{}{}", what, suppressed == 0 ? "" : " (and " + suppressed + " times more since the last such line)", cause);
    }

    private static String place(Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        return trace.length == 0 ? "" : "@" + trace[0];
    }
}
