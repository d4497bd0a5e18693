// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandFailure;
import a6runner.spi.Nearest;
import a6runner.spi.RunnerControl;
import a6runner.spi.RunnerView;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code disable NAME}: calls that name the plugin are treated as if it were missing, whatever versions of it come, until it is enabled or the runner ends. */
public final class DisableCommand {

    private final Inside inside;

    DisableCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("hides a plugin from calls: they are refused or skip it, as plugin.missing says, until enable or the runner's end")
    public String disable(@Descriptor("also a name that is not deployed") @Parameter(names = "--force", presentValue = "true", absentValue = "false") boolean force,
            @Descriptor("NAME: of a plugin") String name) {
        Set<String> known = inside.require(RunnerView.class).plugins().stream().map(RunnerView.Plugin::name).collect(Collectors.toSet());
        if (!known.contains(name) && !force) {
            String nearest = Nearest.to(name, known);
            throw new CommandFailure("no plugin is named " + name + (nearest == null ? "" : " (did you mean " + nearest + "?)")
                    + "; disable --force takes it all the same");
        }
        if (!inside.require(RunnerControl.class).disable(name)) {
            return name + " is disabled already";
        }
        inside.audit("disable", name, "calls that name it are treated as if it were missing");
        return name + " is disabled: calls that name it are treated as if it were missing; enable " + name + " takes that back";
    }
}
