// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of one file in the deploy folder, for people.
 *
 * @param file the file's name
 * @param state where it stands
 * @param why a sentence without a full stop: what it waits for, why it failed, what shadows it; maybe empty
 * @param bundle symbolic name and version of what the file holds; empty where that isn't known
 * @param plugins the names of its plugins that serve
 * @param serving what serves in its place, as symbolic name and version; empty if it serves itself or nothing does
 * @param since when it came to this
 */
record FileStatus(String file, FileState state, String why, String bundle, List<String> plugins, String serving, Instant since) {

    /** Whether a name that somebody gives means it: the file's, with or without its ending, the bundle's symbolic name, or a plugin's. */
    boolean means(String name) {
        return file.equals(name) || file.replaceFirst("\\.(jar|cfg|config|canary)$", "").equals(name) || bundle.split(" ")[0].equals(name) || plugins.contains(name);
    }

    /** Whether it says the same, whenever it came to this. */
    boolean saysAs(FileStatus other) {
        return other != null && file.equals(other.file) && state == other.state && why.equals(other.why) && bundle.equals(other.bundle) && plugins.equals(other.plugins)
                && serving.equals(other.serving);
    }

    /** All of it, a line each, such as {@code why: …}; what is empty is left out. */
    String lines() {
        StringBuilder text = new StringBuilder();
        line(text, "state", state.name());
        line(text, "why", why);
        line(text, "bundle", bundle);
        line(text, "plugins", String.join(", ", plugins));
        line(text, "serving", serving);
        line(text, "since", since.truncatedTo(ChronoUnit.SECONDS).toString());
        return text.toString();
    }

    /** All of it, for JSON. */
    Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("file", file);
        object.put("state", state.name());
        object.put("why", why);
        object.put("bundle", bundle);
        object.put("plugins", plugins);
        object.put("serving", serving);
        object.put("since", since.toString());
        return object;
    }

    private static void line(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(name).append(": ").append(value.replaceAll("\\s*[\\r\\n]+\\s*", " ")).append('\n');
        }
    }
}
