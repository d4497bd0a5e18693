// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.ScriptedRunner;
import a6runner.testkit.golden.GoldenScenarios;
import a6runner.testkit.golden.Scenario;
import a6runner.testkit.http.Headers;
import a6runner.testkit.http.HttpInput;
import a6runner.testkit.http.ResponseHead;
import a6runner.testkit.wire.Entry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every recorded HTTP request through the gateway, against a runner that answers with the recorded frames: the runner gets the recorded frames, the client the
 * recorded answer, the upstream the recorded request. Random orders, ids, tokens, ports, dates and the server's name aside.
 */
class GoldenReplayTest {

    /** What the gateway doesn't do, with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "http2-get", "The gateway speaks HTTP/1 only.",
            "proxy-rewrite-then-post", "proxy-rewrite is a plugin of APISIX's own, which the gateway doesn't have and refuses in the routes.",
            "proxy-rewrite-then-post-args", "proxy-rewrite is a plugin of APISIX's own, which the gateway doesn't have and refuses in the routes.",
            "resp-headers-length-body", "After a body shorter than its content-length APISIX keeps the client waiting; the gateway ends the connection.",
            "prepare-after-lua-error", "It needs the request before it, which left APISIX's lock held; PrepareLockTest has the rule.");
    private static final Set<String> NOT_COMPARED = Set.of("date", "server");
    private static final int HANG_MILLIS = 500;
    private static final int READ_MILLIS = 20_000;

    private static int replayed;

    static Stream<Scenario> scenarios() {
        return GoldenScenarios.load().stream().filter(scenario -> !EXCEPTIONS.containsKey(scenario.name()));
    }

    @AfterAll
    static void count() {
        System.out.println("golden replay through the dev gateway: " + replayed + " of " + GoldenScenarios.load().size() + " scenarios; left out: " + EXCEPTIONS);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everythingIsAsRecorded(Scenario scenario) throws Exception {
        int[] port = new int[1];
        try (GoldenUpstream upstream = new GoldenUpstream(scenario)) {
            GoldenRunner golden = new GoldenRunner(scenario, text -> text.equals(Integer.toString(port[0])) ? "19081"
                    : text.equals(Integer.toString(upstream.port())) ? "19999" : text);
            Routes routes = RoutesFile.parse(scenario.name(), routes(scenario, upstream.port()), 7);
            InetAddress address = InetAddress.getByName(scenario.name().startsWith("ipv6") ? "::1" : "127.0.0.1");
            try (ScriptedRunner runner = ScriptedRunner.each(golden::serve);
                    Gateway gateway = new Gateway(new Gateway.Setup(address, 0, runner.socket(), () -> routes))) {
                gateway.start();
                port[0] = gateway.port();
                call(scenario, address, gateway.port());
                assertThat(runner.faults()).isEmpty();
            }
            assertThat(golden.differences()).isEmpty();
            compareUpstream(scenario, upstream, port[0]);
        }
        replayed++;
    }

    private static String routes(Scenario scenario, int upstreamPort) throws IOException {
        ObjectNode file = new ObjectMapper().createObjectNode();
        ObjectNode route = file.putArray("routes").addObject();
        route.put("id", scenario.name()).put("uri", "/*").set("plugins", scenario.json().get("plugins"));
        if (scenario.name().equals("prepare-conf-big")) {
            ((ObjectNode) scenario.json().at("/plugins/ext-plugin-pre-req/conf/0")).put("value", "v".repeat(200_000));
        }
        route.putObject("upstream").putObject("nodes").put("127.0.0.1:" + upstreamPort, 1);
        return file + "\n#END\n";
    }

    // ---- the client

    private static void call(Scenario scenario, InetAddress address, int port) throws Exception {
        byte[] request = request(scenario);
        try (Socket socket = new Socket(address, port)) {
            HttpInput in = new HttpInput(socket.getInputStream());
            for (JsonNode recorded : scenario.json().get("http_responses")) {
                String error = recorded.path("error").asText();
                socket.setSoTimeout(error.contains("timed out") ? HANG_MILLIS : READ_MILLIS);
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
                if (error.contains("timed out")) {
                    assertThatThrownBy(() -> in.readBody(in.readResponse(), "GET")).isInstanceOf(SocketTimeoutException.class);
                } else if (!error.isEmpty()) {
                    assertThatThrownBy(in::readResponse).isInstanceOf(EOFException.class);
                } else {
                    ResponseHead head = in.readResponse();
                    compareAnswer(scenario, recorded, head, in.readBody(head, scenario.json().get("http_request").asText().startsWith("HEAD") ? "HEAD" : "GET"));
                }
            }
        }
    }

    private static byte[] request(Scenario scenario) throws Exception {
        JsonNode recorded = scenario.json().get("http_request");
        if (recorded.isTextual()) {
            return recorded.asText().getBytes(UTF_8);
        }
        if (recorded.has("hex")) {
            return HexFormat.of().parseHex(recorded.get("hex").asText());
        }
        String prefix = recorded.get("prefix").asText();
        String end = "\r\nHost: lab.example:19080\r\nConnection: close\r\n\r\n";
        StringBuilder all = new StringBuilder();
        switch (scenario.name()) {
            case "args-200" -> {
                all.append("GET /args-200/a?");
                for (int i = 0; i < 200; i++) {
                    all.append(i == 0 ? "" : "&").append("k").append(i).append('=').append(i);
                }
                all.append(" HTTP/1.1").append(end);
            }
            case "headers-120" -> {
                all.append("GET /headers-120/a HTTP/1.1\r\nHost: lab.example:19080\r\n");
                for (int i = 0; i < 120; i++) {
                    all.append(String.format(Locale.ROOT, "X-H%03d: %d\r\n", i, i));
                }
                all.append("Connection: close\r\n\r\n");
            }
            case "headers-long" -> all.append("GET /headers-long/a HTTP/1.1\r\nHost: lab.example:19080\r\nX-Long: ").append("v".repeat(7000))
                    .append("\r\nConnection: close\r\n\r\n");
            default -> {
                String head = prefix.substring(0, prefix.indexOf("\r\n\r\n") + 4);
                int length = recorded.get("len").asInt() - head.length();
                all.append(head).append(scenario.name().equals("stop-post-body") ? "x".repeat(length) : "0123456789abcdef".repeat(length / 16));
            }
        }
        byte[] bytes = all.toString().getBytes(UTF_8);
        assertThat(sha256(bytes)).isEqualTo(recorded.get("sha256").asText());
        return bytes;
    }

    private static void compareAnswer(Scenario scenario, JsonNode recorded, ResponseHead head, byte[] body) throws Exception {
        JsonNode stated = recorded.get("body");
        boolean echoNotKept = stated.has("prefix") && stated.get("prefix").asText().startsWith("{\"body_len\"");
        assertThat(head.status()).isEqualTo(recorded.get("status").asInt());
        List<String> left = new ArrayList<>(lines(entries(recorded.get("headers"))));
        List<String> right = new ArrayList<>(lines(head.headers()));
        if (echoNotKept) {
            left.removeIf(line -> line.startsWith("content-length"));
            right.removeIf(line -> line.startsWith("content-length"));
        }
        assertThat(right).as("headers of " + scenario).containsExactlyInAnyOrderElementsOf(left);
        if (stated.isTextual()) {
            assertThat(new String(body, UTF_8)).isEqualTo(stated.asText());
        } else if (stated.has("hex")) {
            assertThat(HexFormat.of().formatHex(body)).isEqualTo(stated.get("hex").asText());
        } else if (!echoNotKept) {
            assertThat(body).hasSize(stated.get("len").asInt());
            if (stated.has("sha256")) {
                assertThat(sha256(body)).isEqualTo(stated.get("sha256").asText());
            }
        }
    }

    // ---- the upstream

    private static void compareUpstream(Scenario scenario, GoldenUpstream upstream, int port) throws IOException {
        JsonNode recorded = scenario.json().get("upstream_requests");
        assertThat(upstream.requests()).as("the upstream's requests").hasSize(recorded.size());
        for (int i = 0; i < recorded.size(); i++) {
            GoldenUpstream.Request request = upstream.requests().get(i);
            if (request.head() == null) {
                continue;
            }
            assertThat(request.head().method()).isEqualTo(recorded.get(i).get("method").asText());
            assertThat(uri(utf8(request.head().target()))).isEqualTo(uri(recorded.get(i).get("uri").asText()));
            String host = String.valueOf(Headers.first(request.head().headers(), "host"));
            assertThat(host.isEmpty() ? null : host).isEqualTo(recorded.get(i).path("host").textValue());
        }
        JsonNode answer = scenario.json().get("http_responses").get(0).path("body");
        if (recorded.size() == 1 && answer.asText().startsWith("{\"body_len\"")) {
            JsonNode echo = new ObjectMapper().readTree(answer.asText());
            GoldenUpstream.Request request = upstream.requests().get(0);
            List<String> headers = lines(request.head().headers()).stream().map(line -> line.replace(": " + port, ": 19081")).toList();
            assertThat(headers).containsExactlyInAnyOrderElementsOf(lines(entries(echo.get("headers"))));
            if (echo.get("body").isTextual()) {
                assertThat(new String(request.body(), UTF_8)).isEqualTo(echo.get("body").asText());
            }
        }
    }

    private static String utf8(String latin) {
        return new String(latin.getBytes(ISO_8859_1), UTF_8);
    }

    /** Rewritten arguments go in random order. */
    private static List<String> uri(String uri) {
        List<String> parts = new ArrayList<>(Arrays.asList(uri.split("[?&]")));
        parts.subList(1, parts.size()).sort(null);
        return parts;
    }

    private static List<Entry> entries(JsonNode pairs) {
        List<Entry> entries = new ArrayList<>();
        pairs.forEach(pair -> entries.add(Entry.of(pair.get(0).asText(), pair.get(1).asText())));
        return entries;
    }

    private static List<String> lines(List<Entry> headers) {
        return headers.stream()
                .filter(header -> !NOT_COMPARED.contains(header.name().toString().toLowerCase(Locale.ROOT)))
                .map(header -> header.name().toString().toLowerCase(Locale.ROOT) + ": " + header.value())
                .toList();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
