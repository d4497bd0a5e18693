// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code a6runner call --run}: a runner of this very distribution on a socket that nobody else sees, one call to it, and its end. The
 * runner's output is shown only when something is amiss, or when the user asks for it.
 */
final class CallWithRunner {

    /** The longest stop that the default settings allow. */
    private static final long STOP_SECONDS = 16;
    /** Exit codes of the client: done, wrong usage, stopped by a plugin. */
    private static final Set<Integer> NOT_THE_RUNNERS_FAULT = Set.of(0, 2, 10);

    private static final Pattern LOG_LINE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d |a6runner ");

    private CallWithRunner() {
    }

    /** Starts the runner, makes the call, stops the runner; gives the call's exit code. */
    static int run(Distribution distribution, CommandLine line, Map<String, String> environment) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("a6call");
        try {
            return run(distribution, line, environment, folder);
        } finally {
            FrameworkCache.delete(folder);
        }
    }

    private static int run(Distribution distribution, CommandLine line, Map<String, String> environment, Path folder)
            throws IOException, InterruptedException {
        TemporaryRunner runner = new TemporaryRunner(distribution, options(line), folder, Map.of(), line.verbose() ? System.err::println : null);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { // where the user's Ctrl-C ends us
            runner.stop(STOP_SECONDS);
            FrameworkCache.delete(folder);
        }));
        int code = Refusal.FAILED;
        boolean listening = false;
        try {
            listening = runner.awaitStart();
            if (!listening) {
                return runner.awaitEnd(); // and its output says why
            }
            List<String> arguments = new ArrayList<>(List.of("--address", runner.address()));
            arguments.addAll(line.rest());
            code = Testkit.call(distribution, arguments, environment);
            return code;
        } finally {
            runner.stop(STOP_SECONDS);
            String output = runner.output();
            if (!line.verbose()) { // else it has been shown already
                System.err.print(listening && NOT_THE_RUNNERS_FAULT.contains(code) ? complaints(output) : output);
            }
        }
    }

    /** The warnings and errors in a log, each with the lines that belong to it: a call may end well for APISIX and not for the plugin. */
    static String complaints(String log) {
        StringBuilder complaints = new StringBuilder();
        boolean complains = false;
        for (String line : log.lines().toList()) {
            if (LOG_LINE.matcher(line).lookingAt()) {
                complains = line.contains(" WARN ") || line.contains(" ERROR ");
            }
            if (complains) {
                complaints.append(line).append(System.lineSeparator());
            }
        }
        return complaints.toString();
    }

    /** Those of the runner, as they are typed. */
    static List<String> options(CommandLine line) {
        List<String> options = new ArrayList<>();
        if (line.config() != null) {
            options.addAll(List.of("--config", line.config()));
        }
        for (CommandLine.Assignment said : line.settings()) {
            options.addAll(List.of(said.option(), said.option().equals("--deploy") ? said.value() : said.key() + "=" + said.value()));
        }
        return options;
    }
}
