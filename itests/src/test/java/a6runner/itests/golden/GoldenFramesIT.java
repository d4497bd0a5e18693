// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.golden;

import a6runner.itests.Container;
import a6runner.itests.TestBundle;
import a6runner.itests.golden.Replay.Result;
import a6runner.testkit.A6Client;
import a6runner.testkit.ApisixView;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Outcome;
import a6runner.testkit.Reply;
import a6runner.testkit.golden.DecodedFields;
import a6runner.testkit.golden.GoldenFrame;
import a6runner.testkit.golden.GoldenScenarios;
import a6runner.testkit.golden.Scenario;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Method;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static a6runner.itests.Container.core;
import static a6runner.itests.Container.plugin;
import static org.assertj.core.api.Assertions.assertThat;

/** A real APISIX's frames, replayed against the real core with a plugin that says what the recorded runner said. */
final class GoldenFramesIT {

    private static final List<Scenario> ALL = GoldenScenarios.load();
    private static final int EVERY_BYTE = 8192;
    private static final int SAMPLES = 40;
    private static final int FEW_SAMPLES = 10;
    /** A call with so many bytes in it would take minutes if it were made for every byte of its request: stop-15m, req-body-9m. */
    private static final int HUGE = 2_000_000;
    private static final List<String> OWN = List.of("connection", "content-length", "transfer-encoding");

    private static Container container;

    @BeforeAll
    static void start() {
        container = Container.start(core(), plugin("noop"));
        container.install(TestBundle.of("test.golden", "1.0.0", Stub.class, Json.class, Names.class, Mirror.class));
    }

    @AfterAll
    static void stop() {
        container.close();
    }

    static Stream<Scenario> scenarios() {
        return ALL.stream().filter(scenario -> !scenario.frames().isEmpty());
    }

    static Stream<Scenario> responseScenarios() {
        return scenarios().filter(scenario -> !scenario.frames("HTTPRespCall.Req").isEmpty());
    }

    @Test
    void allScenariosButThoseWithoutAFrameAreReplayed() {
        assertThat(scenarios()).hasSize(157);
        assertThat(ALL.stream().filter(scenario -> scenario.frames().isEmpty()).map(Scenario::name))
                .containsExactlyInAnyOrder("method-trace", "resp-echo", "prepare-after-lua-error");
        assertThat(responseScenarios().filter(scenario -> scenario.name().startsWith("resp-"))).hasSize(42);
    }

    @Test
    void everyDeviationIsOfAScenarioThatIsReplayed() {
        List<String> names = scenarios().map(Scenario::name).toList();
        assertThat(names).containsAll(Deviation.BY_SCENARIO.keySet());
        assertThat(names).containsAll(Deviation.UNASKED.keySet());
        assertThat(names).containsAll(Deviation.UPSTREAM_URI.keySet());
    }

    @Test
    void everyDeviationMakesADifferenceToApisix() {
        assertThat(scenarios().filter(scenario -> Deviation.BY_SCENARIO.containsKey(scenario.name()))).allSatisfy(scenario ->
                assertThat(Exchange.of(scenario)).filteredOn(exchange -> exchange.recorded() instanceof HttpReqCall.Resp).anySatisfy(exchange -> {
                    HttpReqCall.Action recorded = ((HttpReqCall.Resp) exchange.recorded()).action();
                    HttpReqCall.Action ours = Deviation.BY_SCENARIO.get(scenario.name()).instead(recorded);
                    HttpReqCall.Req request = (HttpReqCall.Req) exchange.request(0);
                    assertThat(effect(request, new HttpReqCall.Resp(0, ours))).isNotEqualTo(effect(request, new HttpReqCall.Resp(0, recorded)));
                }));
    }

    // ---- what our runner replies

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void everyRequestGetsOneReplyWithTheEffectOfTheRecordedOne(Scenario scenario) throws IOException {
        for (GoldenFrame frame : scenario.frames()) {
            if (frame.toRunner() && frame.bytes() != null) {
                assertThat(DecodedFields.differences(frame.decoded(), frame.decode())).as(frame.file()).isEmpty();
            }
        }
        try (Replay replay = new Replay(container)) {
            for (Result result : replay.run(scenario)) {
                assertReply(result);
                assertQuestions(result);
            }
        }
    }

