// SPDX-License-Identifier: Apache-2.0
package a6runner.itests;

import a6runner.testkit.A6Client;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The real launcher as a process, on the Java that runs the test.
 *
 * <pre>{@code
 * try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start();
 *         A6Client apisix = runner.connect()) {
 *     ...
 * }
 * }</pre>
 */
public final class RunnerProcess implements AutoCloseable {

    /** The longest stop that the default settings allow, and some. */
    private static final long STOP_SECONDS = 20;
    private static final Duration START = Duration.ofSeconds(40);

    private final Path folder;
    private final Path deploy;
    private final Path socket;
    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    /** What a process is to be started with. */
    public static final class Starter {

        private final Distribution distribution;
        private final Path folder = Folder.createShort();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> options = new ArrayList<>();
        private Path deploy;
        private Path socket = folder.resolve("s");
        private Path workingDirectory;
        private boolean ownData = true;
        private boolean managed;
        private boolean bare;
        private boolean stdinOpen;
        private String umask;

        Starter(Distribution distribution) {
            this.distribution = distribution;
        }

        /** Gives it an empty deploy folder of its own, with these of the distribution's plugins in it. */
        public Starter deploying(String... plugins) {
            try {
                deploy = Files.createDirectory(folder.resolve("deploy"));
                for (String plugin : plugins) {
                    Path jar = distribution.pluginJar(plugin);
                    Files.copy(jar, deploy.resolve(jar.getFileName()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        /** The same with bundles of the test's. */
        public Starter deploying(TestBundle... bundles) {
            deploying(new String[0]);
            for (TestBundle bundle : bundles) {
                bundle.copyTo(deploy);
            }
            return this;
        }

        public Starter setting(String key, String value) {
            return options("--set", key + "=" + value);
        }

        public Starter options(String... more) {
            options.addAll(Arrays.asList(more));
            return this;
        }

        public Starter variable(String name, String value) {
            environment.put(name, value);
            return this;
        }

        public Starter in(Path directory) {
            workingDirectory = directory;
            return this;
        }

        /** Listens at this path instead of one of its own. */
        public Starter at(Path path) {
            socket = path;
            return this;
        }

        /** Lets it find a data folder itself. */
        public Starter findingItsData() {
            ownData = false;
            return this;
        }

        /** Gives it an environment with a PATH to this test's Java and the system's programs, and what else is said here: nothing more. */
        public Starter bare() {
            bare = true;
            return this;
        }

        /** Starts it as APISIX does: a pipe for stdin that stays open, the address in the environment, no option but what is given. */
        public Starter managed() {
            managed = true;
            stdinOpen = true;
            ownData = false;
            return variable("APISIX_LISTEN_ADDRESS", "unix:" + socket).variable("APISIX_CONF_EXPIRE_TIME", "3600");
        }

        /** Starts it with this umask, such as {@code 000}. */
        public Starter umask(String octal) {
            umask = octal;
            return this;
        }

        /** Starts it and returns when it has said that it listens. */
        public RunnerProcess start() {
            RunnerProcess runner = launch();
            try {
                Await.within(START, () -> "the start line in: " + runner.log(), () -> runner.isListening() || !runner.process.isAlive());
                if (!runner.isListening()) {
                    throw new AssertionError("The runner has ended with exit code " + runner.process.exitValue() + ": " + runner.log());
                }
            } catch (RuntimeException | Error e) {
                runner.close();
                throw e;
            }
            return runner;
        }

        /** Starts it and doesn't wait. */
        public RunnerProcess launch() {
            List<String> command = new ArrayList<>(List.of(distribution.script().toString(), "run"));
            if (!managed) {
                command.addAll(List.of("--address", "unix:" + socket));
            }
            if (deploy != null) {
                command.addAll(List.of("--deploy", deploy.toString()));
            }
            if (ownData) {
                command.addAll(List.of("--set", "data.dir=" + folder.resolve("data")));
            }
            command.addAll(options);
            if (umask != null) {
                command.addAll(0, List.of("/bin/sh", "-c", "umask " + umask + "; exec \"$0\" \"$@\""));
            }
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            Distribution.clean(builder.environment());
            if (bare) {
                builder.environment().clear();
                builder.environment().put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":/usr/bin:/bin");
            }
            builder.environment().putAll(environment);
            if (workingDirectory != null) {
                builder.directory(workingDirectory.toFile());
            }
            try {
                Process process = builder.start();
                if (!stdinOpen) {
                    process.getOutputStream().close();
                }
                return new RunnerProcess(folder, deploy == null ? distribution.deploy() : deploy, socket, process);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private RunnerProcess(Path folder, Path deploy, Path socket, Process process) {
        this.folder = folder;
        this.deploy = deploy;
        this.socket = socket;
        this.process = process;
        Thread reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("(no more output: " + e.getMessage() + ")");
        }
    }

    private boolean isListening() {
        return lines.stream().anyMatch(line -> line.startsWith("a6runner ") && line.contains(" listening on "));
    }

    /** The started process, which in managed mode is the runner's parent. */
    public Process process() {
        return process;
    }

    public Path socket() {
        return socket;
    }

    /** The folder that its plugins are dropped into. */
    public Path deploy() {
        return deploy;
    }

    /** Waits for the shell's socket, which is the last that a start brings, and gives its file. The runner has a data folder of its own. */
    public Path awaitShell() {
        List<Path> found = new ArrayList<>();
        Await.within(Await.DEADLINE, () -> "a shell in: " + log(), () -> found.addAll(shells()));
        return found.get(0);
    }

    private List<Path> shells() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            return files.filter(file -> file.getFileName().toString().matches("shell-.*\\.sock")).toList();
        }
    }

    /** A connection as APISIX opens one. */
    public A6Client connect() {
        try {
            return A6Client.connect(socket, Container.PATIENCE);
        } catch (IOException e) {
            throw new AssertionError("The runner can't be reached: " + log(), e);
        }
    }

    /** All that it has printed so far. */
    public String log() {
        return String.join(System.lineSeparator(), lines);
    }

    /** The lines it has printed so far. */
    public List<String> lines() {
        return lines;
    }

    /** Waits for a line that contains all of these. */
    public String awaitLog(String... parts) {
        List<String> found = new ArrayList<>();
        Await.within(Await.DEADLINE, () -> "a line with " + Arrays.toString(parts) + " in: " + log(),
                () -> lines.stream().filter(line -> Arrays.stream(parts).allMatch(line::contains)).limit(1).allMatch(found::add) && !found.isEmpty());
        return found.get(0);
    }

    /** Asks it to stop, as {@code kill PID} does; returns at once. */
    public void terminate() {
        process.toHandle().destroy(); // Process.destroy would close the pipes too, and the last lines would be lost
    }

    /** Kills the started process, and nothing but it: neither its child nor what holds the other end of its stdin. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Ends its stdin, as the death of APISIX does. */
    public void endStdin() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for its end and gives its exit code. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("The runner doesn't end: " + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asks it to stop and waits for its end; gives its exit code. */
    public int stop() {
        terminate();
        return awaitEnd();
    }

    /** Stops it, with its child if it has one, by force if need be, and removes its folder. */
    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        try {
            if (process.isAlive()) {
                stop();
            }
        } finally {
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
            Folder.delete(folder);
        }
    }
}
