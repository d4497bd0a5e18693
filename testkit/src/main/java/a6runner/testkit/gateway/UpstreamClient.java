// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.http.Headers;
import a6runner.testkit.http.HttpInput;
import a6runner.testkit.http.HttpOutput;
import a6runner.testkit.http.ResponseHead;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Calls an upstream in one of APISIX's two ways: nginx's, for a request that simply goes on, and that of its Lua client, for {@code ext-plugin-post-resp}
 * (APISIX.md §7, §8). A connection for each call. Any thread, which is blocked.
 */
final class UpstreamClient {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int READ_MILLIS = 60_000;
    /** What nginx sets itself or keeps back. */
    private static final Set<String> NGINXS = Set.of("host", "x-real-ip", "x-forwarded-for", "content-length", "connection", "keep-alive",
            "transfer-encoding", "te", "expect", "upgrade");
    private static final Entry LUAS_AGENT = Entry.of("User-Agent", "lua-resty-http/0.16.1 (Lua) ngx_lua/10031");

    /** An upstream's answer, its body decoded from its framing. */
    record Answer(ResponseHead head, byte[] body) {}

    private UpstreamClient() {}

    /** Has nginx pass the request on. */
    static Answer proxy(GatewayRequest request, Upstream.Node node) throws IOException {
        String client = request.clientText();
        Text forwarded = Headers.first(request.headers, "x-forwarded-for");
        List<Entry> headers = Entry.list("Host", request.upstreamHost == null ? "" : request.upstreamHost.toString(),
                "X-Real-IP", client, "X-Forwarded-For", forwarded == null ? client : forwarded + ", " + client);
        byte[] body = request.bodyBytes();
        if (body.length > 0 || Headers.has(request.headers, "content-length")) {
            headers.add(Entry.of("Content-Length", Integer.toString(body.length)));
        }
        for (Entry header : request.headers) {
            if (!NGINXS.contains(header.name().toString().toLowerCase(Locale.ROOT)) && header.value().length() > 0) {
                headers.add(header);
            }
        }
        return send(request.method(), request.proxiedUri(), headers, body, node);
    }

    /** Has the Lua client call; it sends the headers that APISIX remembers, whatever became of the body. */
    static Answer callByLua(GatewayRequest request, Upstream.Node node) throws IOException {
        Text path = request.shownPath();
        for (byte b : path.bytes()) {
            if ((b & 0xFF) <= ' ' || (b & 0xFF) >= 0x7F) {
                throw new IOException("invalid characters found in path: " + path);
            }
        }
        Text uri = request.upstreamUri != null && request.upstreamUri.toString().contains("?") ? request.upstreamUri
                : GatewayRequest.withQuery(path, request.query);
        byte[] body = request.bodyBytes();
        List<Entry> headers = new ArrayList<>();
        if (!Headers.has(request.seenHeaders, "user-agent")) {
            headers.add(LUAS_AGENT);
        }
        headers.addAll(request.seenHeaders);
        if (body.length > 0 && !Headers.has(headers, "content-length") && !Headers.has(headers, "transfer-encoding")) {
            headers.add(Entry.of("Content-Length", Integer.toString(body.length)));
        }
        return send(request.method(), uri, headers, body, node);
    }

    private static Answer send(String method, Text uri, List<Entry> headers, byte[] body, Upstream.Node node) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(node.host(), node.port()), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_MILLIS);
            new HttpOutput(new BufferedOutputStream(socket.getOutputStream())).request(method, uri.bytes(), headers, body);
            HttpInput in = new HttpInput(socket.getInputStream());
            ResponseHead head = in.readResponse();
            return new Answer(head, in.readBody(head, method));
        }
    }
}
