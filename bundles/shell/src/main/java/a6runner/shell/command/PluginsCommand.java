// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandTable;
import a6runner.spi.CommandTable.Cell;
import a6runner.spi.RunnerView;
import a6runner.spi.RunnerView.Plugin;
import java.util.Locale;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code plugins}: each version of each plugin, how many calls it has had, and how long its steps took. */
public final class PluginsCommand {

    private final Inside inside;

    PluginsCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("lists plugins: version, state, calls, errors, times of their steps")
    public String plugins(@Descriptor("as JSON, times in ms") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json) {
        CommandTable table = new CommandTable("name", "version", "bundle", "bundle id", "state", "runs on", "calls", "errors", "p50", "p99", "max", "in flight");
        RunnerView view = inside.require(RunnerView.class);
        for (Plugin plugin : view.plugins()) {
            RunnerView.Steps steps = plugin.steps();
            table.row(plugin.name(), plugin.version(), plugin.bundle(), plugin.bundleId(), plugin.state().name().toLowerCase(Locale.ROOT), plugin.place(),
                    steps.count(), steps.errors(), Cell.nanos(steps.p50Nanos()), Cell.nanos(steps.p99Nanos()), Cell.nanos(steps.maxNanos()), plugin.inFlight());
        }
        return table.isEmpty() && !json ? "No plugin is deployed. deploys says what became of the files." : table.as(json);
    }
}
