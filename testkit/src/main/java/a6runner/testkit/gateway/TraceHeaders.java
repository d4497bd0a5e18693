// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.gateway.CallTrace.PhaseTrace;
import a6runner.testkit.wire.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened to a request, as response headers: {@code x-a6-route}, and for each phase its plugins, result and time. */
final class TraceHeaders {

    private TraceHeaders() {}

    static List<Entry> of(CallTrace trace) {
        List<Entry> headers = new ArrayList<>();
        if (trace.route() != null) {
            headers.add(Entry.of("x-a6-route", ascii(trace.route().id())));
        }
        for (PhaseTrace phase : trace.phases()) {
            String prefix = "x-a6-" + phase.plugin().phase().shortName();
            headers.add(Entry.of(prefix, ascii(phase.plugin().names())));
            phase.changes().forEach(change -> headers.add(Entry.of(prefix + "-change", ascii(change))));
            if (phase.result() != null) {
                headers.add(Entry.of(prefix + "-result", ascii(phase.result())));
            }
            headers.add(Entry.of(prefix + "-ms", String.format(Locale.ROOT, "%.1f", phase.took().toNanos() / 1e6)));
        }
        return headers;
    }

    /** What fits into a header's value. */
    private static String ascii(String text) {
        return text.replaceAll("[^\\x20-\\x7E]", "?");
    }
}
