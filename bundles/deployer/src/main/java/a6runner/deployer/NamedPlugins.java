// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins that confs named when the runner before this one ended. At a start, when no call has come yet, that is the best guess at what the first calls need, and so
 * what comes in first. It decides on an order and on nothing else, and may be out of date.
 *
 * <p>The deployer's thread; blocks for file access.
 */
final class NamedPlugins {

    private static final Logger LOG = LoggerFactory.getLogger(NamedPlugins.class);

    private final Path file;
    private Set<String> before = Set.of();
    private String written = "";

    /** Reads what an earlier runner has written; {@code file} is made when there is something to put into it. */
    NamedPlugins(Path file) {
        this.file = file;
        try {
            written = WholeFile.read(file);
            before = written.lines().collect(Collectors.toUnmodifiableSet());
        } catch (NoSuchFileException e) {
            return; // No conf has ever come.
        } catch (IOException e) {
            LOG.debug("{} can't be read; plugins come in in any order", file, e);
        }
    }

    /** What confs named before the start, until it is {@link #forget forgotten}. */
    Set<String> before() {
        return before;
    }

    /** The start is over. */
    void forget() {
        before = Set.of();
    }

    /** Writes down what confs name now; if they name nothing, because no conf has come, what is written stays. */
    void write(Set<String> names) {
        String text = new TreeSet<>(names).stream().filter(name -> !name.isEmpty() && name.chars().noneMatch(Character::isISOControl)).map(name -> name + "\n")
                .collect(Collectors.joining());
        if (text.isEmpty() || text.equals(written)) {
            return;
        }
        written = text;
        try {
            WholeFile.write(file, text);
        } catch (IOException e) {
            LOG.debug("{} can't be written; at the next start plugins come in in any order", file, e);
        }
    }
}
