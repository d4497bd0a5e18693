// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.spi.RunnerView.SlowCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The calls of one event loop that took longest in plugins. The loop's own; costs a call a comparison. */
final class SlowCalls {

    static final int KEPT = 10;

    private final List<SlowCall> calls = new ArrayList<>(KEPT + 1);
    private long limit; // what a call must exceed to be among them

    /** A call is over. */
    void ended(CallRun run, long nanos) {
        if (nanos > limit) {
            keep(run, nanos);
        }
    }

    private void keep(CallRun run, long nanos) {
        if (run.call.ended()) {
            return; // its connection has gone, and with it what it was
        }
        calls.add(new SlowCall(run.call.id(), run.phase(), run.conf.key(), run.steps(), nanos, Instant.now()));
        calls.sort(Comparator.comparingLong(SlowCall::nanos).reversed());
        if (calls.size() > KEPT) {
            calls.remove(KEPT);
        }
        if (calls.size() == KEPT) {
            limit = calls.get(KEPT - 1).nanos();
        }
    }

    List<SlowCall> copy() {
        return List.copyOf(calls);
    }

    void forget() {
        calls.clear();
        limit = 0;
    }
}
