// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.Outcome.Change;
import a6runner.testkit.Outcome.GoesOn;
import a6runner.testkit.Outcome.Kind;
import a6runner.testkit.Outcome.Part;
import a6runner.testkit.UriCoding;
import a6runner.testkit.http.Headers;
import a6runner.testkit.http.HttpException;
import a6runner.testkit.http.RequestHead;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * A request on its way through APISIX, with what nginx holds of it and what APISIX has remembered of it, which is not always the same (APISIX.md §5, §7).
 * Belongs to the thread of its connection.
 */
final class GatewayRequest {

    /** How many header lines APISIX sees. */
    private static final int SEEN_HEADERS = 100;
    private static final Set<String> CLIENTS_FORWARDING = Set.of("forwarded", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port");

    /** At least two groups of zero, one beside the other. */
    private static final Pattern ZEROS = Pattern.compile("(?<![^:])(0(?::0)+)(?![^:])");

    final RequestHead head;
    final RequestBody body;
    final int serverPort;
    final InetAddress clientAddress;
    /** The path, decoded and normalised; a rewrite doesn't change it. */
    final Text path;
    /** The path as it came. */
    final Text rawPath;
    /** What nginx has, in its order, names as the client wrote them. */
    final List<Entry> headers = new ArrayList<>();
    /** What APISIX remembers and shows to the runner: names in lower case, the first hundred lines. */
    final List<Entry> seenHeaders = new ArrayList<>();
    /** What goes in front of the upstream's headers on the way back. */
    final List<Entry> responseHeaders = new ArrayList<>();
    /** {@code $args}: the query, null for none. */
    Text query;
    /** {@code $upstream_uri}: path and query toward the upstream, percent-encoded; null as long as nobody rewrote the path. */
    Text upstreamUri;
    /** {@code $upstream_host}, null if the client sent no host. */
    Text upstreamHost;
    private boolean queryRewritten;

    GatewayRequest(RequestHead head, RequestBody body, InetAddress peer, int serverPort) throws HttpException {
        this.head = head;
        this.body = body;
        this.serverPort = serverPort;
        String origin = UriPath.origin(head.target());
        path = UriPath.path(origin);
        query = UriPath.query(origin);
        rawPath = new Text(origin.replaceFirst("\\?.*", "").getBytes(ISO_8859_1));
        upstreamHost = Headers.first(head.headers(), "host");
        clientAddress = clientAddress(peer);
        headers.addAll(head.headers());
        String scheme = "http";
        headers.removeIf(header -> CLIENTS_FORWARDING.contains(header.name().toString().toLowerCase(Locale.ROOT)));
        headers.addAll(Entry.list("X-Forwarded-Proto", scheme, "X-Forwarded-Host", upstreamHost == null ? "_" : upstreamHost.toString(),
                "X-Forwarded-Port", Integer.toString(hostPort())));
        headers.stream().limit(SEEN_HEADERS).forEach(header -> seenHeaders.add(new Entry(Text.of(lowerCase(header.name())), header.value())));
    }

    String method() {
        return head.method();
    }

    /** {@code $host}: without port, in lower case. */
    String host() {
        return upstreamHost == null ? "_" : hostWithoutPort(Headers.first(head.headers(), "host").toString());
    }

    /** The path that the runner is told: what the client asked for, or percent-encoded what it has been rewritten to (APISIX.md §5). */
    Text shownPath() {
        return upstreamUri == null ? path : Text.of(upstreamUri.toString().replaceFirst("\\?.*", ""));
    }

    /** The headers that the runner is told. */
    List<Entry> shownHeaders() {
        List<Entry> shown = new ArrayList<>();
        for (Entry header : seenHeaders) {
            shown.add(header.isNamed("host") ? new Entry(header.name(), upstreamHost) : header);
        }
        return shown;
    }

    List<Entry> args() {
        return query == null ? List.of() : UriCoding.args(query);
    }

    /** The body, by the content-length of now; throws {@link UncheckedIOException} if the client doesn't send it. */
    byte[] bodyBytes() {
        try {
            return body.read(headers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Path and query as nginx sends them to the upstream. */
    Text proxiedUri() {
        if (upstreamUri != null) {
            return upstreamUri;
        }
        return withQuery(queryRewritten ? UriCoding.path(path) : rawPath, query);
    }

    /** Makes the changes of a rewrite, in the order in which APISIX makes them; throws {@link UncheckedIOException} as {@link #bodyBytes} does. */
    void apply(GoesOn rewritten) {
        responseHeaders.addAll(rewritten.responseHeaders());
        boolean argsChanged = false;
        for (Change change : rewritten.changes()) {
            if (change.part() == Part.HEADER) {
                applyHeader(change);
            } else if (change.part() == Part.BODY) {
                applyBody(change.value().bytes());
            } else if (change.part() == Part.ARG) {
                argsChanged = true;
            }
        }
        if (argsChanged) {
            query = rewritten.args().isEmpty() ? null : Text.of(UriCoding.query(rewritten.args()));
            queryRewritten = true;
        }
        if (rewritten.pathRewritten()) {
            upstreamUri = withQuery(rewritten.path(), query);
        }
    }

    private void applyHeader(Change change) {
        String name = lowerCase(change.name());
        Text value = change.kind() == Kind.DELETED ? null : new Text(escaped(change.value()));
        if (name.equals("host")) {
            upstreamHost = value == null ? Text.of("") : value;
            return;
        }
        set(headers, change.name(), value);
        set(seenHeaders, Text.of(name), value);
    }

    /** nginx knows the new length; what APISIX remembers stays as it was. */
    private void applyBody(byte[] bytes) {
        bodyBytes(); // else it would be taken for the next request
        body.replace(bytes);
        headers.removeIf(header -> header.isNamed("transfer-encoding"));
        set(headers, Text.of("Content-Length"), Text.of(Integer.toString(bytes.length)));
    }

    private static void set(List<Entry> headers, Text name, Text value) {
        int first = -1;
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).isNamed(name.toString())) {
                first = i;
                name = headers.remove(i).name();
            }
        }
        if (value != null) {
            headers.add(first < 0 ? headers.size() : first, new Entry(name, value));
        }
    }

    /** By default nginx believes X-Real-IP of a client on 127.0.0.1 (APISIX.md §5). */
    private InetAddress clientAddress(InetAddress peer) {
        Text given = Headers.first(head.headers(), "x-real-ip");
        if (given != null && peer.getHostAddress().equals("127.0.0.1") && given.toString().matches("[0-9.]+|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")) {
            try {
                return InetAddress.getByName(given.toString());
            } catch (UnknownHostException e) {
                return peer;
            }
        }
        return peer;
    }

    /** The client's address as nginx writes it: of IPv6 the longest row of zeros as two colons. */
    String clientText() {
        String text = clientAddress.getHostAddress().replaceFirst("%.*", "");
        if (text.indexOf(':') < 0) {
            return text;
        }
        String longest = "";
        Matcher zeros = ZEROS.matcher(text);
        while (zeros.find()) {
            longest = zeros.group(1).length() > longest.length() ? zeros.group(1) : longest;
        }
        return longest.isEmpty() ? text : text.replaceFirst("(^|:)" + longest + "(:|$)", "::");
    }

    private int hostPort() {
        String host = upstreamHost == null ? "" : upstreamHost.toString();
        int colon = host.lastIndexOf(':');
        return colon >= 0 && host.substring(colon + 1).matches("\\d{1,5}") ? Integer.parseInt(host.substring(colon + 1)) : serverPort;
    }

    private static String hostWithoutPort(String host) {
        return host.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "");
    }

    static Text withQuery(Text path, Text query) {
        return query == null ? path : new Text((latin(path) + "?" + latin(query)).getBytes(ISO_8859_1));
    }

    private static byte[] escaped(Text value) {
        return latin(value).replace("\r", "%0D").replace("\n", "%0A").getBytes(ISO_8859_1);
    }

    private static String latin(Text text) {
        return new String(text.bytes(), ISO_8859_1);
    }

    private static String lowerCase(Text name) {
        return name.toString().toLowerCase(Locale.ROOT);
    }
}
