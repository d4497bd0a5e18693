// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import a6runner.shell.ShellSession;
import a6runner.shell.command.HealthReport;
import a6runner.shell.command.Inside;
import a6runner.spi.CommandResult;
import a6runner.spi.HealthCheck;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Answers a probe. It comes every few seconds, so nothing of Gogo is started for it. */
public final class HealthProbe implements ShellSession {

    private final Inside inside;
    private final boolean live;
    private final boolean json;
    private final PrintStream out;

    public HealthProbe(Inside inside, boolean live, boolean json, OutputStream out) {
        this.inside = inside;
        this.live = live;
        this.json = json;
        this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
    }

    @Override
    public int run() {
        CommandResult result = HealthReport.of(inside.all(HealthCheck.class), live, json);
        out.print(result.text() + "\n");
        out.flush();
        return result.exitCode();
    }

    @Override
    public void typed(byte[] bytes) {
        // a probe has no input
    }

    @Override
    public void resized(int columns, int lines) {
        // nor a terminal
    }

    @Override
    public void interrupt() {
        // it is through at once
    }
}
