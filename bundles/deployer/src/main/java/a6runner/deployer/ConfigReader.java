// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.felix.cm.file.ConfigurationHandler;

/** Reads configuration files: {@code .cfg} as Java properties in UTF-8, {@code .config} in Felix's form, whose values have types. */
final class ConfigReader {

    private static final String TYPED = ".config";

    private ConfigReader() {}

    /** Whether a file of this name is a configuration. */
    static boolean isConfig(String name) {
        return name.endsWith(".cfg") || name.endsWith(TYPED);
    }

    /** The PID that is in the name of a configuration file; that of the factory if it is one of several. */
    static String pid(String name) {
        String base = base(name);
        int tilde = base.indexOf('~');
        return tilde < 0 ? base : base.substring(0, tilde);
    }

    private static String base(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    /**
     * Reads a file that nobody writes to any more.
     *
     * @param name the name it has in the deploy folder
     * @throws Refusal if it isn't what its name says
     */
    static ConfigFile read(Path file, String name, String sha256) throws IOException, Refusal {
        boolean typed = name.endsWith(TYPED);
        String base = base(name);
        int tilde = base.indexOf('~');
        String pid = pid(name);
        if (pid.isEmpty() || pid.contains("|")) {
            throw new Refusal("its name is no PID (expected: PID.cfg, such as com.example.x.cfg, or PID~NAME.cfg for one of several)");
        }
        return new ConfigFile(name, pid, tilde < 0 ? "" : base.substring(tilde + 1), sha256, typed ? typed(file) : plain(file));
    }

    private static Map<String, Object> plain(Path file) throws IOException, Refusal {
        Properties properties = new Properties();
        try (Reader reader = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IllegalArgumentException e) {
            throw new Refusal("it can't be read as Java properties (key = value): \\u needs four hexadecimal digits after it, as in \\u00e9; a backslash itself is written twice", e);
        }
        Map<String, Object> map = new TreeMap<>();
        properties.forEach((key, value) -> map.put((String) key, value));
        return map;
    }

    private static Map<String, Object> typed(Path file) throws IOException, Refusal {
        byte[] bytes = Files.readAllBytes(file);
        Map<String, Object> map = new TreeMap<>();
        try {
            @SuppressWarnings("unchecked") // Felix declares it raw.
            Dictionary<String, Object> read = ConfigurationHandler.read(new ByteArrayInputStream(bytes));
            for (Enumeration<String> keys = read.keys(); keys.hasMoreElements();) {
                String key = keys.nextElement();
                map.put(key, read.get(key));
            }
        } catch (IOException e) {
            throw new Refusal("it can't be read as a .config file (lines such as port=I\"8080\"): " + e.getMessage(), e);
        }
        if (!isEnded(new String(bytes, StandardCharsets.UTF_8))) {
            throw new Refusal("it can't be read as a .config file: it ends within a value; end that, each text with a \", each list with its bracket");
        }
        return map;
    }

    /** Whether a file that Felix has read ends with the end of a value: it takes the end of a file for that of a text, and leaves out a list that isn't ended. */
    private static boolean isEnded(String text) {
        boolean quoted = false;
        int lists = 0;
        char last = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
                last = c;
            } else if (!quoted && c == '#') {
                i = text.indexOf('\n', i) < 0 ? text.length() : text.indexOf('\n', i);
            } else if (!quoted && !Character.isWhitespace(c)) {
                lists += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
                last = c;
            }
        }
        return !quoted && lists == 0 && (last == '"' || last == ']' || last == ')');
    }
}
