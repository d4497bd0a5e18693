// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.http.Headers;
import a6runner.testkit.http.HttpException;
import a6runner.testkit.http.HttpInput;
import a6runner.testkit.http.HttpListener;
import a6runner.testkit.http.HttpOutput;
import a6runner.testkit.http.RequestHead;
import a6runner.testkit.http.ResponseHead;
import a6runner.testkit.text.Printable;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * An upstream that answers with what it got, as JSON: {@code method}, {@code uri}, {@code headers} (in order; a list of values where a name comes more than
 * once) and {@code body}. Bytes that are no text are written {@code \xNN}. Close it.
 */
public final class EchoUpstream implements AutoCloseable {

    private static final int READ_MILLIS = 60_000;
    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    private final HttpListener listener;

    /** Starts one on any free port of the loopback address. */
    public EchoUpstream() throws IOException {
        listener = new HttpListener("echo-upstream", InetAddress.getLoopbackAddress(), 0, EchoUpstream::serve);
        listener.start();
    }

    /** Where it listens. */
    public Upstream upstream() {
        return Upstream.of(InetAddress.getLoopbackAddress().getHostAddress(), listener.port());
    }

    private static void serve(Socket socket) throws IOException {
        socket.setSoTimeout(READ_MILLIS);
        HttpOutput out = new HttpOutput(new BufferedOutputStream(socket.getOutputStream()));
        HttpInput in = new HttpInput(socket.getInputStream());
        String method = "GET";
        try {
            RequestHead head = in.readRequest();
            if (head == null) {
                return;
            }
            method = head.method();
            Text host = Headers.first(head.headers(), "host");
            if (host == null || host.length() == 0) {
                throw new HttpException(400, "no host");
            }
            byte[] body = Headers.hasToken(head.headers(), "transfer-encoding", "chunked") ? in.readChunked()
                    : in.readBytes(Math.max(0, Headers.contentLength(head.headers())));
            send(out, method, 200, "application/json", (JSON.writeValueAsString(echo(head, body)) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (HttpException e) {
            send(out, method, e.status(), "text/html", NginxPage.of(e.status()));
        }
    }

    private static void send(HttpOutput out, String method, int status, String type, byte[] body) throws IOException {
        List<Entry> headers = Entry.list("Content-Type", type, "Content-Length", Integer.toString(body.length), "Connection", "close");
        out.response(new ResponseHead(status, NginxPage.reason(status), headers), method.equals("HEAD") ? new byte[0] : body);
    }

    private static ObjectNode echo(RequestHead head, byte[] body) {
        ObjectNode echo = JsonNodeFactory.instance.objectNode();
        echo.put("method", head.method());
        echo.put("uri", Printable.line(head.target().getBytes(ISO_8859_1)));
        ObjectNode headers = echo.putObject("headers");
        for (Entry header : head.headers()) {
            String name = Printable.line(header.name().bytes());
            String value = Printable.line(header.value().bytes());
            if (!headers.has(name)) {
                headers.put(name, value);
            } else if (headers.get(name) instanceof ArrayNode values) {
                values.add(value);
            } else {
                String first = headers.get(name).asText();
                headers.putArray(name).add(first).add(value);
            }
        }
        String text = Printable.utf8(body);
        echo.put("body", text != null ? text : Printable.line(body));
        return echo;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
