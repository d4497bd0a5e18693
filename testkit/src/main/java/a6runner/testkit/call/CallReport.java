// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.call;

import a6runner.testkit.Outcome;
import a6runner.testkit.Question;
import a6runner.testkit.Reply;
import java.time.Duration;
import java.util.List;

/**
 * All there is to tell about one call.
 *
 * @param reply the runner's, at the last try
 * @param timedOut whether there was none in time
 * @param outcome what APISIX does with it
 * @param tries how many times the conf was prepared
 * @param prepareTook at the last try
 * @param callTook null if it did not come to the call
 */
record CallReport(
        CallOptions options,
        Reply reply,
        boolean timedOut,
        Outcome outcome,
        List<Question> questions,
        List<String> notes,
        int tries,
        Duration prepareTook,
        Duration callTook) {

    /** What became of the call; {@code word} is its name in JSON. */
    enum Result {
        UNCHANGED(Call.GOES_ON, "go on, unchanged"),
        REWRITTEN(Call.GOES_ON, "go on, rewritten"),
        ANSWERED(Call.GOES_ON, "answered"),
        STOPPED(Call.STOPPED, "stopped"),
        REFUSED(Call.REFUSED, "refused"),
        TIMEOUT(Call.NO_REPLY, "no reply in time"),
        FAILED(Call.NO_REPLY, "no valid reply");

        final int exitCode;
        final String sentence;

        Result(int exitCode, String sentence) {
            this.exitCode = exitCode;
            this.sentence = sentence;
        }
    }

    Result result() {
        if (timedOut) {
            return Result.TIMEOUT;
        }
        if (reply instanceof Reply.ErrorReply) {
            return Result.REFUSED;
        }
        if (outcome instanceof Outcome.Failure) {
            return Result.FAILED;
        }
        if (outcome instanceof Outcome.GoesOn goesOn) {
            return goesOn.changes().isEmpty() ? Result.UNCHANGED : Result.REWRITTEN;
        }
        return options.isResponsePhase() ? Result.ANSWERED : Result.STOPPED;
    }
}
