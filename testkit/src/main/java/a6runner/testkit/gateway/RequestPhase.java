// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.ApisixView;
import a6runner.testkit.CallResult;
import a6runner.testkit.Outcome;
import a6runner.testkit.Reply;
import a6runner.testkit.text.ChangeText;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** {@code ext-plugin-pre-req} or {@code ext-plugin-post-req}: has the runner called and does what its reply says. Stateless; any thread, which is blocked. */
final class RequestPhase {

    private static final List<String> METHODS = Arrays.stream(Method.values()).map(Enum::name).toList();

    private RequestPhase() {}

    /** Runs it; gives the answer if there is one already, null if the request goes on. */
    static Answer run(ExtPlugin plugin, String key, GatewayRequest request, Route route, RunnerClient runner, CallTrace trace) {
        long start = System.nanoTime();
        HttpReqCall.Req[] sent = new HttpReqCall.Req[1];
        RunnerClient.Result result = runner.call(plugin, key, trace, (client, id, token) -> {
            int method = METHODS.indexOf(request.method());
            if (method < 0) {
                return new CallResult(new Reply.Broken(500, "APISIX has no number for the method " + request.method() + "."), List.of(), Duration.ZERO);
            }
            sent[0] = new HttpReqCall.Req(id, request.clientAddress.getAddress(), method, request.shownPath(), request.args(), request.shownHeaders(), token);
            return client.call(sent[0], new Variables(request, route, trace.startNanos(), null, null));
        });
        Outcome outcome = ApisixView.ofRequest(sent[0], null, request.upstreamUri != null, result.reply());
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        List<String> changes = outcome instanceof Outcome.GoesOn goesOn ? goesOn.changes().stream().map(ChangeText::of).toList() : List.of();
        trace.phases().add(new CallTrace.PhaseTrace(plugin, changes, words(outcome, plugin.allowDegradation()), result.questions(), outcome.notes(),
                result.tries(), took));

        if (outcome instanceof Outcome.GoesOn goesOn) {
            request.apply(goesOn);
            return null;
        }
        if (outcome instanceof Outcome.ClientAnswer answer) {
            return Answer.of(answer, request.responseHeaders);
        }
        if (outcome instanceof Outcome.Disconnect) {
            return Answer.none();
        }
        Outcome.Failure failure = (Outcome.Failure) outcome;
        return failure.degradable() && plugin.allowDegradation() ? null : Answer.page(failure.status());
    }

    private static String words(Outcome outcome, boolean allowDegradation) {
        if (outcome instanceof Outcome.ClientAnswer answer) {
            return "stopped with " + answer.status();
        }
        if (outcome instanceof Outcome.Disconnect disconnect) {
            return "stopped with " + disconnect.status() + ", connection closed";
        }
        return outcome instanceof Outcome.Failure failure ? failureWords(failure, allowDegradation) : null;
    }

    static String failureWords(Outcome.Failure failure, boolean allowDegradation) {
        return "failed: " + failure.reason() + (failure.degradable() && allowDegradation ? " (goes on: allow_degradation)" : "");
    }
}
