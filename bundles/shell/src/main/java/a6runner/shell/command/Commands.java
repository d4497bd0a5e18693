// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import java.util.List;

/** The list of our commands. */
public final class Commands {

    /** A command: an object, and the name of its method. */
    public record Named(Object command, String function) {
    }

    private Commands() {
    }

    /** All that the shell itself brings. */
    public static List<Named> all(Inside inside) {
        return List.of(
                new Named(new HelpCommand(), "help"),
                new Named(new HealthCommand(inside), "health"),
                new Named(new LogCommand(inside), "log"),
                new Named(new ExitCommand(), "exit"));
    }
}
