// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandFailure;
import a6runner.spi.CommandTable;
import a6runner.spi.LogLevels;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code log [LEVEL [LOGGER]]}: from which level on is logged, looked at and changed until the runner ends. */
public final class LogCommand {

    private static final String DEFAULT = "default";

    private final Inside inside;

    LogCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("shows the levels of loggers")
    public String log(@Descriptor("as JSON") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json) {
        LogLevels levels = inside.require(LogLevels.class);
        CommandTable table = new CommandTable("logger", "level");
        levels.levels().forEach(table::row);
        return json ? table.json() : table.text() + "\nlogged to: " + levels.destination();
    }

    @Descriptor("sets the level of all loggers that have none of their own")
    public String log(@Descriptor("as JSON") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json,
            @Descriptor("LEVEL: error, warn, info, debug, trace, or default") String level) {
        return log(json, level, LogLevels.ROOT);
    }

    @Descriptor("shows the levels of loggers; sets one's, until the runner ends")
    public String log(@Descriptor("as JSON") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json,
            @Descriptor("LEVEL: error, warn, info, debug, trace, or default") String level, @Descriptor("LOGGER: a class or package") String logger) {
        LogLevels levels = inside.require(LogLevels.class);
        try {
            levels.set(logger, level.equals(DEFAULT) ? null : level);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(CommandFailure.USAGE, e.getMessage());
        }
        inside.audit("log", logger, levels.level(logger));
        CommandTable table = new CommandTable("logger", "level").row(logger, levels.level(logger));
        return json ? table.json() : logger + " logs from " + levels.level(logger) + " on, until the runner ends";
    }
}
