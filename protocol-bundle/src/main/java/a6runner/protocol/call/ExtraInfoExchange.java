// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.spi.ExchangeCall;
import java.util.ArrayDeque;

/**
 * The questions asked within the calls of one connection. On the event loop.
 *
 * <p>APISIX reads one frame after the other and answers each question before it looks at the next frame, so answers come in the order of the questions,
 * and answers to questions of a call that was answered in the meantime come before that connection's next call. They are counted, and thrown away.
 */
final class ExtraInfoExchange {

    private final ArrayDeque<ExchangeCall.Answer> asked = new ArrayDeque<>(2);
    private int stale; // questions of ended calls whose answers are still to come

    void ask(ExchangeCall.Answer answer) {
        asked.add(answer);
    }

    /** Whether an answer is due. */
    boolean expectsAnswer() {
        return stale > 0 || !asked.isEmpty();
    }

    /** Whether answers of an ended call are due: then no call can begin. */
    boolean hasStale() {
        return stale > 0;
    }

    void answered(byte[] result) {
        if (stale > 0) {
            stale--;
        } else {
            asked.remove().answered(result);
        }
    }

    void callEnded() {
        stale += asked.size();
        asked.clear();
    }
}
