// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.call;

import a6runner.testkit.A6Client;
import a6runner.testkit.ApisixView;
import a6runner.testkit.CallResult;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Outcome;
import a6runner.testkit.Question;
import a6runner.testkit.Reply;
import a6runner.testkit.UriCoding;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One call, made as APISIX makes it (APISIX.md §1, §3): the conf over a second connection, up to three tries if the token isn't known. */
final class CallRun {

    private static final int TRIES = 3;
    private static final long ID = 1;

    private final CallOptions options;
    private final ExtraInfoAnswers answers;
    private List<Question> questions = List.of();
    private final List<String> notes = new ArrayList<>();
    private Duration prepareTook;
    private Duration callTook;

    CallRun(CallOptions options) throws IOException {
        this.options = options;
        this.answers = answers(options);
    }

    /** Makes the call; throws {@link IOException} if there is nobody to call. */
    CallReport run() throws IOException {
        for (int tries = 1;; tries++) {
            try (A6Client client = A6Client.connect(options.address, options.timeout)) {
                Reply reply;
                boolean timedOut = false;
                try {
                    reply = once(client);
                } catch (SocketTimeoutException e) {
                    reply = new Reply.Closed(e.getMessage());
                    timedOut = true;
                }
                if (tries == TRIES || !(reply instanceof Reply.ErrorReply error && error.isConfTokenNotFound())) {
                    Outcome outcome = outcome(reply);
                    notes.addAll(0, outcome.notes());
                    return new CallReport(options, reply, timedOut, outcome, questions, notes, tries, prepareTook, callTook);
                }
            }
        }
    }

    private Reply once(A6Client client) throws IOException {
        String plugin = options.isResponsePhase() ? "ext-plugin-post-resp" : "ext-plugin-pre-req";
        // The version is the conf's, so that the same conf is the same key, and another one replaces it.
        String key = "route#a6runner-call#" + plugin + "#" + Integer.toUnsignedString(options.plugins.hashCode());
        Reply prepared;
        callTook = null;
        long start = System.nanoTime();
        try (A6Client second = A6Client.connect(options.address, options.timeout)) {
            prepared = second.prepare(new PrepareConf.Req(options.plugins, Text.of(key)));
        } finally {
            prepareTook = Duration.ofNanos(System.nanoTime() - start);
        }
        if (!(prepared instanceof Reply.Prepared token)) {
            return prepared;
        }
        start = System.nanoTime();
        try {
            CallResult result = options.isResponsePhase()
                    ? client.call(responseCall().withConfToken(token.confToken()), answers)
                    : client.call(requestCall().withConfToken(token.confToken()), answers);
            questions = result.questions();
            checkHabits(client, result.reply());
            return result.reply();
        } finally {
            callTook = Duration.ofNanos(System.nanoTime() - start);
        }
    }

    /** What APISIX doesn't check and another call would suffer from. */
    private void checkHabits(A6Client client, Reply reply) {
        long id = reply instanceof Reply.Continue goOn ? goOn.message().id()
                : reply instanceof Reply.Rewrite rewrite ? rewrite.message().id()
                : reply instanceof Reply.Stop stop ? stop.message().id()
                : reply instanceof Reply.ResponseAnswer answer ? answer.message().id() : ID;
        if (id != ID) {
            notes.add("The reply's id is " + id + ", the call's " + ID + "; APISIX does not look.");
        }
        try {
            if (!(reply instanceof Reply.Closed) && client.available() > 0) {
                notes.add("More bytes came after the reply: APISIX takes them for the answer to another call.");
            }
        } catch (IOException e) {
            notes.add("The runner closed the connection after its reply: APISIX fails the next call on it.");
        }
    }

    private Outcome outcome(Reply reply) {
        return options.isResponsePhase()
                ? ApisixView.ofResponse(responseCall(), options.method.name(), options.responseBody, reply)
                : ApisixView.ofRequest(requestCall(), options.body, answers.var("upstream_uri").length > 0, reply);
    }

    private HttpReqCall.Req requestCall() {
        List<Entry> headers = new ArrayList<>(options.headers);
        if (options.body != null && headers.stream().noneMatch(header -> header.isNamed("content-length"))) {
            headers.add(Entry.of("content-length", Integer.toString(options.body.length)));
        }
        return new HttpReqCall.Req(ID, options.sourceIp, options.method.ordinal(), Text.of(options.path), options.args, headers, 0);
    }

    private HttpRespCall.Req responseCall() {
        return new HttpRespCall.Req(ID, options.responseStatus, options.responseHeaders, 0);
    }

    /** The variables that follow from the request, then those given. */
    private static ExtraInfoAnswers answers(CallOptions options) throws IOException {
        ExtraInfoAnswers answers = ExtraInfoAnswers.none()
                .withRequestBody(options.body)
                .withResponseBody(options.responseBody)
                .withVar("remote_addr", InetAddress.getByAddress(options.sourceIp).getHostAddress())
                .withVar("request_method", options.method.name())
                .withVar("scheme", "http")
                .withVar("uri", options.path)
                .withVar("upstream_uri", "")
                .withVar("request_uri", UriCoding.path(Text.of(options.path)) + (options.args.isEmpty() ? "" : "?" + UriCoding.query(options.args)))
                .withVar("args", UriCoding.query(options.args));
        for (Entry arg : options.args) {
            String name = "arg_" + arg.name();
            if (arg.value() != null && answers.var(name) == null) {
                answers = answers.withVar(name, arg.value().bytes());
            }
        }
        for (Entry header : options.headers) {
            String name = "http_" + header.name().toString().replace('-', '_');
            byte[] before = answers.var(name);
            answers = answers.withVar(name, before == null ? header.value().toString() : new Text(before) + ", " + header.value());
            if (header.isNamed("host")) {
                answers = answers.withVar("host", header.value().toString().toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", ""));
            }
        }
        for (var var : options.vars.entrySet()) {
            answers = answers.withVar(var.getKey(), var.getValue());
        }
        return answers;
    }
}
