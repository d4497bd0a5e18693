// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.launcher.doctor.A6Probe.Answer;
import a6runner.launcher.doctor.Listeners.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who listens at the address: a runner, somebody else, nobody.
 *
 * @param socket the address's path
 */
public record ListenerCheck(Path socket) implements Check {

    private static final String NAME = "listener";
    private static final int FILE_TYPE = 0170000; // of stat's st_mode
    private static final int SOCKET = 0140000;

    @Override
    public List<Finding> look() {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return List.of(Finding.note(NAME, "no runner listens at " + socket + ", which isn't there"));
        }
        if (!isSocket()) {
            return List.of(Finding.fault(NAME, socket + " is there and is no socket: no runner starts at that address", "move it away, or choose another address"));
        }
        Answer answer = A6Probe.ask(socket);
        List<Listener> processes = Listeners.of(socket);
        String who = processes.isEmpty() ? "a process that can't be seen by this user"
                : processes.stream().map(Listener::toString).collect(Collectors.joining("; and "));
        return List.of(switch (answer) {
            case RUNNER -> Finding.ok(NAME, "a plugin runner answers at " + socket + " (" + who + ")");
            case FOREIGN -> Finding.fault(NAME, "something that is no plugin runner listens at " + socket + " (" + who + ")",
                    "end it, or choose another address");
            case SILENT -> Finding.fault(NAME, "whoever listens at " + socket + " doesn't answer within 3 s (" + who + ")",
                    "if it is a runner, it hangs: look for \"stuck\" in its log, and restart it");
            case REFUSED -> Finding.note(NAME, "nobody listens at " + socket + "; the file is left of a runner that has ended, and the next start replaces it");
            case NOT_ALLOWED -> Finding.warning(NAME, "this user may not connect to " + socket + ", so who listens there wasn't asked",
                    "run doctor as the user of APISIX's workers, of the runner, or as root");
            case BUSY -> Finding.fault(NAME, "too many connections wait at " + socket + " to be accepted (" + who + ")",
                    "look whether the runner hangs; else raise net.core.somaxconn and listen.backlog");
        });
    }

    private boolean isSocket() {
        try {
            return ((int) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE) == SOCKET;
        } catch (IOException | UnsupportedOperationException e) {
            return true; // Whoever asks it finds out.
        }
    }
}
