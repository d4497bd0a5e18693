// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.launcher.doctor.A6Probe.Answer;
import a6runner.launcher.doctor.Listeners.Listener;
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

    @Override
    public List<Finding> look() {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return List.of(Finding.note(NAME, "no runner listens at " + socket + ", which isn't there"));
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
}
