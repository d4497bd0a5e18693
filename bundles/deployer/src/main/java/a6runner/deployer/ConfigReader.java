// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.io.InputStream;
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

    private ConfigReader() {}

    /**
     * Reads a file that nobody writes to any more.
     *
     * @param name the name it has in the deploy folder
     * @throws Refusal if it isn't what its name says
     */
    static ConfigFile read(Path file, String name, String sha256) throws IOException, Refusal {
        boolean typed = name.endsWith(".config");
        String base = name.substring(0, name.lastIndexOf('.'));
        int tilde = base.indexOf('~');
        String pid = tilde < 0 ? base : base.substring(0, tilde);
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
            throw new Refusal("it can't be read as Java properties (key = value): " + e.getMessage(), e);
        }
        Map<String, Object> map = new TreeMap<>();
        properties.forEach((key, value) -> map.put((String) key, value));
        return map;
    }

    private static Map<String, Object> typed(Path file) throws IOException, Refusal {
        Map<String, Object> map = new TreeMap<>();
        try (InputStream in = Files.newInputStream(file)) {
            @SuppressWarnings("unchecked") // Felix declares it raw.
            Dictionary<String, Object> read = ConfigurationHandler.read(in);
            for (Enumeration<String> keys = read.keys(); keys.hasMoreElements();) {
                String key = keys.nextElement();
                map.put(key, read.get(key));
            }
        } catch (IOException e) {
            throw new Refusal("it can't be read as a .config file (lines such as port=I\"8080\"): " + e.getMessage(), e);
        }
        return map;
    }
}
