// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandTable;
import a6runner.spi.CommandTable.Cell;
import a6runner.spi.ConnectionsView;
import a6runner.spi.Figures;
import a6runner.spi.Json;
import a6runner.spi.RunnerControl;
import a6runner.spi.RunnerView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code stats}: the runner on one screen. */
public final class StatsCommand {

    private final Inside inside;

    StatsCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("shows the runner on one screen: calls by outcome, connections, memory, threads, collections")
    public String stats(@Descriptor("as JSON") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json) {
        Map<String, Object> stats = collect(inside);
        if (json) {
            return Json.of(plain(stats));
        }
        int width = stats.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder();
        stats.forEach((name, value) -> text.append(text.length() == 0 ? "" : "\n").append(name).append(" ".repeat(width - name.length() + 2))
                .append(value instanceof Cell cell ? cell.text() : value));
        return text.toString();
    }

    private static Map<String, Object> plain(Map<String, Object> stats) {
        Map<String, Object> plain = new LinkedHashMap<>();
        stats.forEach((name, value) -> plain.put(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_"), value instanceof Cell cell ? cell.value() : value));
        return plain;
    }

    private static Map<String, Object> collect(Inside inside) {
        Map<String, Object> stats = new LinkedHashMap<>();
        JvmFigures.uptime(stats);
        inside.find(RunnerView.class).ifPresent(view -> {
            view.totals().forEach(stats::put);
            stats.put("confs", view.confs().size());
            stats.put("plugins", view.plugins().size());
        });
        inside.find(RunnerControl.class).ifPresent(control -> stats.put("disabled", List.copyOf(control.disabled())));
        inside.find(ConnectionsView.class).ifPresent(view -> {
            stats.put("connections", view.loops().stream().mapToInt(ConnectionsView.Loop::connections).sum());
            stats.put("loops", view.loops().size());
            stats.put("loops stuck", view.loops().stream().filter(loop -> loop.state().equals("stuck")).count());
        });
        JvmFigures.memory(stats);
        inside.all(Figures.class).forEach(figures -> figures.figures().forEach(stats::put));
        return stats;
    }

    /** The table of loops, for {@code dump}. */
    static CommandTable loops(ConnectionsView view) {
        CommandTable table = new CommandTable("loop", "connections", "state");
        view.loops().forEach(loop -> table.row(loop.index(), loop.connections(), loop.state()));
        return table;
    }
}
