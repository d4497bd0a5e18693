// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandResult;
import a6runner.spi.HealthCheck;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code health [--live]}: what {@code a6runner health} asks without Gogo, for those who are in the shell already. */
public final class HealthCommand {

    private final Inside inside;

    HealthCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("whether the runner is ready: socket bound, folder settled, no file FAILED; exit code 0 if so, 10 if not")
    public CommandResult health(@Descriptor("as JSON") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json,
            @Descriptor("asks only whether it lives") @Parameter(names = "--live", presentValue = "true", absentValue = "false") boolean live) {
        return HealthReport.of(inside.all(HealthCheck.class), live, json);
    }
}
