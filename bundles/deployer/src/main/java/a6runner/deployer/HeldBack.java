// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which contents of a deploy folder that can't be written are held back, and what serves for their files instead: what {@code a6:rollback} leaves there. Outlives
 * the runner; a content is held back until its file changes.
 *
 * <p>The deployer's thread; blocks for file access.
 */
final class HeldBack {

    private static final Logger LOG = LoggerFactory.getLogger(HeldBack.class);

    /**
     * One file's.
     *
     * @param held the hash of what the file holds
     * @param instead the hash of what serves for it
     */
    record Hold(String held, String instead) {}

    private final Path file;
    private Map<String, Hold> holds; // by the file's name; null until it is read

    /** {@code file} is made when there is something to put into it. */
    HeldBack(Path file) {
        this.file = file;
    }

    /** What is held back of a file; null if nothing is. */
    Hold of(String name) {
        return holds().get(name);
    }

    /** All of them, by the file's name. */
    Map<String, Hold> all() {
        return Map.copyOf(holds());
    }

    /** Holds a file's content back. */
    void put(String name, Hold hold) throws IOException {
        Map<String, Hold> next = new TreeMap<>(holds());
        next.put(name, hold);
        write(next);
    }

    /** Holds nothing of a file back any more. */
    void remove(String name) throws IOException {
        if (holds().containsKey(name)) {
            Map<String, Hold> next = new TreeMap<>(holds());
            next.remove(name);
            write(next);
        }
    }

    private Map<String, Hold> holds() {
        if (holds == null) {
            holds = new TreeMap<>();
            try {
                for (String line : WholeFile.read(file).lines().toList()) {
                    String[] parts = line.split("\t");
                    if (parts.length == 3) {
                        holds.put(parts[0], new Hold(parts[1], parts[2]));
                    }
                }
            } catch (NoSuchFileException e) {
                return holds; // Nothing was ever held back.
            } catch (IOException e) {
                LOG.error("{} can't be read: what it holds back is deployed: {}", file, e.toString());
            }
        }
        return holds;
    }

    private void write(Map<String, Hold> next) throws IOException {
        WholeFile.write(file, next.entrySet().stream().map(entry -> entry.getKey() + "\t" + entry.getValue().held() + "\t" + entry.getValue().instead() + "\n")
                .collect(Collectors.joining()));
        holds = next;
    }
}
