// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code a6runner prepare}: makes the {@link ClassArchive} of this distribution for the Java that runs it, so that later starts take about four tenths less time. A
 * runner is started with the plugins that come along, serves a few calls, and writes down what it has loaded when it ends; plugins of the user's are
 * not run.
 */
final class Prepare {

    /** Writing takes a few seconds, on a busy machine many. */
    private static final long WRITE_SECONDS = 180;
    private static final String OPTIONS = "A6RUNNER_JAVA_OPTS";
    private static final List<String> SHIPPED = List.of("noop", "add-header");

    private Prepare() {
    }

    /**
     * Makes it and tells where it is.
     *
     * @param data the folder for it if the distribution can't be written to
     */
    static int run(Distribution distribution, Path data, Map<String, String> environment) throws IOException, InterruptedException {
        Path lib = distribution.home().resolve("lib");
        boolean inDistribution = Files.isWritable(lib);
        ClassArchive archive = ClassArchive.in(inDistribution ? lib : data);
        Path folder = Files.createTempDirectory("a6prepare");
        try {
            Path made = train(distribution, environment, folder);
            put(made, archive, ClassArchive.fingerprint(distribution, Files.size(made)));
            Optional<Path> offers = offers(folder.resolve("data").resolve("history"));
            if (offers.isPresent()) {
                put(offers.get(), archive.offers());
            }
        } finally {
            FrameworkCache.delete(folder);
        }
        System.out.println("a6runner: made " + archive.file() + " (" + Files.size(archive.file()) / 1_000_000 + " MB) for Java " + ClassArchive.build()
                + "; starts use it from now on" + (inDistribution || data.equals(distribution.data()) ? "" : " if A6RUNNER_DATA_DIR=" + data + " is set for them"));
        return 0;
    }

    /** Copies a file so that nobody ever sees a part of it. */
    private static void put(Path from, Path to) throws IOException {
        Path part = part(to);
        try {
            Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** What the deployer has written down of the files that it deployed, in the folder of its one deploy folder. */
    private static Optional<Path> offers(Path history) throws IOException {
        if (!Files.isDirectory(history)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(history)) {
            return folders.map(folder -> folder.resolve("offers")).filter(Files::isRegularFile).findFirst();
        }
    }

    /** Puts both files in their place, or leaves what was there before: the disk may be full. */
    private static void put(Path made, ClassArchive archive, String fingerprint) throws IOException {
        Path part = part(archive.file());
        Path madeForPart = part(archive.madeFor());
        try {
            Files.copy(made, part, StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(madeForPart, fingerprint);
            Files.deleteIfExists(archive.file()); // first: no start may find a new one with an old description
            Files.move(madeForPart, archive.madeFor(), StandardCopyOption.ATOMIC_MOVE);
            Files.move(part, archive.file(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
            Files.deleteIfExists(madeForPart);
        }
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }

    /** Runs a runner that writes its classes at its end, and gives the file. */
    private static Path train(Distribution distribution, Map<String, String> environment, Path folder) throws IOException, InterruptedException {
        Path made = folder.resolve("classes");
        Path deploy = Files.createDirectory(folder.resolve("deploy"));
        copyShipped(distribution.home().resolve("deploy"), deploy);
        String options = (environment.getOrDefault(OPTIONS, "") + " " + ClassArchive.writeTo(made)).trim();
        TemporaryRunner runner = new TemporaryRunner(distribution, List.of("--deploy", deploy.toString()), folder, Map.of(OPTIONS, options), null);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> runner.stop(1))); // where the user's Ctrl-C ends us
        boolean listening = false;
        try {
            listening = runner.awaitStart();
            if (listening) {
                calls(distribution, runner.address(), environment);
            }
        } finally {
            runner.stop(WRITE_SECONDS);
        }
        if (!listening || !Files.exists(made)) {
            System.err.print(runner.output());
            throw Refusal.failed("prepare: " + (listening ? "this Java has written no class archive" : "the runner didn't start") + "; its output is above");
        }
        return made;
    }

    private static void copyShipped(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            try (Stream<Path> files = Files.list(from)) {
                for (Path jar : files.filter(file -> file.getFileName().toString().matches("a6runner-plugin-.*\\.jar")).toList()) {
                    Files.copy(jar, to.resolve(jar.getFileName()));
                }
            }
        }
    }

    /** What comes of them is of no interest: a plugin that is missing is answered, too. */
    private static void calls(Distribution distribution, String address, Map<String, String> environment) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        System.setOut(nowhere);
        System.setErr(nowhere);
        try {
            for (String plugin : SHIPPED) {
                Testkit.call(distribution, List.of("--address", address, "--plugin", plugin + "={}", "--path", "/", "--header", "host: x"), environment);
            }
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
