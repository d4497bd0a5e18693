// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.CommandFailure;
import a6runner.spi.Json;
import java.util.List;

/** The command {@code a6:deploys}: what became of each file in the deploy folder. Any thread. */
public final class DeploysCommand {

    /** The option for programs. */
    static final String JSON = "--json";

    private final StatusBoard board;

    DeploysCommand(StatusBoard board) {
        this.board = board;
    }

    /** The same as JSON, for {@code --json}, which is the only option. */
    public String deploys(String option) {
        if (!option.equals(JSON)) {
            throw new CommandFailure(CommandFailure.USAGE, option + " (expected: " + JSON + " or nothing)");
        }
        return Json.of(board.all().stream().map(FileStatus::object).toList());
    }

    /** A line for each file: its state, bundle, plugins, and why. */
    public String deploys() {
        List<FileStatus> all = board.all();
        if (all.isEmpty()) {
            return "The deploy folder is empty.";
        }
        int width = all.stream().mapToInt(status -> status.file().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (FileStatus status : all) {
            text.append(String.format("%-" + width + "s  %-8s", status.file(), status.state()));
            append(text, "  ", status.bundle());
            append(text, "  plugins: ", String.join(", ", status.plugins()));
            append(text, "  (", status.why().isEmpty() ? "" : status.why() + ")");
            append(text, "; serving: ", status.serving());
            text.append('\n');
        }
        return text.substring(0, text.length() - 1);
    }

    private static void append(StringBuilder text, String before, String value) {
        if (!value.isEmpty()) {
            text.append(before).append(value);
        }
    }

    /** What help says: Gogo's annotations are not to be seen where this bundle's classes are on the launcher's class path. */
    @Override
    public String toString() {
        return "lists the files of the deploy folder with what became of them; --json";
    }
}
