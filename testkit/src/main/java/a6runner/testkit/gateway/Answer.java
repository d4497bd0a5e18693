// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.Outcome;
import a6runner.testkit.http.Headers;
import a6runner.testkit.http.HttpOutput;
import a6runner.testkit.http.ResponseHead;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the client gets.
 *
 * @param status 0 for nothing: its connection is closed
 * @param headers those that say how the body is framed and how the connection goes on are not among them, but for a content-length
 * @param body of no bytes for none
 */
record Answer(int status, String reason, List<Entry> headers, byte[] body) {

    /** What a server doesn't take from the upstream or from a plugin, for it is about this connection. */
    private static final Set<String> OF_THE_CONNECTION = Set.of("connection", "keep-alive", "transfer-encoding", "date", "server");
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    /** Closes the client's connection. */
    static Answer none() {
        return new Answer(0, "", List.of(), new byte[0]);
    }

    /** nginx's page for a status. */
    static Answer page(int status) {
        byte[] page = NginxPage.of(status);
        List<Entry> headers = Entry.list("Content-Type", "text/html; charset=utf-8", "Content-Length", Integer.toString(page.length));
        return new Answer(status, NginxPage.reason(status), headers, page);
    }

    /** APISIX's own answer in JSON. */
    static Answer json(int status, String json) {
        return new Answer(status, NginxPage.reason(status), Entry.list("Content-Type", "text/plain; charset=utf-8"), Text.of(json).bytes());
    }

    /** What a plugin, or APISIX after one, has decided; {@code before} are headers that earlier phases have set. */
    static Answer of(Outcome.ClientAnswer outcome, List<Entry> before) {
        if (outcome.nginxPage()) {
            Answer page = page(outcome.status());
            List<Entry> headers = join(before, outcome.headers());
            headers.removeIf(header -> header.isNamed("content-type"));
            headers.addAll(page.headers());
            return new Answer(page.status(), page.reason(), headers, page.body());
        }
        List<Entry> headers = join(before, outcome.headers());
        if (outcome.status() == 304 && !Headers.has(headers, "content-length")) {
            headers.add(Entry.of("Content-Length", "0"));
        }
        return new Answer(outcome.status(), NginxPage.reason(outcome.status()), headers, outcome.body());
    }

    /** The upstream's answer as nginx passes it on; {@code before} are headers that plugins have set. */
    static Answer proxied(UpstreamClient.Answer upstream, List<Entry> before) {
        return new Answer(upstream.head().status(), upstream.head().reason(), join(before, upstream.head().headers()), upstream.body());
    }

    private static List<Entry> join(List<Entry> before, List<Entry> after) {
        List<Entry> all = new ArrayList<>(before);
        all.addAll(after);
        all.removeIf(header -> OF_THE_CONNECTION.contains(header.name().toString().toLowerCase(Locale.ROOT)));
        return all;
    }

    /**
     * Writes it, with a content-length if the headers have one and in chunks else.
     *
     * @param own headers of the gateway's own
     * @param keepAlive whether the connection stays open; false where the client can't see the body's end otherwise
     * @return whether the connection can stay open
     */
    boolean writeTo(HttpOutput out, String method, int minor, List<Entry> own, boolean keepAlive) throws IOException {
        boolean bodyless = status == 204 || status == 304 || method.equals("HEAD");
        boolean hasLength = Headers.has(headers, "content-length");
        boolean chunked = !bodyless && !hasLength && minor > 0;
        boolean staysOpen = keepAlive && (bodyless || hasLength || chunked);

        List<Entry> all = new ArrayList<>(Entry.list("Date", DATE.format(ZonedDateTime.now(ZoneOffset.UTC))));
        all.addAll(headers);
        if (status == 204) {
            all.removeIf(header -> header.isNamed("content-length"));
        }
        if (chunked) {
            all.add(Entry.of("Transfer-Encoding", "chunked"));
        }
        all.add(Entry.of("Connection", staysOpen ? "keep-alive" : "close"));
        all.addAll(own);
        ResponseHead head = new ResponseHead(status, reason, all);
        if (chunked) {
            out.chunkedResponse(head, body);
        } else {
            out.response(head, bodyless ? new byte[0] : body);
        }
        return staysOpen;
    }
}
