// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.golden.GoldenFrame;
import a6runner.testkit.golden.Scenario;
import a6runner.testkit.http.Headers;
import a6runner.testkit.http.HttpException;
import a6runner.testkit.http.HttpInput;
import a6runner.testkit.http.HttpListener;
import a6runner.testkit.http.HttpOutput;
import a6runner.testkit.http.RequestHead;
import a6runner.testkit.http.ResponseHead;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The upstream of a recorded scenario: keeps what it gets, and answers as the recorded one did, an nginx that refuses what HTTP doesn't allow. */
final class GoldenUpstream implements AutoCloseable {

    /** A request that came. */
    record Request(RequestHead head, byte[] body) {}

    private static final Map<String, String> BODIES = Map.of("plain", "hello from upstream\n", "chunked", "chunk-1\nchunk-2\nchunk-3\n", "close", "old style body\n",
            "redirect", "moved\n", "status599", "odd\n", "noctype", "no content type\n", "hosthdr", "host hdr\n", "manyheaders", "many\n");
    private static final String GZIP = "1f8b0800000000000003cb48cdc9c95748afca2c5028c948550093c525459979e95c0024d4087b1b000000";

    private final Scenario scenario;
    private final HttpListener listener;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    GoldenUpstream(Scenario scenario) throws IOException {
        this.scenario = scenario;
        listener = new HttpListener("golden-upstream", InetAddress.getLoopbackAddress(), 0, this::serve);
        listener.start();
    }

    int port() {
        return listener.port();
    }

    List<Request> requests() {
        return requests;
    }

    private void serve(Socket socket) throws IOException {
        HttpInput in = new HttpInput(socket.getInputStream());
        HttpOutput out = new HttpOutput(socket.getOutputStream());
        RequestHead head;
        try {
            head = in.readRequest();
        } catch (HttpException e) {
            requests.add(new Request(null, new byte[0])); // a header without a name, which nginx passes on
            refuse(out);
            return;
        }
        boolean chunked = Headers.hasToken(head.headers(), "transfer-encoding", "chunked");
        byte[] body = chunked ? new byte[0] : in.readBytes(Math.max(0, Headers.contentLength(head.headers())));
        requests.add(new Request(head, body));
        Text host = Headers.first(head.headers(), "host");
        if (chunked || host == null || host.length() == 0 || head.headers().stream().anyMatch(header -> header.name().toString().contains(" "))) {
            refuse(out);
            return;
        }
        answer(head, out);
    }

    private void refuse(HttpOutput out) throws IOException {
        byte[] page = NginxPage.of(400);
        List<Entry> headers = recordedHeaders();
        headers.addAll(headers.isEmpty() ? Entry.list("Server", "openresty", "Content-Type", "text/html; charset=utf-8", "Content-Length",
                Integer.toString(page.length), "Connection", "close") : List.of());
        out.response(new ResponseHead(400, "Bad Request", headers), page);
    }

    private List<Entry> recordedHeaders() {
        List<Entry> headers = new ArrayList<>();
        scenario.frames("HTTPRespCall.Req").stream().limit(1).forEach(frame -> frame.decoded().get("headers")
                .forEach(header -> headers.add(Entry.of(header.get(0).asText(), header.get(1).asText()))));
        return headers;
    }

    private void answer(RequestHead request, HttpOutput out) throws IOException {
        List<GoldenFrame> calls = scenario.frames("HTTPRespCall.Req");
        JsonNode recorded = calls.isEmpty() ? null : calls.get(0).decoded();
        byte[] body = body(request.target());
        int status = recorded == null ? 200 : recorded.get("status").asInt();
        List<Entry> headers = recordedHeaders();
        if (recorded == null) {
            headers.addAll(Entry.list("Server", "openresty", "Content-Type", "application/json", "Content-Length", length(body),
                    "X-Up", "echo", "X-Up-Multi", "one", "X-Up-Multi", "two"));
        }
        ResponseHead head = new ResponseHead(status, NginxPage.reason(status), headers);
        boolean bodyless = status == 204 || status == 304 || request.method().equals("HEAD");
        if (Headers.hasToken(headers, "transfer-encoding", "chunked") && !bodyless) {
            out.chunkedResponse(head, body);
        } else {
            out.response(head, bodyless ? new byte[0] : body);
        }
    }

    /** As recorded where the body isn't: the answer to HEAD. */
    private String length(byte[] body) {
        for (JsonNode header : scenario.json().get("http_responses").get(0).path("headers")) {
            if (scenario.name().equals("method-head") && header.get(0).asText().equals("Content-Length")) {
                return header.get(1).asText();
            }
        }
        return Integer.toString(body.length);
    }

    private byte[] body(String target) {
        int kind = target.indexOf("/resp/");
        if (kind < 0) {
            return scenario.json().get("http_responses").get(0).path("body").asText().getBytes(UTF_8);
        }
        String name = target.substring(kind + "/resp/".length()).replaceFirst("\\?.*", "");
        if (name.equals("binary")) {
            byte[] all = new byte[256];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) i;
            }
            return all;
        }
        return name.equals("gzip") ? HexFormat.of().parseHex(GZIP)
                : name.equals("big17m") ? GoldenRunner.pattern(17825792)
                : BODIES.getOrDefault(name, "").getBytes(UTF_8);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
