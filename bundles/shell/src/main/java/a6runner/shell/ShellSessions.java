// SPDX-License-Identifier: Apache-2.0
package a6runner.shell;

import a6runner.shell.command.Services;
import a6runner.shell.session.Gogo;
import a6runner.shell.session.HealthProbe;
import a6runner.shell.session.OneShot;
import a6runner.shell.session.TerminalSession;
import a6runner.spi.Settings;
import org.osgi.framework.BundleContext;

/** Makes sessions, and starts Gogo for the first of them. Any thread. */
final class ShellSessions {

    private final BundleContext context;
    private final Settings settings;
    private Gogo gogo; // null until somebody comes

    ShellSessions(BundleContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
    }

    private synchronized Gogo gogo() {
        if (gogo == null) {
            gogo = Gogo.start(context, settings);
        }
        return gogo;
    }

    ShellSession oneShot(String command, Messages messages) {
        return new OneShot(gogo(), command, messages.out(), messages.err());
    }

    /** Whether the runner is well, which is asked without Gogo. */
    ShellSession health(boolean live, boolean json, Messages messages) {
        return new HealthProbe(new Services(context), live, json, messages.out());
    }

    ShellSession terminal(String type, int columns, int lines, Messages messages) {
        return new TerminalSession(gogo(), type, columns, lines, messages.out());
    }

    synchronized void close() {
        if (gogo != null) {
            gogo.close();
        }
    }
}
