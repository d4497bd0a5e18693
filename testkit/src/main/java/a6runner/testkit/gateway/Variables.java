// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.ExtraInfoSource;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import static java.util.stream.Collectors.joining;

/**
 * Answers a runner's questions about a request from its state of now (APISIX.md §6): nginx's variables and APISIX's, as far as a gateway without other
 * plugins has them. Others are absent, as unknown ones are in APISIX.
 */
final class Variables implements ExtraInfoSource {

    private final GatewayRequest request;
    private final Route route;
    private final long startNanos;
    private final Upstream.Node node;
    private final byte[] upstreamBody;

    /**
     * Of a request.
     *
     * @param node the upstream's server, null before one is chosen
     * @param upstreamBody null before there is an answer
     */
    Variables(GatewayRequest request, Route route, long startNanos, Upstream.Node node, byte[] upstreamBody) {
        this.request = request;
        this.route = route;
        this.startNanos = startNanos;
        this.node = node;
        this.upstreamBody = upstreamBody;
    }

    @Override
    public byte[] requestBody() {
        byte[] body = request.bodyBytes();
        return body.length == 0 ? null : body;
    }

    @Override
    public byte[] responseBody() {
        return upstreamBody;
    }

    @Override
    public byte[] var(String name) {
        Text value = value(name);
        return value == null ? null : value.bytes();
    }

    private Text value(String name) {
        return switch (name) {
            case "remote_addr" -> Text.of(request.clientText());
            case "binary_remote_addr" -> new Text(request.clientAddress.getAddress());
            case "server_port" -> Text.of(Integer.toString(request.serverPort));
            case "server_name" -> Text.of("_");
            case "server_protocol" -> Text.of("HTTP/1." + request.head.minor());
            case "scheme", "upstream_scheme" -> Text.of("http");
            case "request_method" -> Text.of(request.method());
            case "request_uri" -> GatewayRequest.withQuery(request.rawPath, request.query);
            case "uri", "document_uri" -> request.path;
            case "upstream_uri" -> Objects.requireNonNullElse(request.upstreamUri, Text.of(""));
            case "upstream_host" -> request.upstreamHost;
            case "args", "query_string" -> request.query;
            case "is_args" -> Text.of(request.query == null ? "" : "?");
            case "host" -> Text.of(request.host());
            case "content_type", "content_length" -> header(name);
            case "status" -> Text.of("0");
            case "request_time" -> Text.of(String.format(Locale.ROOT, "%.3f", (System.nanoTime() - startNanos) / 1e9));
            case "route_id" -> Text.of(route.id());
            case "route_name" -> Text.of(route.name());
            case "balancer_ip" -> node == null ? null : Text.of(node.host());
            case "balancer_port" -> node == null ? null : Text.of(Integer.toString(node.port()));
            default -> named(name);
        };
    }

    private Text named(String name) {
        if (name.startsWith("arg_")) {
            return request.args().stream().filter(arg -> arg.name().toString().equals(name.substring("arg_".length())) && arg.value() != null)
                    .map(Entry::value).findFirst().orElse(null);
        }
        if (name.startsWith("http_")) {
            return header(name.substring("http_".length()));
        }
        return name.startsWith("cookie_") ? cookie(name.substring("cookie_".length())) : null;
    }

    private Text header(String name) {
        List<Entry> headers = request.headers.stream().filter(header -> header.name().toString().replace('-', '_').equalsIgnoreCase(name)).toList();
        return headers.isEmpty() ? null
                : headers.size() == 1 ? headers.get(0).value()
                : Text.of(headers.stream().map(header -> header.value().toString()).collect(joining(", ")));
    }

    private Text cookie(String name) {
        for (Entry header : request.headers) {
            if (header.isNamed("cookie")) {
                for (String pair : header.value().toString().split(";")) {
                    int equals = pair.indexOf('=');
                    if (equals > 0 && pair.substring(0, equals).trim().equals(name)) {
                        return Text.of(pair.substring(equals + 1).trim());
                    }
                }
            }
        }
        return null;
    }
}
