// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * APISIX's {@code config.yaml}, as far as it is about plugin runners. Immutable.
 *
 * @param file where it was read from
 * @param root what stands in it; maybe empty
 */
public record ApisixConfig(Path file, Map<?, ?> root) {

    /** It can't be read; the message is a sentence. */
    public static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    static ApisixConfig read(Path file) throws Unreadable {
        try {
            Object root = new Load(LoadSettings.builder().setLabel(file.getFileName().toString()).build()).loadFromString(Files.readString(file));
            if (root != null && !(root instanceof Map)) {
                throw new Unreadable(file + " holds " + shown(root) + " and no keys");
            }
            return new ApisixConfig(file, root == null ? Map.of() : (Map<?, ?>) root);
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            throw new Unreadable(file + where + " is no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new Unreadable(file + " is no YAML: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        } catch (IOException e) {
            throw new Unreadable(file + " can't be read: " + (Files.exists(file) ? e.toString() : "there is no such file"));
        }
    }

    /** What stands at a path of keys; empty if nothing does, or null. */
    Optional<Object> at(String... keys) {
        Object here = root;
        for (String key : keys) {
            here = here instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return Optional.ofNullable(here);
    }

    /** The runner's command, {@code ext-plugin.cmd}; empty if there is none, or it is no list. */
    List<String> command() {
        return texts(at("ext-plugin", "cmd").orElse(null));
    }

    /** The address that APISIX connects to if it isn't to start the runner itself, or tells that; without {@code unix:}. */
    Optional<String> pathForTest() {
        return at("ext-plugin", "path_for_test").map(String::valueOf);
    }

    /** The variables that processes of nginx see, with or without a value. */
    List<String> variables() {
        return texts(at("nginx_config", "envs").orElse(null));
    }

    /** What the runner's command sets of a setting, as by {@code --set}, if that is a value of this form; empty for a value that it doesn't set. */
    Optional<String> said(Setting setting, String form) {
        Matcher set = Pattern.compile("(?:^|.* )" + Pattern.quote(setting.key()) + "\\s*=\\s*(" + form + ")(?: .*|$)").matcher(String.join(" ", command()));
        return set.matches() ? Optional.of(set.group(1)) : Optional.empty();
    }

    /** The user that the workers run as, where root starts APISIX. */
    String workers() {
        return namedWorkers().orElse("nobody");
    }

    /** The same, if the file names one. */
    Optional<String> namedWorkers() {
        return at("nginx_config", "user").map(String::valueOf);
    }

    /** The same in words, for the beginning of a sentence. */
    String workersInWords() {
        return namedWorkers().map(name -> "workers run as " + name + " (nginx_config.user)").orElse("workers run as nobody where APISIX is started as root");
    }

    /** A list's elements as texts; empty for anything else. */
    static List<String> texts(Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(element -> texts.add(String.valueOf(element)));
        }
        return texts;
    }

    /** Where in the file a key stands that belongs on the top, such as {@code apisix.ext-plugin}; empty if nowhere else. */
    Optional<String> misplaced(String key) {
        return misplaced(root, key, "");
    }

    private static Optional<String> misplaced(Map<?, ?> map, String key, String path) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String here = path + entry.getKey();
            boolean meant = String.valueOf(entry.getKey()).replace('_', '-').equals(key) && !here.equals(key);
            if (meant) {
                return Optional.of(here);
            }
            if (entry.getValue() instanceof Map<?, ?> below) {
                Optional<String> found = misplaced(below, key, here + ".");
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"";
    }
}