    private static void assertReply(Result result) {
        Exchange exchange = result.exchange();
        if (result.reply() == null) {
            return; // APISIX closed at the question
        }
        Message recorded = exchange.recorded();
        if (exchange.isPrepare()) {
            assertThat(result.message()).as(exchange.toString()).isInstanceOf(PrepareConf.Resp.class);
        } else if (recorded instanceof Err.Resp error && error.code() == Err.CONF_TOKEN_NOT_FOUND) {
            assertThat(result.message()).as(exchange.toString()).isEqualTo(error);
        } else if (exchange.isResponsePhase()) {
            assertResponse(result, recorded);
        } else if (recorded instanceof Err.Resp || exchange.reply() != null && exchange.reply().rpc().equals("ERROR")) {
            boolean thrown = !exchange.scenario().name().equals("error-empty-payload"); // that stub sends bytes, ours then changes nothing
            assertThat(result.message()).as(exchange.toString())
                    .isEqualTo(thrown ? new Err.Resp(Err.SERVICE_UNAVAILABLE) : new HttpReqCall.Resp(id(exchange), null));
        } else {
            HttpReqCall.Action action = recorded instanceof HttpReqCall.Resp resp ? resp.action() : null;
            Deviation deviation = Deviation.BY_SCENARIO.get(exchange.scenario().name());
            HttpReqCall.Action expected = deviation == null ? action : deviation.instead(action);
            assertThat(result.message()).as(exchange.toString()).isInstanceOf(HttpReqCall.Resp.class);
            HttpReqCall.Resp actual = (HttpReqCall.Resp) result.message();
            assertThat(actual.id()).as(exchange.toString()).isEqualTo(id(exchange));
            HttpReqCall.Req request = (HttpReqCall.Req) exchange.request(0);
            assertThat(effect(request, actual)).as(exchange + (deviation == null ? "" : ": " + deviation.reason()))
                    .isEqualTo(effect(request, new HttpReqCall.Resp(id(exchange), expected)));
        }
    }

    private static long id(Exchange exchange) {
        JsonNode id = exchange.request().decoded().get("id");
        return id == null ? 0 : id.asLong();
    }

    /** What APISIX does with a reply, as text to compare: names sorted, values of one name in order. */
    private static String effect(HttpReqCall.Req request, HttpReqCall.Resp resp) {
        Reply reply = resp.action() instanceof HttpReqCall.Stop stop ? new Reply.Stop(resp, stop)
                : resp.action() instanceof HttpReqCall.Rewrite rewrite ? new Reply.Rewrite(resp, rewrite)
                : new Reply.Continue(resp);
        Outcome outcome = ApisixView.ofRequest(request, null, reply);
        if (outcome instanceof Outcome.GoesOn on) {
            return on.method() + " " + on.path() + (on.pathRewritten() ? ", rewritten" : "") + "\nargs " + sorted(on.args(), false) + "\nheaders " + sorted(on.headers(), true)
                    + "\nbody " + text(on.body()) + "\nresponse headers " + sorted(on.responseHeaders(), true)
                    + "\nAPISIX's own " + on.changes().stream().map(Outcome.Change::name).filter(name -> name != null && OWN.contains(name.toString().toLowerCase(Locale.ROOT))).toList();
        }
        if (outcome instanceof Outcome.ClientAnswer answer) {
            return answer.status() + "\nheaders " + sorted(answer.headers(), true) + "\nbody " + text(answer.body()) + (answer.nginxPage() ? "nginx's page" : "");
        }
        return outcome.toString();
    }

    private static String text(byte[] body) {
        return body == null ? "" : body.length > EVERY_BYTE ? body.length + " bytes, hash " + Arrays.hashCode(body) : new Text(body).toString();
    }

    private static Map<String, List<String>> sorted(List<Entry> entries, boolean anyCase) {
        Map<String, List<String>> sorted = new TreeMap<>();
        for (Entry entry : entries == null ? List.<Entry>of() : entries) {
            String name = anyCase ? entry.name().toString().toLowerCase(Locale.ROOT) : entry.name().toString();
            sorted.computeIfAbsent(name, absent -> new ArrayList<>()).add(String.valueOf(entry.value()));
        }
        return sorted;
    }

