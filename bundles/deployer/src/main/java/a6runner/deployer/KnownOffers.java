// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which plugins each content offers. Only its code can say, once it is activated; what it has said is written down, so that the next start knows it beforehand (decision
 * 0084). A plugin may give itself another name at another time, so this is what to expect, not what is.
 *
 * <p>The deployer's thread; blocks for file access.
 */
final class KnownOffers {

    private static final Logger LOG = LoggerFactory.getLogger(KnownOffers.class);

    private final Path file;
    private final Map<String, List<String>> plugins = new TreeMap<>(); // by the content's id
    private String written;
    private boolean refused; // whether that it can't be written has been said

    /**
     * Reads what is written.
     *
     * @param prepared by the runner that {@code a6runner prepare} ran, about the plugins that come along; null if nobody has. It is only read
     * @param file by the runner before this one, which knows better; made when there is something to put into it
     */
    KnownOffers(Path prepared, Path file) {
        this.file = file;
        if (prepared != null) {
            read(prepared);
        }
        written = read(file);
    }

    private String read(Path from) {
        try {
            String text = WholeFile.read(from);
            text.lines().map(line -> List.of(line.split("\t", -1))).forEach(parts -> plugins.put(parts.get(0), parts.subList(1, parts.size())));
            return text;
        } catch (NoSuchFileException e) {
            return ""; // Nothing has ever served.
        } catch (IOException e) {
            LOG.warn("{} can't be read, so calls wait for the whole folder at this start: {}", from, e.toString());
            return "";
        }
    }

    /** The names of a content's plugins; null if it has never been activated. */
    List<String> of(Content content) {
        return plugins.get(content.id());
    }

    /** A content has come into service with these plugins. */
    void put(String id, List<String> names) {
        plugins.put(id, List.copyOf(names));
    }

    /** Forgets all contents but these, by id. */
    void retain(Set<String> ids) {
        plugins.keySet().retainAll(ids);
    }

    /** Writes down what is new. */
    void write() {
        String text = plugins.entrySet().stream().map(entry -> Stream.concat(Stream.of(entry.getKey()), entry.getValue().stream()).toList()).filter(KnownOffers::fitsALine)
                .map(parts -> String.join("\t", parts) + "\n").collect(Collectors.joining());
        if (text.equals(written)) {
            return;
        }
        written = text;
        try {
            WholeFile.write(file, text);
        } catch (IOException e) {
            if (!refused) {
                LOG.warn("which plugins the files offer can't be written to {}, so calls wait for the whole folder at the next start: {}", file, e.toString());
            }
            refused = true;
        }
    }

    private static boolean fitsALine(List<String> parts) {
        return parts.stream().noneMatch(part -> part.chars().anyMatch(Character::isISOControl));
    }
}
