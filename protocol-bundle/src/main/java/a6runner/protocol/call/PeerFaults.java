// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs what peers do wrong, so that none of them can fill the log: of one kind, which is the line without its numbers, a hundred lines in ten seconds; what is
 * beyond is counted, and told with the next line of that kind. Any thread.
 */
final class PeerFaults {

    static final int LINES = 100;
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_KINDS = 200;

    private static final class Kind {
        long since;
        int lines;
        long suppressed;
    }

    private final Logger log;
    private final LongSupplier nanoTime;
    private final Map<String, Kind> kinds = new HashMap<>(); // guarded by this

    PeerFaults(Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
    }

    void warn(String line) {
        long suppressed;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            if (kinds.size() >= MAX_KINDS) {
                kinds.clear();
            }
            Kind kind = kinds.computeIfAbsent(line.replaceAll("-?\\d+", "#"), name -> new Kind());
            if (kind.lines == 0 || now - kind.since >= WINDOW_NANOS) {
                kind.since = now;
                kind.lines = 0;
            }
            if (kind.lines == LINES) {
                kind.suppressed++;
                return;
            }
            kind.lines++;
            suppressed = kind.suppressed;
            kind.suppressed = 0;
        }
        log.warn(suppressed == 0 ? "{}" : "{} (and {} more such lines before, not shown)", line, suppressed);
    }
}
