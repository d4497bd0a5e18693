// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandFailure;
import a6runner.spi.CommandTable.Cell;
import a6runner.spi.Json;
import a6runner.spi.RunnerControl;
import a6runner.spi.RunnerControl.Change;
import a6runner.spi.RunnerControl.TraceEvent;
import a6runner.spi.Settings;
import java.io.PrintStream;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code trace NAME|ROUTE}: each step of a plugin, or of a route's calls, as it goes: what came in, what was changed, how long it took. Secrets are masked. */
public final class TraceCommand {

    private static final int QUEUED = 1_000;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final Inside inside;

    TraceCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("shows live what a plugin, or a route's plugins, do: each step's input, changes and time; secrets masked")
    public void trace(CommandSession session, @Descriptor("how long, such as 30s") @Parameter(names = "--for", absentValue = "30s") String duration,
            @Descriptor("how many steps at most") @Parameter(names = "--count", absentValue = "100000") int count,
            @Descriptor("as JSON, an object a line, times in ms") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json,
            @Descriptor("NAME: a plugin's, or a route's such as route#1") String name) throws Exception {
        trace(System.out, duration, count, json, name); // Gogo's for this thread: the terminal, a pipe or the client
    }

    void trace(PrintStream out, String duration, int count, boolean json, String name) throws Exception {
        long millis = Settings.parseDuration(duration);
        if (millis <= 0 || count <= 0) {
            throw new CommandFailure(CommandFailure.USAGE, "--for " + duration + " --count " + count + " (expected: a duration such as 500ms or 30s, and 1 or more)");
        }
        BlockingQueue<TraceEvent> queue = new ArrayBlockingQueue<>(QUEUED);
        AtomicLong dropped = new AtomicLong();
        AutoCloseable trace = inside.require(RunnerControl.class).trace(name, event -> {
            if (!queue.offer(event)) {
                dropped.incrementAndGet();
            }
        });
        try {
            if (!json) {
                out.println("tracing " + name + " for " + duration + "; Ctrl-C ends it");
            }
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            int shown = 0;
            while (shown < count && !out.checkError()) {
                long left = end - System.nanoTime();
                TraceEvent event = left <= 0 ? null : queue.poll(left, TimeUnit.NANOSECONDS);
                if (event == null) {
                    break;
                }
                out.println(json ? json(event) : text(event));
                shown++;
            }
            if (!json) {
                out.println(shown + " steps" + (dropped.get() == 0 ? "" : ", and " + dropped.get() + " more that came too fast to be shown"));
            }
        } finally {
            trace.close();
        }
    }

    private static String text(TraceEvent event) {
        String changes = event.changes().stream().map(TraceCommand::text).collect(Collectors.joining(", "));
        return printable(LocalTime.now().format(TIME) + " " + (event.plugin().isEmpty() ? "(no step)" : event.plugin()) + "  " + event.phase() + " " + event.id()
                + "  " + event.key() + "  " + Masks.text(event.in()) + "  " + (changes.isEmpty() ? "no change" : changes) + "  " + event.outcome() + "  "
                + Cell.nanos(event.nanos()).text());
    }

    private static String text(Change change) {
        String name = change.what() + (change.name().isEmpty() ? "" : " " + change.name());
        return change.value() == null ? "removes " + name : "sets " + name + ": " + masked(change);
    }

    private static String masked(Change change) {
        return change.name().isEmpty() ? Masks.text(change.value()) : Masks.value(change.name(), change.value());
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String json(TraceEvent event) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("plugin", event.plugin());
        object.put("phase", event.phase());
        object.put("id", event.id());
        object.put("key", event.key());
        object.put("in", Masks.text(event.in()));
        object.put("changes", event.changes().stream().map(change -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("what", change.what());
            one.put("name", change.name());
            one.put("value", masked(change));
            return one;
        }).toList());
        object.put("outcome", event.outcome());
        object.put("took", Cell.nanos(event.nanos()).value());
        return Json.of(object);
    }
}
