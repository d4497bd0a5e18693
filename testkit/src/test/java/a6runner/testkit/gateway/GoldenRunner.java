// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.ScriptedRunner;
import a6runner.testkit.golden.DecodedFields;
import a6runner.testkit.golden.GoldenFrame;
import a6runner.testkit.golden.Scenario;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A runner that takes a scenario's recorded frames one by one, compares what it gets with them, and answers with the recorded answers. */
final class GoldenRunner {

    private static final String PATTERN = "0123456789abcdef";
    private static final byte[] NINE_BYTES_OF_A_FRAME = {2, 0, 0, 20, 12, 0, 0, 0, 0};
    private static final byte[] STRAY_BYTES = {1, 2};

    private final Scenario scenario;
    private final UnaryOperator<String> ports;
    private final List<String> differences = new ArrayList<>();
    private int next;

    /** A runner for a scenario; {@code ports} puts the recorded ports in the place of the test's. */
    GoldenRunner(Scenario scenario, UnaryOperator<String> ports) {
        this.scenario = scenario;
        this.ports = ports;
    }

    /** What differed, and frames that never came. */
    synchronized List<String> differences() {
        List<String> all = new ArrayList<>(differences);
        scenario.frames().stream().skip(next).filter(GoldenFrame::toRunner).forEach(frame -> all.add(frame + " did not come"));
        return all;
    }

    void serve(ScriptedRunner.Connection connection) throws IOException {
        while (take(connection.receive(), connection)) {
            continue;
        }
    }

    /** Takes a message; false if the connection is to be closed. */
    private synchronized boolean take(Message message, ScriptedRunner.Connection connection) throws IOException {
        if (next == scenario.frames().size() || !scenario.frames().get(next).toRunner()) {
            differences.add("unexpected: " + message);
            return false;
        }
        GoldenFrame recorded = scenario.frames().get(next++);
        compare(recorded, message);
        boolean answered = false;
        while (next < scenario.frames().size() && !scenario.frames().get(next).toRunner()) {
            connection.send(bytes(scenario.frames().get(next++)));
            answered = true;
        }
        if (scenario.name().equals("reply-trailing") && !(message instanceof PrepareConf.Req)) {
            connection.send(STRAY_BYTES);
        }
        if (scenario.name().equals("reply-half") && !answered) {
            connection.send(NINE_BYTES_OF_A_FRAME);
        }
        return answered || next < scenario.frames().size(); // one answer may be to several questions
    }

    private void compare(GoldenFrame recorded, Message message) {
        ObjectNode stated = recorded.decoded().deepCopy();
        sort(stated, "args");
        sort(stated, "headers");
        Message comparable = message;
        if (message instanceof HttpReqCall.Req req) {
            comparable = new HttpReqCall.Req(stated.path("id").asLong(), req.srcIp(), req.method(), req.path(), sorted(req.args()), sorted(req.headers()),
                    stated.path("conf_token").asLong());
        } else if (message instanceof HttpRespCall.Req req) {
            comparable = new HttpRespCall.Req(stated.path("id").asLong(), req.status(), sorted(req.headers()), stated.path("conf_token").asLong());
        } else if (message instanceof PrepareConf.Req req) {
            stated.put("key", stated.get("key").asText().replaceFirst("#\\d+$", "#7"));
            comparable = req;
        } else if (message instanceof a6runner.testkit.wire.ExtraInfo.Resp resp && resp.result() != null && resp.result().length < 10) {
            String text = new String(resp.result(), UTF_8);
            boolean seconds = text.matches("\\d\\.\\d{3}") && stated.path("result").asText().matches("\\d\\.\\d{3}");
            comparable = new a6runner.testkit.wire.ExtraInfo.Resp(seconds ? stated.path("result").asText().getBytes(UTF_8) : ports.apply(text).getBytes(UTF_8));
        }
        DecodedFields.differences(stated, comparable).forEach(difference -> differences.add(recorded + ": " + difference));
    }

    private List<Entry> sorted(List<Entry> entries) {
        return entries.stream()
                .map(entry -> entry.value() == null || entry.value().length() > 200 ? entry
                        : entry.isNamed("x-forwarded-port") ? new Entry(entry.name(), Text.of(ports.apply(entry.value().toString()))) : entry)
                .sorted(Comparator.comparing(entry -> entry.name().toString()))
                .toList();
    }

    private static void sort(ObjectNode stated, String field) {
        if (stated.get(field) instanceof ArrayNode array) {
            List<JsonNode> entries = new ArrayList<>();
            array.forEach(entries::add);
            entries.sort(Comparator.comparing(entry -> entry.get(0).asText()));
            array.removeAll().addAll(entries);
        }
    }

    /** Its bytes; those of a frame that was left out as too large are made from its fields. */
    private static byte[] bytes(GoldenFrame frame) {
        if (frame.bytes() != null) {
            return frame.bytes();
        }
        JsonNode fields = frame.decoded();
        Message message;
        if (frame.message().equals("HTTPRespCall.Resp")) {
            message = new HttpRespCall.Resp(fields.path("id").asLong(), 0, null, pattern(fields.get("body").get("len").asInt()));
        } else {
            byte[] body = pattern(fields.get("action").get("body").get("len").asInt());
            HttpReqCall.Action action = fields.get("action_type").asInt() == HttpReqCall.STOP
                    ? new HttpReqCall.Stop(fields.get("action").path("status").asInt(), null, body)
                    : new HttpReqCall.Rewrite(null, null, null, null, body);
            message = new HttpReqCall.Resp(fields.path("id").asLong(), action);
        }
        return message.frame().toBytes();
    }

    static byte[] pattern(int length) {
        return PATTERN.repeat(length / PATTERN.length()).getBytes(UTF_8);
    }
}
