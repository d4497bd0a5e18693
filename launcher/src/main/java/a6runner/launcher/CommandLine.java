// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * What the user typed, in parts; throws {@link Refusal} for what it can't make sense of.
 *
 * @param command what to do; {@link Command#RUN} if nothing is said
 * @param config the settings file of {@code --config}, null if none is named
 * @param settings those of {@code --set}, {@code --deploy} and {@code --address}, as typed; a later one of the same key wins
 * @param managed what {@code --managed} says, null if nothing
 * @param ownRunner whether {@code call} is to start a runner for its call; {@code dev} always does
 * @param verbose whether the output of that runner is shown
 * @param rest what {@code call} or {@code dev} passes on to the testkit; the words of the command of {@code shell}; own options of {@code health} and {@code doctor}
 */
record CommandLine(Command command, String config, List<Assignment> settings, Boolean managed, boolean ownRunner, boolean verbose, List<String> rest) {

    /** What the program can do. */
    enum Command { RUN, CALL, DEV, SHELL, HEALTH, DOCTOR, PREPARE, VERSION, HELP }

    /** Options of commands that say something about a runner, as they stand in the rest. */
    static final String JSON = "--json";
    static final String LIVE = "--live";
    static final String APISIX = "--apisix=";

    /** A key, a value, and the option that brought them. */
    record Assignment(String option, String key, String value) {
    }

    private static final List<String> COMMANDS = List.of("run", "call", "dev", "shell", "health", "doctor", "prepare", "version", "help");
    private static final List<String> WHICH_OPTIONS = List.of("--address", "--config", "--data", "--deploy", "--set", "--help");
    private static final List<String> RUN_OPTIONS = List.of("--address", "--config", "--deploy", "--managed", "--set", "--help");

    static CommandLine parse(String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        Command command = command(words);
        switch (command) {
            case RUN:
                return run(words);
            case CALL:
                return call(words);
            case SHELL:
                return shell(words);
            case HEALTH:
                return about(Command.HEALTH, words, List.of(JSON, LIVE));
            case DOCTOR:
                return about(Command.DOCTOR, words, List.of(APISIX, JSON));
            case PREPARE:
                return prepare(words);
            case DEV:
                return dev(words);
            default:
                return of(command);
        }
    }

    private static CommandLine of(Command command) {
        return new CommandLine(command, null, List.of(), null, false, false, List.of());
    }

    /** Takes the command from the words; an option in its place is one of {@code run}. */
    private static Command command(List<String> words) {
        if (words.isEmpty()) {
            return Command.RUN;
        }
        String first = words.get(0);
        if (first.equals("-h") || first.equals("--help")) {
            return Command.HELP;
        }
        if (first.equals("--version")) {
            return Command.VERSION;
        }
        if (first.startsWith("-")) {
            return Command.RUN;
        }
        if (!COMMANDS.contains(first)) {
            throw Refusal.wrong("no such command: " + first + Nearest.hint(first, COMMANDS) + "; a6runner help lists them");
        }
        words.remove(0);
        return Command.valueOf(first.toUpperCase(Locale.ROOT));
    }

    private static CommandLine run(List<String> words) {
        RunnerOptions options = new RunnerOptions();
        Boolean managed = null;
        for (Iterator<String> left = words.iterator(); left.hasNext();) {
            Option option = Option.of(left.next());
            if (option.name.equals("-h") || option.name.equals("--help")) {
                return of(Command.HELP);
            } else if (option.name.equals("--managed")) {
                managed = yesOrNo(option.value(left, "yes or no"));
            } else if (option.name.equals("--address")) {
                options.set(option.name, Setting.LISTEN_ADDRESS.key(), option.value(left, "unix:/path"));
            } else if (!options.take(option, left)) {
                throw Refusal.wrong("no such option of run: " + option.name + Nearest.hint(option.name, RUN_OPTIONS) + "; a6runner help lists them");
            }
        }
        return new CommandLine(Command.RUN, options.config, options.settings, managed, false, false, List.of());
    }

    private static CommandLine prepare(List<String> words) {
        RunnerOptions options = new RunnerOptions();
        for (Iterator<String> left = words.iterator(); left.hasNext();) {
            Option option = Option.of(left.next());
            if (option.name.equals("-h") || option.name.equals("--help")) {
                return of(Command.HELP);
            } else if (!options.take(option, left)) {
                throw Refusal.wrong("no such option of prepare: " + option.name + " (expected: --config FILE, --set key=value)");
            }
        }
        return new CommandLine(Command.PREPARE, options.config, options.settings, null, false, false, List.of());
    }

    /** With {@code --run}, options of the runner are taken out and the rest is the client's; without it, all is the client's. */
    private static CommandLine call(List<String> words) {
        if (!words.contains("--run")) {
            return new CommandLine(Command.CALL, null, List.of(), null, false, false, List.copyOf(words));
        }
        RunnerOptions options = new RunnerOptions();
        boolean verbose = false;
        List<String> rest = new ArrayList<>();
        for (Iterator<String> left = words.iterator(); left.hasNext();) {
            String word = left.next();
            if (word.equals("--verbose")) {
                verbose = true;
            } else if (!word.equals("--run") && !options.take(Option.of(word), left)) {
                rest.add(word);
            }
        }
        return new CommandLine(Command.CALL, options.config, options.settings, false, true, verbose, rest);
    }

    /** Options that say which runner is meant, then a command's words, if any. */
    private static CommandLine shell(List<String> words) {
        RunnerOptions options = new RunnerOptions();
        Iterator<String> left = words.iterator();
        List<String> rest = new ArrayList<>();
        while (left.hasNext() && rest.isEmpty()) {
            String word = left.next();
            Option option = Option.of(word);
            if (option.name.equals("-h") || option.name.equals("--help")) {
                return of(Command.HELP);
            } else if (!options.takeWhich(option, left) && !options.take(option, left)) {
                if (word.startsWith("-") && !word.equals("--")) {
                    throw Refusal.wrong("no such option of shell: " + option.name + Nearest.hint(option.name, WHICH_OPTIONS)
                            + "; options of a command stand behind it; a6runner help lists them");
                }
                if (!word.equals("--")) {
                    rest.add(word);
                }
                left.forEachRemaining(rest::add);
            }
        }
        return new CommandLine(Command.SHELL, options.config, options.settings, false, false, false, List.copyOf(rest));
    }

    /** Options that say which runner is meant, and the command's own, which become its rest; those that end with = take a value. */
    private static CommandLine about(Command command, List<String> words, List<String> own) {
        RunnerOptions options = new RunnerOptions();
        List<String> rest = new ArrayList<>();
        for (Iterator<String> left = words.iterator(); left.hasNext();) {
            Option option = Option.of(left.next());
            if (option.name.equals("-h") || option.name.equals("--help")) {
                return of(Command.HELP);
            } else if (own.contains(option.name) && option.inlineValue == null) {
                rest.add(option.name);
            } else if (own.contains(option.name + "=")) {
                rest.add(option.name + "=" + option.value(left, "a file"));
            } else if (!options.takeWhich(option, left) && !options.take(option, left)) {
                List<String> right = new ArrayList<>(WHICH_OPTIONS);
                own.forEach(word -> right.add(word.replace("=", "")));
                throw Refusal.wrong("no such option of " + command.name().toLowerCase(Locale.ROOT) + ": " + option.name + Nearest.hint(option.name, right)
                        + "; a6runner help lists them");
            }
        }
        return new CommandLine(command, options.config, options.settings, false, false, false, List.copyOf(rest));
    }

    /** Options of the runner are taken out, and the rest is the gateway's. */
    private static CommandLine dev(List<String> words) {
        RunnerOptions options = new RunnerOptions();
        List<String> rest = new ArrayList<>();
        for (Iterator<String> left = words.iterator(); left.hasNext();) {
            String word = left.next();
            if (!options.take(Option.of(word), left)) {
                rest.add(word);
            }
        }
        return new CommandLine(Command.DEV, options.config, options.settings, false, true, false, rest);
    }

    private static boolean yesOrNo(String value) {
        if (!value.equals("yes") && !value.equals("no")) {
            throw Refusal.wrong("--managed: \"" + value + "\" (expected: yes or no)");
        }
        return value.equals("yes");
    }

    /** The options that say what a runner runs with. */
    private static final class RunnerOptions {
        private final List<Assignment> settings = new ArrayList<>();
        private String config;

        /** The options that besides say which of several runners is meant. */
        boolean takeWhich(Option option, Iterator<String> left) {
            switch (option.name) {
                case "--address":
                    set(option.name, Setting.LISTEN_ADDRESS.key(), option.value(left, "unix:/path"));
                    return true;
                case "--data":
                    set(option.name, Setting.DATA_DIR.key(), option.value(left, "a folder"));
                    return true;
                default:
                    return false;
            }
        }

        boolean take(Option option, Iterator<String> left) {
            switch (option.name) {
                case "--config":
                    config = option.value(left, "a file");
                    return true;
                case "--deploy":
                    set(option.name, Setting.DEPLOY_DIR.key(), option.value(left, "a folder"));
                    return true;
                case "--set":
                    String assignment = option.value(left, "key=value");
                    int equals = assignment.indexOf('=');
                    if (equals < 1) {
                        throw Refusal.wrong("--set: \"" + assignment + "\" (expected: key=value)");
                    }
                    set(option.name, assignment.substring(0, equals).trim(), assignment.substring(equals + 1).trim());
                    return true;
                default:
                    return false;
            }
        }

        void set(String option, String key, String value) {
            settings.add(new Assignment(option, key, value));
        }
    }

    /** A word that may be an option: {@code --name}, with its value after an equals sign or as the next word. */
    private record Option(String name, String inlineValue) {

        static Option of(String word) {
            int equals = word.indexOf('=');
            return word.startsWith("--") && equals > 0 ? new Option(word.substring(0, equals), word.substring(equals + 1)) : new Option(word, null);
        }

        String value(Iterator<String> left, String expected) {
            String value = inlineValue != null ? inlineValue : left.hasNext() ? left.next() : "";
            if (value.isEmpty()) {
                throw Refusal.wrong(name + ": nothing after it (expected: " + expected + ")");
            }
            return value;
        }
    }
}
