// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.dev;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * Deploys the newest jar of a build's folder after each build, and says what the runner makes of it: its status file beside the jar has the last word. A jar
 * that is still being written waits until it is whole and stands still. Looks a few times a second, on a thread of its own.
 */
final class TargetWatch {

    private static final long LOOK_MILLIS = 250;
    /** The deployer gives an activation 30 s. */
    private static final long VERDICT_MILLIS = 40_000;
    /** A new build of the same version that does as well as the one before leaves the status as it was. */
    private static final long SAME_VERDICT_MILLIS = 3_000;
    private static final List<String> NO_PLUGINS = List.of("-sources.jar", "-javadoc.jar", "-tests.jar", "-test-sources.jar");

    private record Build(Path jar, FileTime modified, long size) {}

    private record Status(String text, FileTime written) {
        boolean is(String state) {
            return text.startsWith("state: " + state);
        }

        /** Of one that serves: that a new version is on its way. */
        boolean hasReason() {
            return text.contains("\nwhy: ");
        }
    }

    private final Path target;
    private final Path deploy;
    private final Consumer<String> say;
    private Build seen;
    private Build deployed;
    private boolean missing;

    TargetWatch(Path target, Path deploy, Consumer<String> say) {
        this.target = target;
        this.deploy = deploy;
        this.say = say;
    }

    void start() {
        say.accept("watch: " + target);
        Every.millis(LOOK_MILLIS, "target-watch", this::look);
    }

    private void look() {
        try {
            Optional<Build> newest = newest();
            if (newest.isEmpty() && !missing && deployed == null) {
                say.accept("watch: no jar in " + target + " yet; it is deployed as soon as there is one");
            }
            missing = newest.isEmpty();
            if (missing || newest.get().equals(deployed)) {
                return;
            }
            boolean still = newest.get().equals(seen);
            seen = newest.get();
            if (still && isWhole(seen.jar())) {
                deploy(seen);
            }
        } catch (IOException e) {
            say.accept("watch: can't deploy from " + target + " into " + deploy + ": " + e);
            deployed = seen; // said once for each build
        }
    }

    private Optional<Build> newest() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith(".jar") && !file.getFileName().toString().startsWith("original-")
                            && NO_PLUGINS.stream().noneMatch(end -> file.toString().endsWith(end)))
                    .flatMap(TargetWatch::build)
                    .max(Comparator.comparing(Build::modified));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // mvn clean
        }
    }

    private static Stream<Build> build(Path jar) {
        try {
            return Stream.of(new Build(jar, Files.getLastModifiedTime(jar), Files.size(jar)));
        } catch (IOException e) {
            return Stream.empty(); // gone, or replaced this moment
        }
    }

    private static boolean isWhole(Path jar) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.size() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void deploy(Build build) throws IOException {
        String name = build.jar().getFileName().toString();
        Path to = deploy.resolve(name);
        Status before = status(to);
        if (Files.exists(to) && Files.mismatch(build.jar(), to) < 0) {
            deployed = build;
            say.accept("watch: " + name + " is deployed already: " + oneLine(before));
            return;
        }
        Path part = deploy.resolve("." + name + ".part");
        try {
            Files.copy(build.jar(), part, StandardCopyOption.REPLACE_EXISTING);
            move(part, to);
        } finally {
            Files.deleteIfExists(part);
        }
        if (deployed != null && !deployed.jar().getFileName().toString().equals(name)) {
            Files.deleteIfExists(deploy.resolve(deployed.jar().getFileName())); // a version before, under another name
        }
        deployed = build;
        say.accept("watch: " + name + " deployed: " + verdict(to, before));
    }

    private static void move(Path part, Path to) throws IOException {
        try {
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String verdict(Path jar, Status before) throws IOException {
        long start = System.nanoTime();
        while (true) {
            Status now = status(jar);
            long millis = (System.nanoTime() - start) / 1_000_000;
            boolean changed = now != null && !now.equals(before);
            boolean settled = now != null && !now.is("WAITING") && !(now.is("ACTIVE") && now.hasReason());
            if (settled && (changed || now.is("ACTIVE") && millis > SAME_VERDICT_MILLIS)) {
                return oneLine(now);
            }
            if (millis > VERDICT_MILLIS) {
                return now == null ? "no status file appears beside it; is the folder writable for the runner?" : oneLine(now);
            }
            try {
                Thread.sleep(LOOK_MILLIS / 5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "interrupted";
            }
        }
    }

    private static Status status(Path jar) throws IOException {
        Path file = jar.resolveSibling(jar.getFileName() + ".status");
        try {
            return new Status(Files.readString(file), Files.getLastModifiedTime(file));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Such as {@code ACTIVE, bundle: com.example.x 1.0.0, plugins: x}. */
    private static String oneLine(Status status) {
        if (status == null) {
            return "no status file yet";
        }
        return String.join(", ", status.text().lines().filter(line -> !line.startsWith("since:")).map(line -> line.replaceFirst("^state: ", "")).toList());
    }
}
