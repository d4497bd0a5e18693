// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.History.Entry;
import a6runner.spi.CommandFailure;
import a6runner.spi.CommandTable;
import a6runner.spi.CommandTable.Cell;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The command {@code a6:history [NAME]}: what the files of a bundle have held, and what came of it. Any thread; blocks for file access. */
public final class HistoryCommand {

    private final History history;
    private final Journal journal;
    private final StatusBoard board;

    HistoryCommand(History history, Journal journal, StatusBoard board) {
        this.history = history;
        this.journal = journal;
        this.board = board;
    }

    /** Of all bundles. */
    public String history() {
        return table(names()).text();
    }

    /** Of the bundles that a name means, a bundle's, a plugin's or a file's; or of all, as JSON, for {@code --json}. */
    public String history(String name) {
        return name.equals(DeploysCommand.JSON) ? table(names()).json() : table(meant(name)).text();
    }

    /** The same as JSON, for {@code --json}, which is the only option. */
    public String history(String option, String name) {
        if (!option.equals(DeploysCommand.JSON)) {
            throw new CommandFailure(CommandFailure.USAGE, option + " (expected: " + DeploysCommand.JSON + " or nothing)");
        }
        return table(meant(name)).json();
    }

    /** Of all that has a history, with what has happened just now in it. */
    private Set<String> names() {
        board.bringUpToDate();
        journal.write();
        return read(history::names);
    }

    private CommandTable table(Collection<String> names) {
        CommandTable table = new CommandTable("bundle", "version", "hash", "when", "file", "serving", "outcome");
        for (String name : names) {
            List<Entry> entries = new ArrayList<>(read(() -> history.of(name)));
            Collections.reverse(entries);
            for (Entry entry : entries) {
                boolean serving = entry.sha256().equals(journal.serving(name));
                table.row(name, entry.version(), new Cell(entry.hash(), entry.sha256()), entry.when().truncatedTo(ChronoUnit.SECONDS).toString(), entry.file(),
                        new Cell(serving ? "yes" : "", serving), entry.outcome());
            }
        }
        return table;
    }

    private Set<String> meant(String name) {
        Set<String> known = names();
        Set<String> meant = board.all().stream().filter(status -> status.means(name)).map(status -> status.bundle().split(" ")[0]).filter(known::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        return meant.isEmpty() ? Set.of(read(() -> history.meant(name))) : meant;
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T read(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new CommandFailure("the history can't be read: " + e);
        }
    }

    @Override
    public String toString() {
        return "lists what the files of a bundle have held, the latest first, by its name, a plugin's or a file's, or of all; --json";
    }
}
