// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.util.List;

/** The command {@code a6:deploys}: what became of each file in the deploy folder. Any thread. */
public final class DeploysCommand {

    private final StatusBoard board;

    DeploysCommand(StatusBoard board) {
        this.board = board;
    }

    /** A table: file, state, bundle, plugins, and why. */
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
}
