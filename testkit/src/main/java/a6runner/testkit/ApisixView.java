// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Says what APISIX 3.18 does with a reply (APISIX.md §3, §7, §9): what the upstream gets, or what the client gets. It knows nothing of other APISIX
 * plugins, {@code pass_host}, {@code _meta.error_response} or {@code allow_degradation}. Stateless; any thread.
 */
public final class ApisixView {

    /** Response headers that APISIX takes from neither {@code resp_headers} nor, unless the runner names any header, the upstream (§7, §9). */
    private static final Set<String> IGNORED_RESPONSE_HEADERS = Set.of(
            "connection", "content-length", "transfer-encoding", "location", "server", "www-authenticate", "content-encoding", "content-type",
            "content-location", "content-language");

    private ApisixView() {}

    /**
     * After the request phase.
     *
     * @param request what APISIX sent
     * @param body the request's body, null for none
     */
    public static Outcome ofRequest(HttpReqCall.Req request, byte[] body, Reply reply) {
        return ofRequest(request, body, false, reply);
    }

    /**
     * After the request phase.
     *
     * @param pathRewrittenBefore whether an earlier plugin has rewritten the path, that is {@code upstream_uri} is not empty
     */
    public static Outcome ofRequest(HttpReqCall.Req request, byte[] body, boolean pathRewrittenBefore, Reply reply) {
        if (reply instanceof Reply.Continue) {
            return new RequestView(request, body, pathRewrittenBefore).unchanged();
        }
        if (reply instanceof Reply.Rewrite rewrite) {
            return new RequestView(request, body, pathRewrittenBefore).rewritten(rewrite.action());
        }
        if (reply instanceof Reply.Stop stop) {
            return StopView.stopped(request, stop.action());
        }
        return failure(reply, null);
    }

    /**
     * After the response phase.
     *
     * @param request what APISIX sent
     * @param method the HTTP request's method
     * @param upstreamBody the body of the upstream's answer, null if it isn't known
     */
    public static Outcome ofResponse(HttpRespCall.Req request, String method, byte[] upstreamBody, Reply reply) {
        if (reply instanceof Reply.ResponseAnswer answer) {
            return ResponseView.answered(request, method, upstreamBody, answer.message());
        }
        return failure(reply, upstreamBody);
    }

    /** Whether APISIX sends the request to the upstream a second time after this answer, and the client gets the second answer (APISIX.md §8). */
    public static boolean asksTwice(HttpRespCall.Req request, String method, HttpRespCall.Resp answer) {
        return ResponseView.isAskedTwice(request, method, answer.body() != null && answer.body().length > 0);
    }

    /** The headers that APISIX sets after this answer: the runner's if it gave any, else what it keeps of the upstream's (APISIX.md §9). */
    public static List<Entry> responseHeaders(HttpRespCall.Req request, HttpRespCall.Resp answer) {
        return ResponseView.headers(request, answer, new ArrayList<>());
    }

    private static Outcome failure(Reply reply, byte[] upstreamBody) {
        if (reply instanceof Reply.ErrorReply error) {
            List<String> notes = error.isConfTokenNotFound()
                    ? List.of("APISIX forgets all its tokens, prepares the conf again, and fails after three tries.")
                    : List.of();
            return new Outcome.Failure(503, true, upstreamBody, "The runner refused the call: " + error.codeName() + ".", notes);
        }
        if (reply instanceof Reply.Closed closed) {
            return new Outcome.Failure(503, true, upstreamBody, closed.reason(), List.of());
        }
        if (reply instanceof Reply.Broken broken && broken.status() == 503) {
            return new Outcome.Failure(503, true, upstreamBody, broken.reason(), List.of());
        }
        if (reply instanceof Reply.Broken broken) {
            return breaks(broken.reason());
        }
        throw new IllegalArgumentException("no reply of this phase: " + reply);
    }

    /** APISIX's own code throws: 500, whatever the degradation says (§3). */
    static Outcome breaks(String reason) {
        return new Outcome.Failure(500, false, null, reason, List.of());
    }

    /** Headers as they reach the client: names in lower case, those without value left out (§7). */
    static List<Entry> toClient(List<Entry> headers) {
        List<Entry> sent = new ArrayList<>();
        for (Entry header : orNone(headers)) {
            if (header.value() != null) {
                String value = header.value().toString().replace("\r", "%0D").replace("\n", "%0A");
                sent.add(Entry.of(lowerCase(header), value));
            }
        }
        return sent;
    }

    static boolean isIgnoredInResponses(Entry header) {
        return IGNORED_RESPONSE_HEADERS.contains(lowerCase(header));
    }

    static boolean hasNameless(List<Entry> entries) {
        return orNone(entries).stream().anyMatch(entry -> entry.name() == null);
    }

    static String lowerCase(Entry entry) {
        return entry.name().toString().toLowerCase(Locale.ROOT);
    }

    static List<Entry> orNone(List<Entry> entries) {
        return entries == null ? List.of() : entries;
    }
}
