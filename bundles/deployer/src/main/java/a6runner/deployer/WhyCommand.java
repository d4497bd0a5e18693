// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.CommandFailure;
import a6runner.spi.Json;
import java.util.List;
import java.util.stream.Collectors;

/** The command {@code a6:why NAME}: all that is known of a file in the deploy folder. Any thread. */
public final class WhyCommand {

    private final StatusBoard board;

    WhyCommand(StatusBoard board) {
        this.board = board;
    }

    /**
     * The statuses of the files that a name means.
     *
     * @param name a file's name with or without its ending, a bundle's symbolic name, or a plugin's name
     * @throws CommandFailure if there is none
     */
    public String why(String name) {
        return meant(name).stream().map(status -> status.file() + "\n" + status.lines().indent(2).stripTrailing()).collect(Collectors.joining("\n"));
    }

    /** The same as JSON, for {@code --json}, which is the only option. */
    public String why(String option, String name) {
        if (!option.equals(DeploysCommand.JSON)) {
            throw new CommandFailure(CommandFailure.USAGE, option + " (expected: " + DeploysCommand.JSON + " or nothing)");
        }
        return Json.of(meant(name).stream().map(FileStatus::object).toList());
    }

    private List<FileStatus> meant(String name) {
        List<FileStatus> all = board.all();
        List<FileStatus> exactly = all.stream().filter(status -> status.means(name)).toList();
        // What failed before its plugins were known is still found by a part of its file's name, which mostly has the plugin's in it.
        List<FileStatus> meant = exactly.isEmpty() ? all.stream().filter(status -> status.file().contains(name)).toList() : exactly;
        if (meant.isEmpty()) {
            throw new CommandFailure("No file in the deploy folder is, or holds, \"" + name + "\". There are: "
                    + all.stream().map(FileStatus::file).collect(Collectors.joining(", ")) + ".");
        }
        return meant;
    }

    @Override
    public String toString() {
        return "says all that is known of a file in the deploy folder, by its name, a plugin's or a bundle's; --json";
    }
}
