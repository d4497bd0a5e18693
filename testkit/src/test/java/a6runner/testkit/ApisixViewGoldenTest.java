// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.golden.GoldenFrame;
import a6runner.testkit.golden.GoldenScenarios;
import a6runner.testkit.golden.Scenario;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The view against what a real APISIX did with the very same frames. */
class ApisixViewGoldenTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> NGINXS_OWN = Set.of(
            "connection", "transfer-encoding", "server", "content-length", "date", "expect", "x-real-ip", "x-forwarded-for");
    /** Frames that hide headers (§5), a broken request, one where APISIX waits for bytes that never come, one that cuts the client's body. */
    private static final Set<String> BEYOND_THE_VIEW = Set.of("headers-120", "host-absent-http10", "rewrite-header-invalid", "rewrite-host-delete",
            "rewrite-content-length");

    static Stream<Scenario> singleRequestCalls() {
        return GoldenScenarios.load().stream().filter(scenario -> scenario.frames().stream().allMatch(frame -> frame.bytes() != null)
                && scenario.frames().stream().allMatch(frame -> frame.isReadable() || frame.message() == null || !frame.toRunner())
                && scenario.frames("HTTPReqCall.Req").size() == 1 && scenario.frames("HTTPRespCall.Req").isEmpty()
                && scenario.json().get("plugins").size() == 1 && scenario.json().get("http_responses").size() == 1
                && !scenario.json().toString().contains("\"allow_degradation\":true") && !BEYOND_THE_VIEW.contains(scenario.name()));
    }

    static Stream<Scenario> singleResponseCalls() {
        return GoldenScenarios.load().stream().filter(scenario -> scenario.frames().stream().allMatch(frame -> frame.bytes() != null)
                && scenario.frames("HTTPRespCall.Req").size() == 1 && scenario.frames("HTTPReqCall.Req").isEmpty()
                && scenario.json().get("plugins").size() == 1 && scenario.json().get("http_responses").size() == 1
                && !scenario.json().toString().contains("\"allow_degradation\":true"));
    }

    @ParameterizedTest
    @MethodSource("singleRequestCalls")
    void afterTheRequestPhase(Scenario scenario) throws Exception {
        HttpReqCall.Req request = (HttpReqCall.Req) scenario.frames("HTTPReqCall.Req").get(0).decode();
        Reply reply = reply(scenario);
        if (reply == null) {
            return;
        }

        Outcome outcome = ApisixView.ofRequest(request, null, reply);

        JsonNode real = scenario.json().get("http_responses").get(0);
        if (outcome instanceof Outcome.GoesOn goesOn) {
            assertThat(real.get("status").asInt()).isEqualTo(200);
            if (!real.get("body").asText().startsWith("{")) {
                return; // HEAD, or an echo too long for the index
            }
            JsonNode echo = JSON.readTree(real.get("body").asText());
            String[] uri = echo.get("request_uri").asText().split("\\?", 2);
            assertThat(goesOn.method()).isEqualTo(echo.get("method").asText());
            if (goesOn.pathRewritten()) {
                assertThat(goesOn.path()).hasToString(uri[0]);
            }
            if (reply instanceof Reply.Rewrite) {
                assertThat(Stream.of(UriCoding.query(goesOn.args()).split("&")))
                        .containsExactlyInAnyOrder((uri.length < 2 ? "" : uri[1]).split("&"));
            }
            assertThat(comparable(goesOn.headers())).containsExactlyInAnyOrderElementsOf(comparable(entries(echo.get("headers"))));
            assertThat(comparable(entries(real.get("headers")))).containsAll(comparable(goesOn.responseHeaders()));
            if (reply instanceof Reply.Rewrite && goesOn.body() != null) {
                assertThat(new String(goesOn.body(), UTF_8)).isEqualTo(echo.get("body").asText());
            }
        } else {
            assertAnswered(outcome, real, true);
        }
    }

    @ParameterizedTest
    @MethodSource("singleResponseCalls")
    void afterTheResponsePhase(Scenario scenario) throws Exception {
        HttpRespCall.Req request = (HttpRespCall.Req) scenario.frames("HTTPRespCall.Req").get(0).decode();
        Reply reply = reply(scenario);
        JsonNode real = scenario.json().get("http_responses").get(0);
        if (reply == null || real.has("error")) {
            return;
        }
        byte[] asked = scenario.frames("ExtraInfo.Resp").stream()
                .map(frame -> ((ExtraInfo.Resp) frame.decode()).result())
                .findFirst().orElse(null);
        boolean bodyWasAsked = asked != null && !scenario.name().equals("resp-ask-req-body") && !scenario.name().equals("var-late");

        Outcome outcome = ApisixView.ofResponse(request, "GET", bodyWasAsked ? asked : null, reply);

        assertAnswered(outcome, real, false);
    }

    @Test
    void theSecondRequestIsPredicted() {
        Stream<Scenario> twice = singleResponseCalls().filter(scenario -> scenario.json().get("upstream_requests").size() == 2);

        assertThat(twice).hasSizeGreaterThanOrEqualTo(3).allSatisfy(scenario -> {
            HttpRespCall.Req request = (HttpRespCall.Req) scenario.frames("HTTPRespCall.Req").get(0).decode();
            assertThat(ApisixView.ofResponse(request, "GET", null, reply(scenario)).notes()).anyMatch(note -> note.contains("a second time"));
        });
    }

    private static void assertAnswered(Outcome outcome, JsonNode real, boolean request) {
        String body = real.path("body").asText();
        if (outcome instanceof Outcome.Disconnect) {
            assertThat(real.path("error").asText()).contains("closed connection");
        } else if (outcome instanceof Outcome.Failure failure) {
            assertThat(failure.status()).isEqualTo(real.get("status").asInt());
            assertThat(body.startsWith("<html>")).isEqualTo(request || failure.status() == 500);
        } else {
            Outcome.ClientAnswer answer = (Outcome.ClientAnswer) outcome;
            assertThat(answer.status()).isEqualTo(real.get("status").asInt());
            assertThat(comparable(answer.headers())).containsExactlyInAnyOrderElementsOf(comparable(entries(real.get("headers"))));
            if (answer.nginxPage()) {
                assertThat(body).startsWith("<html>");
            }
            if (answer.body() != null && real.get("body").isTextual()) {
                assertThat(new String(answer.body(), UTF_8)).isEqualTo(body);
            }
        }
    }

    /** What the recorded runner answered, as the client would see it; null if it needs a second frame to tell. */
    private static Reply reply(Scenario scenario) {
        GoldenFrame request = scenario.frames().stream().filter(frame -> frame.file().contains("_call.req.")).findFirst().orElseThrow();
        Exchange exchange = new Exchange(request.frame().type(), ExtraInfoAnswers.none());
        List<GoldenFrame> after = scenario.frames().subList(scenario.frames().indexOf(request) + 1, scenario.frames().size());
        for (GoldenFrame frame : after) {
            if (!frame.toRunner() && exchange.accept(frame.frame()) == null) {
                return exchange.reply();
            }
        }
        return null;
    }

    private static List<Entry> entries(JsonNode pairs) {
        List<Entry> entries = new ArrayList<>();
        pairs.forEach(pair -> entries.add(Entry.of(pair.get(0).asText(), pair.get(1).asText())));
        return entries;
    }

    private static List<String> comparable(List<Entry> entries) {
        return entries.stream()
                .filter(entry -> !NGINXS_OWN.contains(ApisixView.lowerCase(entry)))
                .map(entry -> ApisixView.lowerCase(entry) + ": " + entry.value())
                .toList();
    }
}
