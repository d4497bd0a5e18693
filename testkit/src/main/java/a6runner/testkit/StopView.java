// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What the client gets of a stop in the request phase (APISIX.md §7). */
final class StopView {

    private static final Set<Integer> CLOSE_THE_CONNECTION = Set.of(1, 100, 444, 499);
    private static final Set<Integer> WITHOUT_PAGE = Set.of(200, 204, 304);

    private StopView() {}

    static Outcome stopped(HttpReqCall.Req request, HttpReqCall.Stop stop) {
        if (ApisixView.hasNameless(stop.headers())) {
            return ApisixView.breaks("The stop has a header without a name.");
        }
        List<String> notes = new ArrayList<>();
        int status = stop.status() == 0 ? 200 : stop.status();
        if (CLOSE_THE_CONNECTION.contains(status)) {
            return new Outcome.Disconnect(status, List.of("nginx closes the client's connection on the status " + status + "."));
        }
        if (status > 999) {
            notes.add("The status " + status + " is none: the client gets 200.");
            status = 200;
        }
        for (Entry header : ApisixView.orNone(stop.headers())) {
            if (header.value() == null) {
                notes.add("APISIX skips the header " + header.name() + ", which has no value.");
            }
        }

        List<Entry> headers = ApisixView.toClient(stop.headers());
        boolean noBody = stop.body() == null || stop.body().length == 0;
        boolean nginxPage = noBody && !WITHOUT_PAGE.contains(status);
        boolean bodyless = status == 204 || status == 304;
        if (nginxPage) {
            headers.removeIf(header -> header.isNamed("content-type"));
            headers.add(Entry.of("content-type", "text/html; charset=utf-8"));
        } else if (!bodyless) {
            addContentType(status, headers);
        }
        byte[] body = noBody || bodyless ? new byte[0] : cut(stop.body(), headers, notes);
        if (request.method() == Method.HEAD.ordinal()) {
            body = new byte[0];
            nginxPage = false;
        }
        return new Outcome.ClientAnswer(status, headers, nginxPage ? null : body, nginxPage, notes);
    }

    /** nginx's default type, without charset on redirects. */
    static void addContentType(int status, List<Entry> headers) {
        if (headers.stream().noneMatch(header -> header.isNamed("content-type"))) {
            headers.add(Entry.of("content-type", status == 301 || status == 302 ? "text/plain" : "text/plain; charset=utf-8"));
        }
    }

    /** A content-length is taken as it is. */
    static byte[] cut(byte[] body, List<Entry> headers, List<String> notes) {
        for (Entry header : headers) {
            if (header.isNamed("content-length")) {
                notes.add("The content-length " + header.value() + " goes out as it is, with a body of " + body.length + " bytes.");
                String value = header.value().toString();
                if (value.matches("\\d{1,9}") && Integer.parseInt(value) < body.length) {
                    return Arrays.copyOf(body, Integer.parseInt(value));
                }
            }
        }
        return body;
    }
}
