// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.call;

import a6runner.testkit.Outcome;
import a6runner.testkit.Question;
import a6runner.testkit.text.ChangeText;
import a6runner.testkit.text.Printable;
import a6runner.testkit.wire.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

/** A report as text for people. */
final class CallText {

    private final StringBuilder out = new StringBuilder();

    private CallText() {}

    /** The text, with a line end at its end. */
    static String of(CallReport report) {
        CallText text = new CallText();
        text.line("plugins: " + report.options().plugins.stream().map(plugin -> safe(plugin.name().toString())).collect(joining(", ")));
        text.outcome(report);
        report.questions().forEach(text::question);
        report.notes().forEach(note -> text.line("note: " + safe(note)));
        if (report.tries() > 1) {
            text.line("tries: " + report.tries());
        }
        text.line("time: conf " + millis(report.prepareTook()) + (report.callTook() == null ? "" : ", call " + millis(report.callTook())));
        return text.out.toString();
    }

    private void outcome(CallReport report) {
        String result = "result: " + report.result().sentence;
        if (report.outcome() instanceof Outcome.GoesOn goesOn) {
            line(result);
            goesOn.changes().forEach(change -> line("  " + ChangeText.of(change)));
            line("upstream gets: " + goesOn.method() + " " + safe(goesOn.uri()));
            headers(goesOn.headers());
            body(goesOn.body());
            if (!goesOn.responseHeaders().isEmpty()) {
                line("client gets, in front of the upstream's headers:");
                headers(goesOn.responseHeaders());
            }
        } else if (report.outcome() instanceof Outcome.ClientAnswer answer) {
            line(result + ", the client gets " + answer.status());
            headers(answer.headers());
            body(answer.body());
            if (answer.nginxPage()) {
                line("  body: nginx's page for " + answer.status());
            }
        } else if (report.outcome() instanceof Outcome.Disconnect disconnect) {
            line(result + ", the client's connection is closed (status " + disconnect.status() + ")");
        } else if (report.outcome() instanceof Outcome.Failure failure) {
            line(result + ", the client gets " + failure.status() + (failure.degradable() ? "; with allow_degradation the request goes on" : ""));
            line("  " + safe(failure.reason()) + (report.result() == CallReport.Result.REFUSED ? " Its log says why." : ""));
            body(failure.body());
        }
    }

    private void headers(List<Entry> headers) {
        headers.forEach(header -> line("  " + Printable.line(header.name().bytes()) + ": "
                + (header.value() == null ? "" : Printable.line(header.value().bytes()))));
    }

    private void body(byte[] body) {
        if (body != null && body.length > 0) {
            line("  body: " + body.length + " bytes");
            out.append(Printable.block(body, "    "));
        }
    }

    private void question(Question question) {
        line("asked: " + safe(question.subject()) + (question.answer() == null ? ", no result"
                : question.name() != null ? " = \"" + Printable.line(question.answer()) + "\"" : ", " + question.answer().length + " bytes"));
    }

    private void line(String line) {
        out.append(line).append('\n');
    }

    private static String safe(String text) {
        return Printable.line(text.getBytes(UTF_8));
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
