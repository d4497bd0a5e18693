// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * From which level on is logged, while the runner runs: a service of the launcher's, for commands. What is set holds until the runner ends; the settings
 * ({@code log.level}) hold again from the next start on. Any thread; never blocks.
 *
 * <p>A level is {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}, in any case. A logger is the name of a class or package, as Java
 * writes it; {@value #ROOT} (in any case) is the one above all.
 */
@ProviderType
public interface LogLevels {

    /** The logger above all others. */
    String ROOT = "ROOT";

    /** The loggers that have a level of their own, by name, the root first; a copy. */
    Map<String, String> levels();

    /** The level that holds for a logger: its own, else that of the nearest above it. */
    String level(String logger);

    /**
     * Sets the level of a logger and of all below it that have none of their own.
     *
     * @param level null takes a logger's own level away, and sets the root's back to what the settings say
     * @throws IllegalArgumentException if there is no such level, with a sentence for the operator
     */
    void set(String logger, String level);

    /** Where logged lines go, for the operator: {@code stdout}, a file's path, or both. */
    String destination();
}
