// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.Canary;
import a6runner.spi.Nearest;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A file {@code NAME.canary} of the deploy folder: a rule for the versions of the plugin, bundle or file that is named so.
 *
 * @param file the file's name
 * @param canary what it says
 * @param next whether it is for the next version that comes, and not for the one that serves already
 */
record CanaryFile(String file, Canary canary, boolean next) {

    /** What the file's name ends with. */
    static final String SUFFIX = ".canary";
    private static final String NEXT = "next";

    /**
     * Reads one.
     *
     * @throws Refusal if a key or a value is wrong
     */
    static CanaryFile read(Path copy, String file) throws IOException, Refusal {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(copy)) {
            properties.load(reader);
        } catch (IllegalArgumentException e) {
            throw new Refusal("it can't be read as Java properties: " + e.getMessage(), e);
        }
        Map<String, String> texts = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> texts.put(key, properties.getProperty(key)));
        String next = texts.getOrDefault(NEXT, "false").strip();
        texts.remove(NEXT);
        if (!next.equals("true") && !next.equals("false")) {
            throw new Refusal("next: \"" + next + "\" (expected: true or false)");
        }
        List<String> keys = Stream.concat(Canary.keys().stream(), Stream.of(NEXT)).sorted().toList();
        for (String key : texts.keySet()) {
            if (!keys.contains(key)) {
                String nearest = Nearest.to(key, keys);
                throw new Refusal(key + ": there is no such key (expected: " + String.join(", ", keys) + (nearest == null ? ")" : "; did you mean " + nearest + "?)"));
            }
        }
        try {
            return new CanaryFile(file, Canary.of(texts), next.equals("true"));
        } catch (IllegalArgumentException e) {
            throw new Refusal(e.getMessage(), e);
        }
    }

    /** What it is a rule for. */
    String name() {
        return file.substring(0, file.length() - SUFFIX.length());
    }
}
