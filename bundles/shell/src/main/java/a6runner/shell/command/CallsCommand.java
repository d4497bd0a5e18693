// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandTable;
import a6runner.spi.CommandTable.Cell;
import a6runner.spi.RunnerView;
import java.time.Duration;
import java.time.Instant;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code calls}: those in flight, and the slowest so far, by their time in plugins. */
public final class CallsCommand {

    private final Inside inside;

    CallsCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("lists the calls in flight and the slowest so far, by their time in plugins")
    public String calls(@Descriptor("as JSON, times in ms") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json,
            @Descriptor("forgets the slowest, to begin anew") @Parameter(names = "--forget", presentValue = "true", absentValue = "false") boolean forget) {
        RunnerView view = inside.require(RunnerView.class);
        if (forget) {
            view.forgetSlowest();
        }
        CommandTable inFlight = new CommandTable("id", "phase", "in", "does", "for", "loop", "conf");
        view.calls().forEach(call -> inFlight.row(call.id() < 0 ? null : call.id(), call.phase(), call.step(), call.waits(), Cell.nanos(call.nanos()), call.loop(),
                call.key()));
        CommandTable slowest = new CommandTable("id", "phase", "plugins", "took", "ago", "conf");
        Instant now = Instant.now();
        view.slowest().forEach(call -> slowest.row(call.id(), call.phase(), call.step(), Cell.nanos(call.nanos()),
                Cell.age(Math.max(0, Duration.between(call.ended(), now).toSeconds())), call.key()));
        if (json) {
            return "{\"in_flight\": " + inFlight.json() + ",\n\"slowest\": " + slowest.json() + "}";
        }
        return (inFlight.isEmpty() ? "No call is waited for." : "In flight:\n" + inFlight.text()) + "\n\n"
                + (slowest.isEmpty() ? "No call has ended yet." : "Slowest:\n" + slowest.text());
    }
}
