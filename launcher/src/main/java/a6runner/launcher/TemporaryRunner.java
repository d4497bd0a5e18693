// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A runner of this very distribution as a process of our own, on a socket in a folder that nobody else sees. Its output is kept, or shown as it comes. It ends
 * when this process has gone, even without a chance to stop it. Used by one thread; a hook may stop it from another.
 */
final class TemporaryRunner {

    /** The runner itself gives up after 30 s; it shall be the one that says why. */
    private static final long START_SECONDS = 40;
    private static final int MAX_OUTPUT = 1_000_000;
    private static final String JAVA_OPTS = "A6RUNNER_JAVA_OPTS";

    private final StringBuffer output = new StringBuffer();
    private final CountDownLatch listeningOrGone = new CountDownLatch(1);
    private final Consumer<String> shown;
    private final String address;
    private final Path data;
    private final Process process;
    private final Thread reader;
    private volatile String startLine;

    /**
     * Starts it.
     *
     * @param options of {@code run}, besides address and data folder
     * @param folder where its socket and its data are to be
     * @param environment what is added to our own
     * @param shown is given each line at once; null to keep them
     */
    TemporaryRunner(Distribution distribution, List<String> options, Path folder, Map<String, String> environment, Consumer<String> shown)
            throws IOException {
        this.shown = shown;
        data = folder.resolve("data");
        address = ListenAddress.SCHEME + folder.resolve("s");
        List<String> command = new ArrayList<>(List.of(distribution.script().toString(), "run", "--managed=no"));
        command.addAll(options);
        command.addAll(List.of("--set", "data.dir=" + data, "--address", address));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("A6RUNNER_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        builder.environment().merge(JAVA_OPTS, "-D" + ManagedParent.STDIN_PIPE + "=true", (more, own) -> own + " " + more);
        process = builder.start();
        reader = new Thread(this::read, "a6runner-output");
        reader.setDaemon(true);
        reader.start();
    }

    String address() {
        return address;
    }

    /** Its data folder, in which its shell is found. */
    Path data() {
        return data;
    }

    /** Waits until it listens; false if it has ended instead, and its output says why. */
    boolean awaitStart() throws InterruptedException {
        if (!listeningOrGone.await(START_SECONDS, TimeUnit.SECONDS)) {
            throw Refusal.failed("the runner didn't start in " + START_SECONDS + " s");
        }
        return startLine != null;
    }

    /** What it printed when it listened, null before. */
    String startLine() {
        return startLine;
    }

    long pid() {
        return process.pid();
    }

    /** Waits for its end, and gives its exit code. */
    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** Tells it to stop, and kills it when it doesn't in so many seconds. */
    void stop(long seconds) {
        process.toHandle().destroy(); // Process.destroy would close its output, too
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    /** What it has printed up to its end, its last words too. */
    String output() throws InterruptedException {
        reader.join();
        return output.toString();
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                if (shown != null) {
                    shown.accept(text);
                } else if (output.length() < MAX_OUTPUT) {
                    output.append(text).append(System.lineSeparator());
                }
                if (Main.isStartLine(text)) {
                    startLine = text;
                    listeningOrGone.countDown();
                }
            }
        } catch (IOException e) {
            // the runner is gone, and that is said by awaitStart
        } finally {
            listeningOrGone.countDown();
        }
    }
}
