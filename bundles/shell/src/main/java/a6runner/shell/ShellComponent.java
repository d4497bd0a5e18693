// SPDX-License-Identifier: Apache-2.0
package a6runner.shell;

import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the shell's socket where {@code shell.address} says. A shell that can't be opened is an error in the log and nothing else: calls are served without
 * it. Activation and deactivation don't wait for anybody.
 */
@Component(service = {}, immediate = true)
public final class ShellComponent {

    private static final Logger LOG = LoggerFactory.getLogger(ShellComponent.class);
    private static final String OFF = "off";

    private final ShellSocket socket; // null where there is none

    @Activate
    public ShellComponent(BundleContext context) {
        Settings settings = new Settings(context::getProperty);
        String address = settings.text(Setting.SHELL_ADDRESS);
        ShellSocket opened = null;
        if (address.isEmpty() || address.equals(OFF)) {
            LOG.debug("shell.address is off: there is no shell");
        } else {
            try {
                opened = ShellSocket.open(address, new ShellSessions(context, settings));
            } catch (IOException e) {
                LOG.error("there is no shell: {}", e.getMessage());
            }
        }
        socket = opened;
    }

    /** Ends all sessions, whatever they do, and removes the socket. */
    @Deactivate
    public void close() {
        if (socket != null) {
            socket.close();
        }
    }
}
