// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandTable;
import a6runner.spi.CommandTable.Cell;
import a6runner.spi.ConnectionsView;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code connections}: APISIX's connections, the oldest first. */
public final class ConnectionsCommand {

    private final Inside inside;

    ConnectionsCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("lists APISIX's connections: whose they are, what they do")
    public String connections(@Descriptor("as JSON, ages in seconds") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json) {
        CommandTable table = new CommandTable("loop", "peer pid", "age", "calls", "state");
        ConnectionsView view = inside.require(ConnectionsView.class);
        view.connections().forEach(one -> table.row(one.loop(), one.peerPid() < 0 ? null : one.peerPid(), Cell.age(one.ageSeconds()), one.calls(), one.state()));
        return table.isEmpty() && !json ? "APISIX has no connection open." : table.as(json);
    }
}
