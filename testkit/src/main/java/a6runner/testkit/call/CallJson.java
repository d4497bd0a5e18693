// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.call;

import a6runner.testkit.Outcome;
import a6runner.testkit.Outcome.Change;
import a6runner.testkit.Question;
import a6runner.testkit.Reply;
import a6runner.testkit.text.Printable;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Text;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A report as JSON for scripts. The fields are in {@link CallHelp} and stay: each is always there, null where there is nothing to say. */
final class CallJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CallJson() {}

    /** The report's JSON, indented, with a line end at its end. */
    static String of(CallReport report) {
        ObjectNode json = JSON.objectNode();
        json.put("phase", report.options().isResponsePhase() ? "response" : "request");
        ArrayNode plugins = json.putArray("plugins");
        report.options().plugins.forEach(plugin -> plugins.add(plugin.name().toString()));
        json.put("result", word(report.result()));
        json.put("exitCode", report.result().exitCode);
        Outcome outcome = report.outcome();
        json.set("changes", outcome instanceof Outcome.GoesOn goesOn ? changes(goesOn) : JSON.arrayNode());
        json.set("upstream", outcome instanceof Outcome.GoesOn goesOn ? upstream(goesOn) : JSON.nullNode());
        json.set("client", client(outcome));
        json.set("error", outcome instanceof Outcome.Failure failure ? error(failure, report.reply()) : JSON.nullNode());
        ArrayNode questions = json.putArray("questions");
        report.questions().forEach(question -> questions.add(question(question)));
        ArrayNode notes = json.putArray("notes");
        report.notes().forEach(notes::add);
        json.put("tries", report.tries());
        ObjectNode timing = json.putObject("timing");
        timing.set("prepareMillis", millis(report.prepareTook()));
        timing.set("callMillis", millis(report.callTook()));
        return json.toPrettyString() + "\n";
    }

    private static ArrayNode changes(Outcome.GoesOn goesOn) {
        ArrayNode changes = JSON.arrayNode();
        for (Change change : goesOn.changes()) {
            ObjectNode json = changes.addObject();
            json.put("part", word(change.part()));
            json.put("kind", word(change.kind()));
            json.set("name", text(change.name()));
            json.set("value", text(change.value()));
        }
        return changes;
    }

    private static ObjectNode upstream(Outcome.GoesOn goesOn) {
        ObjectNode json = JSON.objectNode();
        json.put("method", goesOn.method());
        json.set("path", text(goesOn.path()));
        json.set("args", entries(goesOn.args()));
        json.set("headers", entries(goesOn.headers()));
        json.set("body", body(goesOn.body()));
        return json;
    }

    private static ObjectNode client(Outcome outcome) {
        ObjectNode json = JSON.objectNode();
        json.putNull("status");
        json.set("headers", JSON.arrayNode());
        json.putNull("body");
        json.put("nginxPage", false);
        json.put("closed", outcome instanceof Outcome.Disconnect);
        if (outcome instanceof Outcome.GoesOn goesOn) {
            json.set("headers", entries(goesOn.responseHeaders()));
        } else if (outcome instanceof Outcome.ClientAnswer answer) {
            json.put("status", answer.status());
            json.set("headers", entries(answer.headers()));
            json.set("body", body(answer.body()));
            json.put("nginxPage", answer.nginxPage());
        } else if (outcome instanceof Outcome.Failure failure) {
            json.put("status", failure.status());
            json.set("body", body(failure.body()));
            json.put("nginxPage", failure.body() == null);
        }
        return json;
    }

    private static ObjectNode error(Outcome.Failure failure, Reply reply) {
        ObjectNode json = JSON.objectNode();
        json.put("code", reply instanceof Reply.ErrorReply error ? error.codeName() : null);
        json.put("reason", failure.reason());
        json.put("degradable", failure.degradable());
        return json;
    }

    private static ObjectNode question(Question question) {
        ObjectNode json = JSON.objectNode();
        json.put("kind", switch (question.infoType()) {
            case ExtraInfo.VAR -> "var";
            case ExtraInfo.REQ_BODY -> "request-body";
            default -> "response-body";
        });
        json.set("name", text(question.name()));
        json.set("answer", body(question.answer()));
        return json;
    }

    private static ArrayNode entries(List<Entry> entries) {
        ArrayNode json = JSON.arrayNode();
        entries.forEach(entry -> json.addArray().add(text(entry.name())).add(text(entry.value())));
        return json;
    }

    private static JsonNode text(Text text) {
        if (text == null) {
            return JSON.nullNode();
        }
        String utf8 = Printable.utf8(text.bytes());
        return utf8 != null ? JSON.textNode(utf8) : JSON.objectNode().put("base64", text.bytes());
    }

    private static JsonNode body(byte[] body) {
        if (body == null) {
            return JSON.nullNode();
        }
        ObjectNode json = JSON.objectNode().put("bytes", body.length);
        String utf8 = Printable.utf8(body);
        return utf8 != null ? json.put("text", utf8) : json.put("base64", body);
    }

    private static JsonNode millis(Duration duration) {
        return duration == null ? JSON.nullNode() : JSON.numberNode(Math.round(duration.toNanos() / 1e3) / 1e3);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
