// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.RunnerProcess;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code a6runner prepare}: the class archive that it makes is used where it fits, and left out with one line where it doesn't; and what it has seen of the plugins. */
final class PrepareIT {

    @TempDir
    private Path folder;

    private static void assertServes(RunnerProcess runner) throws IOException {
        try (A6Client apisix = runner.connect()) {
            assertThat(Calls.call(apisix, "add-header", "{}")).as(runner.log()).isInstanceOf(Reply.Rewrite.class);
        }
    }

    private static Path archive(Distribution distribution) throws IOException {
        try (Stream<Path> files = Files.list(distribution.home().toRealPath().resolve("lib"))) {
            return files.filter(file -> file.toString().matches(".*/classes-.*\\.(jsa|aot)")).findFirst().orElseThrow();
        }
    }

    private static void cutOff(Path archive, int bytes) throws IOException {
        replace(archive, Arrays.copyOf(Files.readAllBytes(archive), bytes));
    }

    /** By a new file: a JVM makes one that nobody may write to. */
    private static void replace(Path archive, byte[] bytes) throws IOException {
        Files.delete(archive);
        Files.write(archive, bytes);
    }

    private static void assertLeavesItOut(Distribution distribution, String why) throws Exception {
        try (RunnerProcess runner = distribution.runner().start()) {
            assertServes(runner);
            assertThat(linesAboutTheArchive(runner)).as(runner.log()).isEqualTo(1);
            assertThat(runner.log()).contains(why);
        }
    }

    private static long linesAboutTheArchive(RunnerProcess runner) {
        return runner.log().lines().filter(line -> line.contains("archive") || line.contains("[cds") || line.contains("[aot") || line.contains("AOT")).count();
    }

    @Test
    void makesAnArchiveThatStartsUseInItsPlaceAndLeaveOutElsewhere() throws Exception {
        Distribution distribution = Distribution.copyTo(folder.resolve("a6 runner"));

        Result made = distribution.run("prepare");
        assertThat(made.exitCode()).as(made.err()).isZero();
        String build = System.getProperty("java.runtime.version");
        assertThat(made.out()).startsWith("a6runner: made " + distribution.home().toRealPath().resolve("lib/classes-" + build)).contains(" for Java " + build);

        try (RunnerProcess runner = distribution.runner().start()) {
            assertThat(Files.readString(Path.of("/proc", Long.toString(runner.process().pid()), "maps"))).contains("/lib/classes-" + build);
            assertServes(runner);
            assertThat(linesAboutTheArchive(runner)).as(runner.log()).isZero();
        }

        Path offers = distribution.home().toRealPath().resolve("lib/offers");
        assertThat(Files.readAllLines(offers)).anyMatch(line -> line.matches("[0-9a-f]{64}\tnoop")).anyMatch(line -> line.matches("[0-9a-f]{64}\tadd-header"));
        Files.delete(offers);
        Files.createDirectory(offers);
        try (RunnerProcess runner = distribution.runner().start()) {
            assertServes(runner);
            assertThat(runner.log()).contains(offers + " can't be read, so calls wait for the whole folder at this start");
        }

        Path archive = archive(distribution);
        byte[] whole = Files.readAllBytes(archive);
        cutOff(archive, whole.length / 2);
        assertThat(distribution.run("doctor").out()).contains(archive + " has " + whole.length / 2 + " bytes instead of the " + whole.length + " it was made with");
        assertLeavesItOut(distribution, " has " + whole.length / 2 + " bytes instead of the " + whole.length + " it was made with, so it is broken, and is left out,");

        replace(archive, new byte[whole.length]);
        assertLeavesItOut(distribution, " is broken or doesn't go with the options of A6RUNNER_JAVA_OPTS, and is left out,");
        replace(archive, whole);

        Path elsewhere = Files.move(distribution.home(), folder.resolve("elsewhere"));
        try (RunnerProcess runner = new Distribution(elsewhere).runner().start()) {
            assertThat(runner.log()).contains("deploy folder " + elsewhere.toRealPath().resolve("deploy"));
            assertServes(runner);
            assertThat(linesAboutTheArchive(runner)).as(runner.log()).isEqualTo(1);
            assertThat(runner.log()).contains(" was made for other jars, another place or another build of Java, and is left out, so the start takes longer; a6runner prepare makes ");
        }
    }
}
