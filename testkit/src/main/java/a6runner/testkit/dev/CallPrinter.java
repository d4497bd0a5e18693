// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.dev;

import a6runner.testkit.gateway.CallTrace;
import a6runner.testkit.gateway.CallTrace.PhaseTrace;
import a6runner.testkit.gateway.CallTrace.TracedFrame;
import a6runner.testkit.golden.MessageJson;
import a6runner.testkit.text.Printable;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import a6runner.testkit.wire.WireException;
import java.util.Locale;
import java.util.function.Consumer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** Shows each request on one line of the terminal, notes below it, and its frames if asked. Any thread. */
final class CallPrinter implements CallTrace.Observer {

    private static final int LONGEST_CHANGE = 100;
    private static final int LONGEST_FRAME = 2000;

    private final Consumer<String> say;
    private final boolean frames;

    CallPrinter(Consumer<String> say, boolean frames) {
        this.say = say;
        this.frames = frames;
    }

    @Override
    public void done(CallTrace trace) {
        StringBuilder text = new StringBuilder(line(trace));
        for (PhaseTrace phase : trace.phases()) {
            phase.notes().forEach(note -> text.append("\n    note: ").append(safe(note)));
        }
        trace.notes().forEach(note -> text.append("\n    note: ").append(safe(note)));
        if (frames) {
            trace.frames().forEach(frame -> text.append("\n    ").append(frame(frame)));
        }
        say.accept(text.toString());
    }

    /** Such as {@code 200 GET /hello  route hello  pre-req add-header: header x-runner: java (set)  3.1 ms}. */
    static String line(CallTrace trace) {
        StringBuilder line = new StringBuilder();
        line.append(trace.status() == 0 ? "---" : Integer.toString(trace.status()));
        line.append(' ').append(trace.request().method()).append(' ').append(Printable.line(trace.request().target().getBytes(ISO_8859_1)));
        line.append("  ").append(trace.route() == null ? "no route" : "route " + safe(trace.route().name()));
        for (PhaseTrace phase : trace.phases()) {
            line.append("  ").append(phase.plugin().phase().shortName()).append(' ').append(phase.plugin().names()).append(": ").append(what(phase));
        }
        return line.append("  ").append(String.format(Locale.ROOT, "%.1f ms", trace.took().toNanos() / 1e6)).toString();
    }

    private static String what(PhaseTrace phase) {
        StringBuilder what = new StringBuilder();
        phase.changes().forEach(change -> what.append(what.isEmpty() ? "" : "; ").append(shortened(change, LONGEST_CHANGE)));
        if (phase.result() != null) {
            what.append(what.isEmpty() ? "" : "; ").append(safe(phase.result()));
        }
        return (what.isEmpty() ? "no change" : what.toString()) + (phase.tries() > 1 ? " (try " + phase.tries() + ")" : "");
    }

    /** Such as {@code > 1 HTTP_REQ_CALL {"path":"/hello", …}}; the arrow points to the runner or away from it. */
    private static String frame(TracedFrame frame) {
        String content;
        try {
            Message message = Message.decode(frame.direction(), frame.frame());
            content = MessageJson.name(message) + " " + MessageJson.of(message);
        } catch (WireException e) {
            content = FrameType.name(frame.frame().type()) + ", unreadable: " + e.getMessage();
        }
        return (frame.direction() == Direction.TO_RUNNER ? "> " : "< ") + frame.connection() + " " + shortened(safe(content), LONGEST_FRAME);
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }

    private static String safe(String text) {
        return Printable.line(text.getBytes(UTF_8));
    }
}
