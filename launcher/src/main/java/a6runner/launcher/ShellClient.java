// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code a6runner shell}: finds the private socket of a runner and talks to the shell behind it. With a command, runs that; without one, opens a dialogue at
 * the terminal, or runs the commands on stdin, a line each, where that is no terminal.
 */
final class ShellClient {

    /** Exit code: no runner's shell is there to talk to. */
    static final int NO_RUNNER = 3;
    /** Exit code: the runner went away before it had answered. */
    static final int LOST = 4;

    private ShellClient() {
    }

    static int run(Distribution distribution, CommandLine line, Map<String, String> environment, Path cwd) throws IOException {
        Path socket;
        try {
            socket = find(distribution, line, environment, cwd);
        } catch (NoRunner e) {
            System.err.println("a6runner: " + e.getMessage());
            return NO_RUNNER;
        }
        if (!line.rest().isEmpty()) {
            return execute(socket, commandLine(line.rest()), System.out, System.err);
        }
        if (Terminal.isThere()) {
            return ShellDialogue.run(socket, environment.getOrDefault("TERM", "dumb"));
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = lines.readLine(); command != null; command = lines.readLine()) {
            int code = command.isBlank() || command.startsWith("#") ? 0 : execute(socket, command, System.out, System.err);
            if (code != 0) {
                return code;
            }
        }
        return 0;
    }

    /** There is no runner to talk to; the message says where one was looked for. */
    static final class NoRunner extends IOException {

        private static final long serialVersionUID = 1;

        NoRunner(String message) {
            super(message);
        }
    }

    /**
     * The socket of the runner that the settings mean: of {@code shell.address}, of {@code listen.address}, or the only one that lives in the data folder.
     *
     * @throws NoRunner if there is none
     */
    static Path find(Distribution distribution, CommandLine line, Map<String, String> environment, Path cwd) throws NoRunner {
        ResolvedSettings settings = ResolvedSettings.resolve(line, environment, distribution, cwd);
        if (settings.text(Setting.SHELL_ADDRESS).equals(ShellAddress.OFF)) {
            throw new NoRunner("the settings say that the runner has no shell (shell.address = off)");
        }
        if (!settings.text(Setting.SHELL_ADDRESS).isEmpty()) {
            Path path = Path.of(ListenAddress.full(settings, Setting.SHELL_ADDRESS, cwd).substring(ListenAddress.SCHEME.length()));
            if (!Files.exists(path)) {
                throw new NoRunner("there is no runner's shell at " + path);
            }
            return path;
        }
        List<Path> folders = Folders.findData(settings, distribution, Path.of(System.getProperty("java.io.tmpdir")));
        boolean named = !settings.text(Setting.LISTEN_ADDRESS).isEmpty();
        List<Path> found = new ArrayList<>();
        for (Path folder : folders) {
            if (named) {
                String address = ShellAddress.of(settings, ListenAddress.full(settings, Setting.LISTEN_ADDRESS, cwd), folder, cwd);
                found.add(Path.of(address.substring(ListenAddress.SCHEME.length())));
            } else {
                found.addAll(ShellAddress.in(folder));
            }
        }
        List<Path> live = found.stream().filter(ShellConnection::isListening).toList();
        if (live.size() > 1) {
            throw Refusal.wrong("there are several runners, say which by --address: "
                    + live.stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        if (live.isEmpty()) {
            throw new NoRunner("no runner's shell is open in " + folders.stream().map(Path::toString).collect(Collectors.joining(", "))
                    + (named ? " for " + settings.text(Setting.LISTEN_ADDRESS) : "") + "; --address, --data or --config say which runner is meant");
        }
        return live.get(0);
    }

    /** Runs one command line of Gogo in a runner and passes on what it prints; gives its exit code. */
    static int execute(Path socket, String command, OutputStream out, OutputStream err) {
        if (command.indexOf('\n') >= 0) {
            throw Refusal.wrong("a command is one line (expected: no line break in \"" + command.replace("\n", "\\n") + "\")");
        }
        return ask(socket, "exec " + command, out, err);
    }

    /** Says the first line of a connection, and passes on what comes back; gives the exit code. */
    static int ask(Path socket, String first, OutputStream out, OutputStream err) {
        try (ShellConnection connection = ShellConnection.open(socket)) {
            connection.say(first);
            return connection.listen(out, err);
        } catch (IOException e) {
            System.err.println("a6runner: " + e.getMessage());
            return e instanceof NoRunner ? NO_RUNNER : LOST;
        }
    }

    /** One word is a command line of its own, with pipes and all; several are words, and quoted so that they stay that. */
    static String commandLine(List<String> words) {
        return words.size() == 1 ? words.get(0) : words.stream().map(ShellClient::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        if (word.matches("[A-Za-z0-9_./:@%+,=-]+")) {
            return word;
        }
        return word.indexOf('\'') < 0 ? "'" + word + "'" : "\"" + word.replaceAll("([\\\\\"$])", "\\\\$1") + "\"";
    }
}
