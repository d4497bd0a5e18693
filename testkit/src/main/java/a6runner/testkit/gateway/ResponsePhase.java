// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.ApisixView;
import a6runner.testkit.Outcome;
import a6runner.testkit.Reply;
import a6runner.testkit.text.Printable;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * {@code ext-plugin-post-resp}: calls the upstream, then the runner, and puts the answer together, measured traps included (APISIX.md §8, §9). Stateless; any
 * thread, which is blocked.
 */
final class ResponsePhase {

    private static final Set<String> OF_THE_CONNECTION = Set.of("connection", "content-length", "transfer-encoding", "date", "server", "keep-alive");

    private ResponsePhase() {}

    /** Runs it to the answer. */
    static Answer run(ExtPlugin plugin, String key, GatewayRequest request, Route route, Upstream.Node node, RunnerClient runner, CallTrace trace) {
        UpstreamClient.Answer upstream;
        try {
            upstream = UpstreamClient.callByLua(request, node);
        } catch (IOException e) {
            trace.notes().add("The upstream can't be called for ext-plugin-post-resp, so the runner isn't: " + e.getMessage() + ".");
            return Answer.page(502);
        }
        long start = System.nanoTime();
        HttpRespCall.Req[] sent = {new HttpRespCall.Req(0, upstream.head().status(), shownHeaders(upstream, request), 0)};
        Variables variables = new Variables(request, route, trace.startNanos(), node, upstream.body());
        RunnerClient.Result result = runner.call(plugin, key, trace, (client, id, token) -> {
            sent[0] = new HttpRespCall.Req(id, sent[0].status(), sent[0].headers(), token);
            return client.call(sent[0], variables);
        });
        Outcome outcome = ApisixView.ofResponse(sent[0], request.method(), upstream.body(), result.reply());
        HttpRespCall.Resp reply = result.reply() instanceof Reply.ResponseAnswer answer ? answer.message() : null;
        trace.phases().add(new CallTrace.PhaseTrace(plugin, reply == null ? List.of() : changes(sent[0], reply),
                outcome instanceof Outcome.Failure failure ? RequestPhase.failureWords(failure, plugin.allowDegradation()) : null,
                result.questions(), outcome.notes(), result.tries(), Duration.ofNanos(System.nanoTime() - start)));

        if (outcome instanceof Outcome.ClientAnswer answer) {
            return ApisixView.asksTwice(sent[0], request.method(), reply)
                    ? again(request, node, ApisixView.responseHeaders(sent[0], reply))
                    : Answer.of(answer, request.responseHeaders);
        }
        Outcome.Failure failure = (Outcome.Failure) outcome;
        if (failure.status() != 503) {
            return Answer.page(failure.status());
        }
        int status = plugin.allowDegradation() ? upstream.head().status() : 503;
        Outcome.ClientAnswer withoutHeaders = new Outcome.ClientAnswer(status, Entry.list("Content-Type", "text/plain; charset=utf-8"), upstream.body(), false,
                List.of());
        return Answer.of(withoutHeaders, request.responseHeaders);
    }

    /** Nothing was printed, so nginx passes the request on as if nobody had. */
    private static Answer again(GatewayRequest request, Upstream.Node node, List<Entry> headers) {
        List<Entry> before = new ArrayList<>(request.responseHeaders);
        before.addAll(headers);
        try {
            return Answer.proxied(UpstreamClient.proxy(request, node), before);
        } catch (IOException e) {
            return Answer.page(502);
        }
    }

    private static List<Entry> shownHeaders(UpstreamClient.Answer upstream, GatewayRequest request) {
        List<Entry> shown = new ArrayList<>();
        for (Entry header : upstream.head().headers()) {
            boolean host = header.name().equals(Text.of("host"));
            shown.add(host ? new Entry(header.name(), request.upstreamHost) : header);
        }
        return shown;
    }

    /** What the reply changes of the upstream's answer, in words. */
    private static List<String> changes(HttpRespCall.Req upstream, HttpRespCall.Resp reply) {
        List<String> changes = new ArrayList<>();
        if (reply.status() != 0 && reply.status() != upstream.status()) {
            changes.add("status " + upstream.status() + " to " + reply.status());
        }
        if (!Objects.requireNonNullElse(reply.headers(), List.of()).isEmpty()) {
            List<String> before = comparable(upstream.headers());
            List<String> after = comparable(reply.headers());
            after.stream().filter(header -> !before.contains(header)).forEach(header -> changes.add("header " + header + " (set)"));
            before.stream().filter(header -> after.stream().noneMatch(other -> name(other).equals(name(header))))
                    .forEach(header -> changes.add("header " + name(header) + " (deleted)"));
        }
        if (reply.body() != null && reply.body().length > 0) {
            changes.add("body of " + reply.body().length + " bytes (replaced)");
        }
        return changes;
    }

    private static List<String> comparable(List<Entry> headers) {
        List<String> lines = new ArrayList<>();
        for (Entry header : headers) {
            String name = header.name().toString().toLowerCase(Locale.ROOT);
            if (header.value() != null && !OF_THE_CONNECTION.contains(name)) {
                lines.add(Printable.line(Text.of(name).bytes()) + ": " + Printable.line(header.value().bytes()));
            }
        }
        return lines;
    }

    private static String name(String line) {
        return line.substring(0, line.indexOf(": "));
    }
}
