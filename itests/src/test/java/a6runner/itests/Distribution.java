// SPDX-License-Identifier: Apache-2.0
package a6runner.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The distribution as it is packed, or a copy that a test may spoil; what it runs runs on the Java that runs the test. */
public record Distribution(Path home) {

    private static final long LIMIT_SECONDS = 60;

    /**
     * How a command ended.
     *
     * @param out standard output
     * @param err standard error
     */
    public record Result(int exitCode, String out, String err) {

        public List<String> errLines() {
            return err.lines().toList();
        }
    }

    /** The one that the build has packed. */
    public static Distribution packed() {
        Path home = Path.of("..", "launcher", "target", "a6runner").toAbsolutePath().normalize();
        if (!Files.isExecutable(home.resolve("bin").resolve("a6runner"))) {
            throw new IllegalStateException("there is no distribution at " + home + "; build the module launcher first");
        }
        return new Distribution(home);
    }

    /** A copy of it, which is to be the folder {@code to}. */
    public static Distribution copyTo(Path to) {
        Distribution packed = packed();
        try {
            Files.createDirectories(to);
            for (String part : List.of("bin", "bundles", "conf", "deploy", "lib")) {
                Folder.copy(packed.home.resolve(part), to.resolve(part));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Distribution(to);
    }

    public Path script() {
        return home.resolve("bin").resolve("a6runner");
    }

    public Path deploy() {
        return home.resolve("deploy");
    }

    /** The jar of a plugin that comes along, by the name of its module in bundles/plugins: {@code noop}. */
    public Path pluginJar(String name) {
        return Folder.jars(deploy()).stream()
                .filter(jar -> jar.getFileName().toString().startsWith("a6runner-plugin-" + name + "-"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no plugin " + name + " in " + deploy()));
    }

    /** A runner of it, yet to be started, on a socket and with a data folder of its own; its deploy folder is the distribution's. */
    public RunnerProcess.Starter runner() {
        return new RunnerProcess.Starter(this);
    }

    /** Runs {@code bin/a6runner} to its end. */
    public Result run(String... arguments) {
        return run(Map.of(), arguments);
    }

    /** Runs {@code bin/a6runner} to its end, with these variables in an environment that has a PATH and the Java besides. */
    public Result run(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(script().toString()));
        command.addAll(Arrays.asList(arguments));
        Path folder = Folder.createShort();
        try {
            Path out = folder.resolve("out");
            Path err = folder.resolve("err");
            ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            clean(builder.environment()).putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " doesn't end; it said: " + Files.readString(out) + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            Folder.delete(folder);
        }
    }

    /** Leaves of an environment a PATH, and this test's Java. */
    static Map<String, String> clean(Map<String, String> environment) {
        String path = environment.get("PATH");
        environment.clear();
        environment.put("PATH", path);
        environment.put("A6RUNNER_JAVA_HOME", System.getProperty("java.home"));
        return environment;
    }
}
