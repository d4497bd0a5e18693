// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a settings file: UTF-8, {@code key = value} a line, {@code #} before a comment line. Unlike {@link java.util.Properties} it knows
 * the line of a key, takes backslashes as they are, and lets no key stand twice.
 */
final class SettingsFile {

    private SettingsFile() {
    }

    /** A line with a setting. */
    record Entry(String where, String key, String value) {
    }

    static List<Entry> read(Path file) {
        List<Entry> entries = new ArrayList<>();
        Map<String, Integer> lineOf = new HashMap<>();
        int number = 0;
        for (String line : lines(file)) {
            number++;
            String text = (number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line).trim();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith("!")) {
                continue;
            }
            String where = file + ":" + number;
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw Refusal.wrong(where + ": \"" + text + "\" (expected: key = value)");
            }
            String key = text.substring(0, equals).trim();
            Integer before = lineOf.put(key, number);
            if (before != null) {
                throw Refusal.wrong(where + ": " + key + " is set already in line " + before);
            }
            entries.add(new Entry(where, key, text.substring(equals + 1).trim()));
        }
        return entries;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw Refusal.wrong("no such settings file: " + file);
        } catch (AccessDeniedException e) {
            throw Refusal.wrong("not allowed to read the settings file " + file);
        } catch (CharacterCodingException e) {
            throw Refusal.wrong("the settings file " + file + " isn't UTF-8");
        } catch (IOException e) {
            throw Refusal.wrong("can't read the settings file " + file + ": " + e.getMessage());
        }
    }
}
