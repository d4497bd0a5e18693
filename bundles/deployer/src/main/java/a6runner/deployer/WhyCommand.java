// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

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
     */
    public String why(String name) {
        List<FileStatus> all = board.all();
        List<FileStatus> meant = all.stream().filter(status -> means(name, status)).toList();
        if (meant.isEmpty()) {
            return "No file in the deploy folder is, or holds, \"" + name + "\". There are: "
                    + all.stream().map(FileStatus::file).collect(Collectors.joining(", ")) + ".";
        }
        return meant.stream().map(status -> status.file() + "\n" + status.lines().indent(2).stripTrailing()).collect(Collectors.joining("\n"));
    }

    private static boolean means(String name, FileStatus status) {
        return status.file().equals(name) || status.file().replaceFirst("\\.(jar|cfg|config)$", "").equals(name) || status.bundle().split(" ")[0].equals(name)
                || status.plugins().contains(name);
    }
}
