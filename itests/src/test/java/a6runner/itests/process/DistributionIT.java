// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The distribution runs wherever it stands, and says in one line why it doesn't. */
final class DistributionIT {

    @TempDir
    private Path folder;

    private static void assertServes(RunnerProcess runner) throws IOException {
        try (A6Client apisix = runner.connect()) {
            assertThat(Calls.call(apisix, "add-header", "{}")).as(runner.log()).isInstanceOf(Reply.Rewrite.class);
        }
    }

    // ---- where it runs

    @Test
    void runsWithNothingButAPathInItsEnvironment() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().bare().start()) {
            assertThat(environment(runner)).allMatch(variable -> variable.startsWith("PATH=") || variable.startsWith("PWD=") || variable.startsWith("LC_ALL="));
            assertServes(runner);
        }
    }

    private static Stream<String> environment(RunnerProcess runner) throws IOException {
        String[] variables = Files.readString(Path.of("/proc", Long.toString(runner.process().pid()), "environ")).split("\0");
        return Stream.of(variables);
    }

    @Test
    void runsOnTheJavaOfThisTest() {
        try (RunnerProcess runner = Distribution.packed().runner().start()) {
            assertThat(runner.log()).contains("(Java " + System.getProperty("java.version") + ")");
        }
    }

    @Test
    void runsFromAnyWorkingDirectory() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("else where"));
        try (RunnerProcess runner = Distribution.packed().runner().in(elsewhere).start()) {
            assertServes(runner);
        }
        assertThat(Folder.jars(elsewhere)).isEmpty();
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void runsFromAFolderWithBlanksAndSignsInItsName() throws IOException {
        Distribution odd = Distribution.copyTo(folder.resolve("a6 runner+1%20 \u00e9"));
        try (RunnerProcess runner = odd.runner().start()) {
            assertServes(runner);
        }
    }

    @Test
    void runsFromAReadOnlyFolderAndLeavesNothingInIt() throws IOException {
        Distribution distribution = Distribution.copyTo(folder.resolve("dist"));
        // Modes alone would not stop root: where data should be is a file, and in it no folder can be made.
        Files.createFile(distribution.home().resolve("data"));
        readOnly(distribution.home(), true);
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try {
            Map<String, Object> before = contents(distribution.home());
            try (RunnerProcess runner = distribution.runner().findingItsData().variable("A6RUNNER_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary).start()) {
                assertServes(runner);
                try (Stream<Path> files = Files.list(temporary)) {
                    assertThat(files.filter(file -> file.getFileName().toString().startsWith("a6runner-"))).singleElement()
                            .satisfies(data -> assertThat(Files.getPosixFilePermissions(data)).isEqualTo(PosixFilePermissions.fromString("rwx------")));
                }
            }
            assertThat(contents(distribution.home())).isEqualTo(before);
        } finally {
            readOnly(distribution.home(), false);
        }
    }

    private static void readOnly(Path folder, boolean on) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                assertThat(path.toFile().setWritable(!on)).isTrue();
            }
        }
    }

    private static Map<String, Object> contents(Path folder) throws IOException {
        Map<String, Object> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                contents.put(folder.relativize(path).toString(), Files.getLastModifiedTime(path) + " " + (Files.isRegularFile(path) ? Files.size(path) : -1));
            }
        }
        return contents;
    }

    @Test
    void runsTwiceFromTheSameFolder() throws IOException {
        Distribution distribution = Distribution.copyTo(folder.resolve("dist"));
        try (RunnerProcess first = distribution.runner().findingItsData().start(); RunnerProcess second = distribution.runner().findingItsData().start()) {
            assertServes(first);
            assertServes(second);
            first.stop();
            assertServes(second);
        }
        try (Stream<Path> left = Files.walk(distribution.home().resolve("data"))) {
            assertThat(left.map(path -> path.getFileName().toString())).as("bundle caches").noneMatch(name -> name.startsWith("bundle"));
        }
    }

    @Test
    void aSuccessorTakesTheSocketOverThatIsLeftBehind() throws IOException {
        Path socket = Files.createDirectory(Folder.createShort().resolve("x")).resolve("s");
        try (RunnerProcess first = Distribution.packed().runner().at(socket).start()) {
            first.stop();
            assertThat(socket).as("is left for a successor to replace").exists();
            try (RunnerProcess second = Distribution.packed().runner().at(socket).start()) {
                assertServes(second);
            }
        } finally {
            Folder.delete(socket.getParent().getParent());
        }
    }

    @Test
    void givesTheSocketTheModeThatIsSet() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().setting("socket.mode", "0666").start()) {
            assertThat(Files.getPosixFilePermissions(runner.socket())).isEqualTo(PosixFilePermissions.fromString("rw-rw-rw-"));
        }
    }

    @Test
    void servesByNioToo() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().setting("transport", "nio").start()) {
            assertServes(runner);
        }
    }

    @Test
    void readsItsSettingsFile() throws IOException {
        Path config = Files.writeString(folder.resolve("my.properties"), "# mine\nplugin.missing = skip\n");
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").options("--config", config.toString()).start(); A6Client apisix = runner.connect()) {
            assertThat(Calls.call(apisix, "nobody", "{}")).isInstanceOf(Reply.Continue.class);
            assertThat(runner.awaitLog("\"nobody\" is not deployed and is skipped")).contains("WARN");
        }
    }

    // ---- when it doesn't

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "run                                                      | no address to listen on",
        "run --address unix:S --set call.timeot=3s                | did you mean call.timeout?",
        "run --address unix:S --set call.timeout=3                | expected: a duration",
        "run --address unix:S --set plugin.missing=maybe          | expected: deny or skip",
        "run --address tcp:127.0.0.1:1                            | expected: unix:/path",
        "run --address unix:/no/such/folder/s                     | /no/such/folder",
        "run --address unix:S --deploy /no/such/folder            | /no/such/folder",
        "run --address unix:S --config /no/such.properties        | /no/such.properties",
        "run --adress unix:S                                      | --adress",
        "serve                                                    | no such command",
    })
    void refusesWhatIsWrongInOneLineAndWithExitCode2(String command, String says) {
        Result result = Distribution.packed().run(command.replace("unix:S", "unix:" + folder.resolve("s")).split(" +"));
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).singleElement().satisfies(line -> assertThat(line).startsWith("a6runner: ").contains(says));
    }

    @Test
    void refusesAWrongSettingsFileWithItsLine() throws IOException {
        Path config = Files.writeString(folder.resolve("my.properties"), "# mine\n\nplugin.mising = skip\n");
        Result result = Distribution.packed().run("run", "--address", "unix:" + folder.resolve("s"), "--config", config.toString());
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errLines()).singleElement().satisfies(line -> assertThat(line).contains("my.properties").contains("3").contains("plugin.missing"));
    }

    @Test
    void takesApisixsAddressFromTheEnvironmentAndRefusesAWrongOne() {
        Result result = Distribution.packed().run(Map.of("APISIX_LISTEN_ADDRESS", "tcp:1"), "run");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errLines()).singleElement().satisfies(line -> assertThat(line).contains("APISIX_LISTEN_ADDRESS"));
    }

    @Test
    void tellsItsVersionAndWhatItCanDo() {
        assertThat(Distribution.packed().run("version")).satisfies(result -> {
            assertThat(result.exitCode()).isZero();
            assertThat(result.out()).startsWith("a6runner ").contains(System.getProperty("java.version"));
        });
        assertThat(Distribution.packed().run("help")).satisfies(result -> {
            assertThat(result.exitCode()).isZero();
            assertThat(result.out()).contains("a6runner call", "--deploy", "Exit codes");
        });
    }
}