    /** The recorded runner's replies lose the upstream's headers; ours keeps what the plugin did not touch. */
    private static void assertResponse(Result result, Message recorded) {
        Exchange exchange = result.exchange();
        assertThat(result.message()).as(exchange.toString()).isInstanceOf(HttpRespCall.Resp.class);
        HttpRespCall.Resp actual = (HttpRespCall.Resp) result.message();
        assertThat(actual.id()).isEqualTo(id(exchange));
        if (recorded instanceof Err.Resp) {
            assertThat(actual.status()).as("a fault withholds the upstream's answer").isEqualTo(503);
            assertThat(actual.body()).isNotEmpty();
            assertThat(sorted(actual.headers(), true)).containsOnlyKeys("content-type");
            return;
        }
        HttpRespCall.Req upstream = (HttpRespCall.Req) exchange.request(0);
        HttpRespCall.Resp said = recorded instanceof HttpRespCall.Resp resp ? resp : new HttpRespCall.Resp(0, 0, null, null);
        assertThat(actual.status() == 0 ? upstream.status() : actual.status()).isEqualTo(said.status() == 0 ? upstream.status() : said.status());
        assertThat(sorted(actual.headers(), true)).isEqualTo(kept(upstream, said));
        if (said.body() != null && said.body().length > 0) {
            assertThat(actual.body()).isEqualTo(said.body());
        } else if (upstream.status() == 204 || upstream.status() == 304 || said.body() != null) {
            assertThat(actual.body()).as("in place of an empty body, which would not be sent").hasSize(1);
        } else {
            assertThat(actual.body()).isNull();
        }
    }

    private static Map<String, List<String>> kept(HttpRespCall.Req upstream, HttpRespCall.Resp said) {
        Map<String, List<String>> kept = sorted(upstream.headers(), true);
        OWN.forEach(kept::remove);
        if (said.body() != null) {
            kept.remove("content-encoding");
            kept.remove("etag");
        }
        Map<String, List<String>> set = sorted(said.headers(), true);
        OWN.forEach(set::remove);
        kept.putAll(set);
        return kept;
    }

    private static void assertQuestions(Result result) {
        Exchange exchange = result.exchange();
        List<ExtraInfo.Req> recorded = new ArrayList<>(exchange.asked().stream().map(Exchange.Asked::question).toList());
        if (Deviation.UNASKED.containsKey(exchange.scenario().name()) && !recorded.isEmpty()) {
            recorded.remove(recorded.size() - 1);
        }
        List<ExtraInfo.Req> asked = new ArrayList<>(result.questions());
        if (changesArgumentsAlone(exchange)) {
            assertThat(asked).as("arguments alone may be lost").endsWith(ExtraInfo.Req.var("upstream_uri"));
            asked.remove(asked.size() - 1);
        }
        assertThat(asked).as(exchange.toString()).isEqualTo(recorded);
    }

    private static boolean changesArgumentsAlone(Exchange exchange) {
        return !exchange.isPrepare() && exchange.recorded() instanceof HttpReqCall.Resp resp && resp.action() instanceof HttpReqCall.Rewrite rewrite
                && rewrite.args() != null && rewrite.path() == null && !exchange.scenario().name().equals("rewrite-arg-noname");
    }

    // ---- what a plugin sees

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void aPluginSeesWhatTheIndexStates(Scenario scenario) throws IOException {
        try (A6Client apisix = container.connect()) {
            long token = apisix.prepare("route#golden#mirror", Entry.list("mirror", ""));
            for (Exchange exchange : Exchange.of(scenario)) {
                if (!exchange.isPrepare()) {
                    Result result = Replay.exchange(apisix, exchange, exchange.requestBytes(token), null, 0);
                    byte[] body = result.message() instanceof HttpRespCall.Resp resp ? resp.body()
                            : ((HttpReqCall.Stop) ((HttpReqCall.Resp) result.message()).action()).body();
                    assertThat(new Text(body)).hasToString(description(exchange));
                }
            }
        }
    }

    /** By the testkit's decoder, whose reading of each frame is compared with the index. */
    private static String description(Exchange exchange) throws IOException {
        if (exchange.request(0) instanceof HttpRespCall.Req response) {
            return Mirror.describe(response.id(), response.status(), values(response.headers(), true));
        }
        HttpReqCall.Req request = (HttpReqCall.Req) exchange.request(0);
        return Mirror.describe(request.id(), InetAddress.getByAddress(request.srcIp()).getHostAddress(), Method.name(request.method()),
                request.path().toString(), values(request.args(), false), values(request.headers(), true));
    }

