// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code a6runner dev}: a runner of its own, and the testkit's gateway in this process, until one of the two ends. */
final class DevWithRunner {

    private static final Pattern DEPLOY_FOLDER = Pattern.compile("deploy folder (.*), pid \\d+$");
    /** The longest stop that the default settings allow. */
    private static final long STOP_SECONDS = 16;
    /** A shell's code for Ctrl-C, which reaches the runner too. */
    private static final int INTERRUPTED = 130;

    private final Distribution distribution;
    private final CommandLine line;
    private final Path folder;
    private volatile TemporaryRunner runner;
    private volatile boolean stopping;

    private DevWithRunner(Distribution distribution, CommandLine line, Path folder) {
        this.distribution = distribution;
        this.line = line;
        this.folder = folder;
    }

    /** Runs both; gives an exit code where something is wrong. */
    static int run(Distribution distribution, CommandLine line) throws IOException {
        DevWithRunner dev = new DevWithRunner(distribution, line, Files.createTempDirectory("a6dev"));
        Runtime.getRuntime().addShutdownHook(new Thread(dev::stop)); // Ctrl-C's way out, and every other
        Map<String, String> places = Map.of("home", distribution.home().toString(), "address", ListenAddress.SCHEME + dev.folder.resolve("s"));
        return Testkit.dev(distribution, line.rest(), places, dev::start);
    }

    private Map<String, String> start() throws IOException, InterruptedException {
        runner = new TemporaryRunner(distribution, CallWithRunner.options(line), folder, Map.of(), DevWithRunner::show);
        if (!runner.awaitStart()) {
            int code = runner.awaitEnd();
            runner.output(); // its last words
            throw Refusal.with(code, "dev: the runner doesn't start; its lines above say why");
        }
        Thread end = new Thread(this::end, "a6runner-end");
        end.setDaemon(true);
        end.start();
        Matcher deploy = DEPLOY_FOLDER.matcher(runner.startLine());
        if (!deploy.find()) {
            throw new IllegalStateException("no deploy folder in: " + runner.startLine());
        }
        return Map.of("deploy", deploy.group(1), "pid", Long.toString(runner.pid()), "data", runner.data().toString());
    }

    private static void show(String text) {
        if (!Main.isStartLine(text)) {
            System.out.println("runner: " + text);
        }
    }

    /** The gateway is of no use without the runner. */
    private void end() {
        try {
            int code = runner.awaitEnd();
            runner.output();
            if (!stopping && code != INTERRUPTED) {
                System.err.println("a6runner dev: the runner has ended with exit code " + code + "; its lines above say why");
            }
            System.exit(Refusal.FAILED); // waits for the hook where that is at work already
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        stopping = true;
        if (runner != null) {
            runner.stop(STOP_SECONDS);
        }
        FrameworkCache.delete(folder);
    }
}
