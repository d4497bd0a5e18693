// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandFailure;
import java.util.List;
import java.util.Optional;

/** Where commands find what they look into: services, which may come and go. */
public interface Inside {

    /** A service, if it is there. */
    <T> Optional<T> find(Class<T> type);

    /** All services of a type, maybe none. */
    <T> List<T> all(Class<T> type);

    /**
     * A service that a command can't do without.
     *
     * @throws CommandFailure if it isn't there
     */
    default <T> T require(Class<T> type) {
        return find(type).orElseThrow(() -> new CommandFailure("the runner is not up: there is no " + type.getSimpleName() + " yet, or no more"));
    }
}
