// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.Audit;
import a6runner.spi.CommandFailure;
import java.util.List;
import java.util.Optional;

/** Where commands find what they look into: services, which may come and go. */
public interface Inside {

    /** A service, if it is there. */
    <T> Optional<T> find(Class<T> type);

    /** All services of a type, maybe none. */
    <T> List<T> all(Class<T> type);

    /** Takes a change down that a command of this name has made, if there is somebody who does that. */
    default void audit(String command, String what, String outcome) {
        find(Audit.class).ifPresent(audit -> audit.record(command, what, "", "command " + command, outcome));
    }

    /**
     * A service that a command can't do without.
     *
     * @throws CommandFailure if it isn't there
     */
    default <T> T require(Class<T> type) {
        return find(type).orElseThrow(() -> new CommandFailure("the runner is not up: there is no " + type.getSimpleName() + " yet, or no more"));
    }
}
