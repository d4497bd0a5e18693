// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpRespCall;
import java.util.ArrayList;
import java.util.List;

/** What the client gets after the response phase (APISIX.md §8, §9). */
final class ResponseView {

    private ResponseView() {}

    static Outcome answered(HttpRespCall.Req request, String method, byte[] upstreamBody, HttpRespCall.Resp reply) {
        if (ApisixView.hasNameless(reply.headers())) {
            return ApisixView.breaks("The reply has a header without a name.");
        }
        List<String> notes = new ArrayList<>();
        boolean ownBody = reply.body() != null && reply.body().length > 0;
        int status = reply.status() == 0 ? request.status() : reply.status();
        boolean askedTwice = isAskedTwice(request, method, ownBody);
        if (askedTwice) {
            notes.add("APISIX sends the request to the upstream a second time, for there is no body to print; the client gets that second answer.");
            status = request.status();
        }
        if (reply.body() != null && !ownBody) {
            notes.add("APISIX ignores the empty body: the upstream's body can't be emptied.");
        }

        List<Entry> headers = headers(request, reply, notes);
        if (askedTwice) {
            ApisixView.orNone(request.headers()).stream().filter(header -> !isNginxsOwn(header)).forEach(headers::add);
        }
        boolean bodyless = status == 204 || status == 304;
        if (!bodyless) {
            StopView.addContentType(status, headers);
        }
        byte[] body = ownBody ? reply.body() : upstreamBody;
        if (bodyless || method.equals("HEAD")) {
            body = new byte[0];
        } else if (body != null) {
            body = StopView.cut(body, headers, notes);
        }
        return new Outcome.ClientAnswer(status, headers, body, false, notes);
    }

    /** Whether nothing is printed, and nginx therefore sends the request on its way again (APISIX.md §8). */
    static boolean isAskedTwice(HttpRespCall.Req request, String method, boolean ownBody) {
        return !ownBody && (method.equals("HEAD") || request.status() == 204 || request.status() == 304);
    }

    /** The runner's headers, or else what APISIX keeps of the upstream's. */
    static List<Entry> headers(HttpRespCall.Req request, HttpRespCall.Resp reply, List<String> notes) {
        return ApisixView.orNone(reply.headers()).isEmpty() ? ofUpstream(request, notes) : ApisixView.toClient(reply.headers());
    }

    private static List<Entry> ofUpstream(HttpRespCall.Req request, List<String> notes) {
        List<Entry> headers = new ArrayList<>();
        List<String> lost = new ArrayList<>();
        for (Entry header : ApisixView.orNone(request.headers())) {
            if (!ApisixView.isIgnoredInResponses(header)) {
                headers.add(header);
            } else if (!isNginxsOwn(header)) {
                lost.add(header.name().toString());
            }
        }
        if (!lost.isEmpty()) {
            notes.add("The reply has no header, so APISIX loses of the upstream's: " + String.join(", ", lost) + ".");
        }
        return headers;
    }

    private static boolean isNginxsOwn(Entry header) {
        return List.of("connection", "content-length", "transfer-encoding", "server", "date").contains(ApisixView.lowerCase(header));
    }
}
