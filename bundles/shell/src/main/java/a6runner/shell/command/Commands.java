// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.Settings;
import java.util.List;
import java.util.function.UnaryOperator;

/** The list of our commands. */
public final class Commands {

    /** A command: an object, and the name of its method. */
    public record Named(Object command, String function) {
    }

    private Commands() {
    }

    /** All that the shell itself brings; {@code gogo} gives what a command line prints. */
    public static List<Named> all(Inside inside, Settings settings, UnaryOperator<String> gogo) {
        return List.of(
                new Named(new HelpCommand(), "help"),
                new Named(new HealthCommand(inside), "health"),
                new Named(new PluginsCommand(inside), "plugins"),
                new Named(new ConfsCommand(inside), "confs"),
                new Named(new ConnectionsCommand(inside), "connections"),
                new Named(new CallsCommand(inside), "calls"),
                new Named(new TraceCommand(inside), "trace"),
                new Named(new EnableCommand(inside), "enable"),
                new Named(new DisableCommand(inside), "disable"),
                new Named(new LogCommand(inside), "log"),
                new Named(new StatsCommand(inside), "stats"),
                new Named(new DumpCommand(inside, settings, gogo), "dump"),
                new Named(new ExitCommand(), "exit"));
    }
}
