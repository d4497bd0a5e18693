// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The settings in force, each with the place it came from. The first of these that sets a key wins: the command line, the environment's
 * {@code A6RUNNER_KEY_NAME}, the two variables that APISIX gives to a runner it starts, the settings file, the default.
 *
 * <p>All places are read and checked, also where another wins: a wrong line is a wrong line. An environment variable that is set to
 * nothing counts as not set.
 */
final class ResolvedSettings {

    static final String APISIX_ADDRESS = "APISIX_LISTEN_ADDRESS";
    static final String APISIX_EXPIRE_TIME = "APISIX_CONF_EXPIRE_TIME";

    private static final String VARIABLE_PREFIX = "A6RUNNER_";
    /** Read by {@code bin/a6runner}. */
    private static final List<String> SCRIPT_VARIABLES = List.of("A6RUNNER_JAVA_HOME", "A6RUNNER_JAVA_OPTS");
    /** What Kubernetes puts into every pod of a namespace that has a service named a6runner or a6runner-something. */
    private static final String KUBERNETES = "A6RUNNER_(.*_)?(SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_\\d+_(TCP|UDP|SCTP).*)";

    private final Map<String, Value> values;

    /** A value and the place it came from, for an error line. */
    record Value(String text, String where) {
    }

    private ResolvedSettings(Map<String, Value> values) {
        this.values = values;
    }

    /** Resolves; relative folders on the command line are taken from {@code cwd}, all others from the distribution. */
    static ResolvedSettings resolve(CommandLine line, Map<String, String> environment, Distribution distribution, Path cwd) {
        return resolve(line, environment, distribution, cwd, refusal -> {
            throw refusal;
        });
    }

    /** The same, but for what is wrong, which is told to {@code wrong}, one by one, and otherwise taken as not set. */
    static ResolvedSettings resolve(CommandLine line, Map<String, String> environment, Distribution distribution, Path cwd, Consumer<Refusal> wrong) {
        Map<String, Value> values = new HashMap<>();
        attempt(wrong, () -> fromFile(line, distribution, cwd, values, wrong));
        attempt(wrong, () -> fromApisix(environment, values));
        fromEnvironment(environment, values, wrong);
        for (CommandLine.Assignment said : line.settings()) {
            boolean folder = said.option().equals("--deploy");
            attempt(wrong, () -> put(values, said.option(), said.key(), folder ? cwd.resolve(said.value()).toString() : said.value()));
        }
        return new ResolvedSettings(values);
    }

    private static void attempt(Consumer<Refusal> wrong, Runnable step) {
        try {
            step.run();
        } catch (Refusal e) {
            wrong.accept(e);
        }
    }

    private static void fromFile(CommandLine line, Distribution distribution, Path cwd, Map<String, Value> values, Consumer<Refusal> wrong) {
        Path file = line.config() == null ? distribution.settingsFile() : cwd.resolve(line.config());
        if (line.config() == null && !Files.exists(file)) {
            return;
        }
        for (SettingsFile.Entry entry : SettingsFile.read(file)) {
            attempt(wrong, () -> put(values, entry.where(), entry.key(), entry.value()));
        }
    }

    private static void fromApisix(Map<String, String> environment, Map<String, Value> values) {
        String address = environment.getOrDefault(APISIX_ADDRESS, "");
        if (!address.isEmpty()) {
            values.put(Setting.LISTEN_ADDRESS.key(), new Value(address, APISIX_ADDRESS));
        }
        String seconds = environment.getOrDefault(APISIX_EXPIRE_TIME, "");
        if (!seconds.isEmpty()) {
            if (!seconds.matches("\\d{1,9}")) {
                throw Refusal.wrong(APISIX_EXPIRE_TIME + ": \"" + seconds + "\" (expected: a number of seconds such as 3600)");
            }
            values.put(Setting.CONF_EXPIRE_TIME.key(), new Value(seconds + "s", APISIX_EXPIRE_TIME));
        }
    }

    private static void fromEnvironment(Map<String, String> environment, Map<String, Value> values, Consumer<Refusal> wrong) {
        Map<String, Setting> byVariable = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            byVariable.put(setting.variable(), setting);
        }
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            Setting setting = byVariable.get(name);
            if (setting != null) {
                if (!variable.getValue().isEmpty()) {
                    attempt(wrong, () -> put(values, name, setting.key(), variable.getValue()));
                }
            } else if (name.startsWith(VARIABLE_PREFIX) && !SCRIPT_VARIABLES.contains(name) && !name.matches(KUBERNETES)) {
                List<String> right = new ArrayList<>(byVariable.keySet());
                right.addAll(SCRIPT_VARIABLES);
                String hint = Nearest.hint(name, right);
                String ofPlugin = name.startsWith("A6RUNNER_PLUGIN_") ? "; a setting of one plugin goes into the file or after --set" : "";
                wrong.accept(Refusal.wrong("environment variable " + name + ": no such setting" + hint + ofPlugin));
            }
        }
    }

    private static void put(Map<String, Value> values, String where, String key, String text) {
        Optional<Setting.Kind> kind = Setting.kindOf(key);
        if (kind.isEmpty()) {
            String hint = Nearest.keyHint(key);
            throw Refusal.wrong(where + ": no such setting: " + key + (hint.isEmpty() ? " (conf/a6runner.properties lists them)" : hint));
        }
        if (!kind.get().accepts(text)) {
            throw Refusal.wrong(where + ": " + key + ": \"" + text + "\" (expected: " + kind.get().expected() + ")");
        }
        if (kind.get() == Setting.Kind.TEXT && text.isEmpty()) {
            values.remove(key); // set to nothing is set back to the default
        } else {
            values.put(key, new Value(text, where));
        }
    }

    /** The value, the default if nothing is set. */
    String text(Setting setting) {
        Value value = values.get(setting.key());
        return value == null ? setting.defaultValue() : value.text;
    }

    /** The values of all keys that begin so and are set, by key. */
    Map<String, String> startingWith(String prefix) {
        Map<String, String> found = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key, value.text);
            }
        });
        return found;
    }

    /** Milliseconds of a duration. */
    long millis(Setting setting) {
        return Settings.parseDuration(text(setting));
    }

    /** Where the value came from; empty for a default. */
    Optional<String> where(Setting setting) {
        return Optional.ofNullable(values.get(setting.key())).map(Value::where);
    }

    /** These settings with another value for one. */
    ResolvedSettings with(Setting setting, String text) {
        Map<String, Value> changed = new HashMap<>(values);
        changed.put(setting.key(), new Value(text, where(setting).orElse("default")));
        return new ResolvedSettings(changed);
    }

    /** All of them, defaults and those of single plugins included, as the properties that bundles read through {@link Settings}. */
    Map<String, String> frameworkProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            properties.put(Settings.PREFIX + setting.key(), text(setting));
        }
        values.forEach((key, value) -> properties.put(Settings.PREFIX + key, value.text));
        return properties;
    }
}
