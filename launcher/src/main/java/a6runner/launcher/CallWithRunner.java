// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * {@code a6runner call --run}: a runner of this very distribution on a socket that nobody else sees, one call to it, and its end. The
 * runner's output is shown only when something is amiss, or when the user asks for it.
 */
final class CallWithRunner {

    /** The runner itself gives up after 30 s; it shall be the one that says why. */
    private static final long START_SECONDS = 40;
    /** The longest stop that the default settings allow. */
    private static final long STOP_SECONDS = 16;
    private static final int MAX_OUTPUT = 1_000_000;
    /** Exit codes of the client: done, wrong usage, stopped by a plugin. */
    private static final Set<Integer> NOT_THE_RUNNERS_FAULT = Set.of(0, 2, 10);

    private final StringBuffer output = new StringBuffer();
    private final CountDownLatch listeningOrGone = new CountDownLatch(1);
    private final boolean verbose;
    private Thread reader;
    private volatile boolean listening;

    private CallWithRunner(boolean verbose) {
        this.verbose = verbose;
    }

    /** Starts the runner, makes the call, stops the runner; gives the call's exit code. */
    static int run(Distribution distribution, CommandLine line, Map<String, String> environment) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("a6call");
        try {
            return new CallWithRunner(line.verbose()).run(distribution, line, environment, folder);
        } finally {
            FrameworkCache.delete(folder);
        }
    }

    private int run(Distribution distribution, CommandLine line, Map<String, String> environment, Path folder) throws IOException, InterruptedException {
        String address = ListenAddress.SCHEME + folder.resolve("s");
        Process runner = start(distribution, line, address, folder);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { // where the user's Ctrl-C ends us
            stop(runner);
            FrameworkCache.delete(folder);
        }));
        int code = Refusal.FAILED;
        try {
            if (!listeningOrGone.await(START_SECONDS, TimeUnit.SECONDS)) {
                throw Refusal.failed("call --run: the runner didn't start in " + START_SECONDS + " s");
            }
            if (!listening) {
                return runner.waitFor(); // and its output says why
            }
            List<String> arguments = new ArrayList<>(List.of("--address", address));
            arguments.addAll(line.rest());
            code = CallClient.run(distribution, arguments, environment);
            return code;
        } finally {
            stop(runner);
            reader.join(); // its last words, too
            if (!verbose && (!listening || !NOT_THE_RUNNERS_FAULT.contains(code))) {
                System.err.print(output);
            }
        }
    }

    private Process start(Distribution distribution, CommandLine line, String address, Path folder) throws IOException {
        List<String> command = new ArrayList<>(List.of(distribution.script().toString(), "run", "--managed=no"));
        if (line.config() != null) {
            command.addAll(List.of("--config", line.config()));
        }
        for (CommandLine.Assignment said : line.settings()) {
            command.addAll(List.of(said.option(), said.option().equals("--deploy") ? said.value() : said.key() + "=" + said.value()));
        }
        command.addAll(List.of("--set", "data.dir=" + folder.resolve("data"), "--address", address));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("A6RUNNER_JAVA_HOME", System.getProperty("java.home"));
        Process runner = builder.start();
        runner.getOutputStream().close();
        reader = new Thread(() -> read(runner), "a6runner-output");
        reader.setDaemon(true);
        reader.start();
        return runner;
    }

    private void read(Process runner) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(runner.getInputStream(), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                if (verbose) {
                    System.err.println(text);
                } else if (output.length() < MAX_OUTPUT) {
                    output.append(text).append(System.lineSeparator());
                }
                if (Main.isStartLine(text)) {
                    listening = true;
                    listeningOrGone.countDown();
                }
            }
        } catch (IOException e) {
            // the runner is gone, and that is said below
        } finally {
            listeningOrGone.countDown();
        }
    }

    private static void stop(Process runner) {
        runner.toHandle().destroy(); // Process.destroy would close its output, too
        try {
            if (!runner.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                runner.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            runner.destroyForcibly();
        }
    }
}