    private static Map<String, List<String>> values(List<Entry> entries, boolean anyCase) {
        Map<String, List<String>> values = anyCase ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER) : new TreeMap<>();
        for (Entry entry : entries) {
            values.computeIfAbsent(entry.name().toString(), absent -> new ArrayList<>()).add(entry.value() == null ? "" : entry.value().toString());
        }
        return values;
    }

    // ---- noop keeps everything

    @ParameterizedTest(name = "{0}")
    @MethodSource("responseScenarios")
    void noopKeepsStatusHeadersAndBodyOfTheUpstream(Scenario scenario) throws IOException {
        try (A6Client apisix = container.connect()) {
            long token = apisix.prepare("route#golden#ext-plugin-post-resp#1", Entry.list("noop", "{}"));
            for (Exchange exchange : Exchange.of(scenario)) {
                if (exchange.isResponsePhase()) {
                    Result result = Replay.exchange(apisix, exchange, exchange.requestBytes(token), null, 0);
                    HttpRespCall.Req upstream = (HttpRespCall.Req) exchange.request(token);
                    HttpRespCall.Resp reply = (HttpRespCall.Resp) result.message();
                    assertThat(reply.status()).isIn(0, upstream.status());
                    assertThat(reply.headers()).containsExactlyInAnyOrderElementsOf(
                            upstream.headers().stream().filter(header -> OWN.stream().noneMatch(header::isNamed)).toList());
                    assertThat(reply.body() == null ? 0 : reply.body().length).isEqualTo(upstream.status() == 204 || upstream.status() == 304 ? 1 : 0);
                }
            }
        }
    }

    // ---- fragments

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void framesInTwoPiecesGetTheSameReply(Scenario scenario) throws IOException {
        List<Result> whole;
        try (Replay replay = new Replay(container)) {
            whole = replay.run(scenario);
        }
        try (A6Client apisix = container.connect()) {
            for (Result result : whole) {
                if (result.reply() == null) {
                    continue; // APISIX closes the connection there
                }
                List<byte[]> toRunner = new ArrayList<>(List.of(result.sent()));
                result.exchange().asked().stream().filter(asked -> asked.answer().bytes() != null).forEach(asked -> toRunner.add(asked.answer().bytes()));
                boolean huge = result.exchange().asked().stream().anyMatch(asked -> asked.answer().payloadLength() > HUGE)
                        || result.reply().payload().length > HUGE;
                for (byte[] frame : toRunner) {
                    for (int at : splits(frame.length, huge)) {
                        Result again = Replay.exchange(apisix, result.exchange(), result.sent(), frame, at);
                        assertThat(again.reply()).as("%s, %d bytes split at %d", result.exchange(), frame.length, at).isEqualTo(result.reply());
                        assertThat(again.questions()).isEqualTo(result.questions());
                    }
                }
            }
            assertThat(apisix.available()).isZero();
        }
    }

    private static Iterable<Integer> splits(int length, boolean huge) {
        TreeSet<Integer> splits = new TreeSet<>();
        int step = length <= EVERY_BYTE && !huge ? 1 : Math.max(1, length / (huge ? FEW_SAMPLES : SAMPLES));
        for (int at = 1; at < length; at += step) {
            splits.add(at);
        }
        for (int at = 1; at < Math.min(length, 9); at++) {
            splits.add(at);
            splits.add(length - at);
        }
        return splits;
    }

    @Test
    void bodiesTooLargeForTheFolderArriveInPieces() throws IOException {
        Scenario scenario = GoldenScenarios.named("req-body-9m");
        try (A6Client apisix = container.connect()) {
            Exchange prepare = Exchange.of(scenario).get(0);
            long token = apisix.prepare((PrepareConf.Req) prepare.request().decode()) instanceof Reply.Prepared prepared ? prepared.confToken() : 0;
            Exchange call = Exchange.of(scenario).get(1);
            byte[] answer = call.asked().get(0).answerBytes();
            for (int at : splits(answer.length, true)) {
                apisix.sendRaw(call.requestBytes(token));
                assertThat(apisix.receive()).isPresent();
                Replay.sendSplit(apisix, answer, at);
                Message reply = Message.decode(Message.Direction.TO_APISIX, apisix.receive().orElseThrow());
                assertThat(reply).as("split at %d", at).isEqualTo(call.recorded());
            }
        }
    }

    @Test
    void theStubAndItsAnswersAreNotTakenForGranted() throws IOException {
        // If the stub ignored its conf, all effects would be "changes nothing": this one is known.
        try (A6Client apisix = container.connect()) {
            long token = apisix.prepare("route#known", Entry.list("stub", "{\"reply\": {\"kind\": \"stop\", \"status\": 403, \"body\": \"no\"}}"));
            HttpReqCall.Req request = new HttpReqCall.Req(7, new byte[4], 0, Text.of("/"), List.of(), List.of(), token);
            assertThat(apisix.call(request, ExtraInfoAnswers.none()).reply())
                    .isInstanceOfSatisfying(Reply.Stop.class, stop -> assertThat(stop.action()).isEqualTo(new HttpReqCall.Stop(403, null, Text.of("no").bytes())));
        }
    }
}
