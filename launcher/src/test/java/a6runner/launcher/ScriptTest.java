// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code bin/a6runner} in a distribution of nothing, with Javas that only say how they were called; the environment has what a test puts there. */
class ScriptTest {

    private static final Map<String, String> APISIX = Map.of("APISIX_LISTEN_ADDRESS", "unix:/tmp/a", "APISIX_CONF_EXPIRE_TIME", "3600");

    @TempDir
    private Path folder;
    private Path script;

    @BeforeEach
    void makeDistribution() throws IOException {
        Path home = folder.resolve("a6 runner");
        script = Files.createDirectories(home.resolve("bin")).resolve("a6runner");
        Files.copy(Path.of("src/distribution/bin/a6runner"), script);
        executable(script);
        Files.createFile(Files.createDirectory(home.resolve("lib")).resolve("a6runner-launcher.jar"));
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A Java whose version stands in the file beside it, as in all newer ones. */
    private Path java(String name, String version) throws IOException {
        Path home = java(name, version, "echo \"java: " + name + "\"; for word; do echo \"$word\"; done");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** A Java that says its version only when asked. */
    private Path java(String name, String version, String does) throws IOException {
        Path home = folder.resolve(name);
        Path program = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(program, "#!/bin/sh\nif [ \"$1\" = -version ]; then echo 'openjdk version \"" + version + "\" 2024' >&2; exit; fi\n" + does + "\n");
        executable(program);
        return home;
    }

    private record Ended(int code, String output) {
    }

    private Ended run(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        return ended(start(script, environment, words));
    }

    private Process start(Path command, Map<String, String> environment, String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of(command.toString()));
        line.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Ended ended(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }

    private static Map<String, String> with(Map<String, String> environment, String name, Object value) {
        Map<String, String> all = new HashMap<>(environment);
        all.put(name, value.toString());
        return all;
    }

    private static Map<String, String> of(String name, Object value) {
        return with(Map.of(), name, value);
    }

    /* ---- Which Java ---- */

    @Test
    void takesTheJavaThatIsNamedBeforeJavaHomeBeforeThePath() throws Exception {
        Map<String, String> path = of("PATH", java("on-path", "17.0.1").resolve("bin"));
        assertThat(run(path).output()).startsWith("java: on-path\n");
        Map<String, String> home = with(path, "JAVA_HOME", java("home", "17.0.1"));
        assertThat(run(home).output()).startsWith("java: home\n");
        Map<String, String> named = with(home, "A6RUNNER_JAVA_HOME", java("named", "21"));
        assertThat(run(named).output()).startsWith("java: named\n");
    }

    @Test
    void needsNoPath() throws Exception {
        assertThat(run(of("JAVA_HOME", java("home", "17.0.1"))).output()).startsWith("java: home\n");
        assertThat(run(with(of("JAVA_HOME", java("home", "17.0.1")), "PATH", "/nonexistent")).output()).startsWith("java: home\n");
    }

    @Test
    void followsTheLinksThatDebianHasOnThePath() throws Exception {
        Path real = java("real", "17.0.1");
        Path alternatives = Files.createSymbolicLink(folder.resolve("alternative"), real.resolve("bin/java"));
        Path bin = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(bin.resolve("java"), Path.of("..", alternatives.getFileName().toString()));
        assertThat(run(of("PATH", bin)).output()).startsWith("java: real\n");
    }

    @Test
    void refusesAnOldJavaInOneLine() throws Exception {
        Path eleven = java("eleven", "11.0.2");
        assertThat(run(of("JAVA_HOME", eleven))).isEqualTo(new Ended(2,
                "a6runner: " + eleven + "/bin/java is Java 11, and Java 17 or newer is needed; A6RUNNER_JAVA_HOME can name one\n"));
        Path eight = java("eight", "1.8.0_292", "true");
        assertThat(run(of("A6RUNNER_JAVA_HOME", eight), "version")).isEqualTo(new Ended(2,
                "a6runner: " + eight + "/bin/java is Java 8, and Java 17 or newer is needed; A6RUNNER_JAVA_HOME can name one\n"));
    }

    @Test
    void refusesAJavaThatIsNotThere() throws Exception {
        assertThat(run(of("A6RUNNER_JAVA_HOME", "/none"))).isEqualTo(new Ended(2, "a6runner: A6RUNNER_JAVA_HOME: there is no bin/java in /none\n"));
    }

    @Test
    void asksAJavaThatHasNoReleaseFile() throws Exception {
        assertThat(run(of("JAVA_HOME", java("asked", "25", "echo asked"))).output()).isEqualTo("asked\n");
    }

    /* ---- How it is called ---- */

    @Test
    void callsTheLauncherOfItsOwnDistributionWhateverLinksLeadThere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), script);
        Path second = Files.createSymbolicLink(folder.resolve("second"), Path.of(link.getFileName().toString()));
        Ended ended = ended(start(second, of("JAVA_HOME", java("home", "17"))));
        assertThat(ended.output()).contains("-jar\n" + folder.toRealPath().resolve("a6 runner/lib/a6runner-launcher.jar") + "\n");
    }

    @Test
    void leavesWordsAsTheyAre() throws Exception {
        Ended ended = run(of("JAVA_HOME", java("home", "17")), "run", "--set", "a = *", "");
        assertThat(ended.output()).endsWith("\nrun\n--set\na = *\n\n");
    }

    @Test
    void addsTheUsersOptionsAfterOurs() throws Exception {
        Ended ended = run(with(of("JAVA_HOME", java("home", "17")), "A6RUNNER_JAVA_OPTS", "-Xmx64m -Dx=*"));
        assertThat(ended.output()).contains("\n-Xmx64m\n-Dx=*\n-jar\n").containsSubsequence("\n-Xmx256m\n", "\n-Xmx64m\n");
    }

    @Test
    void leavesTheCollectorToTheUsersOptions() throws Exception {
        Map<String, String> java = of("JAVA_HOME", java("home", "17"));
        assertThat(run(java).output()).contains("\n-XX:+UseSerialGC\n");
        assertThat(run(with(java, "A6RUNNER_JAVA_OPTS", "-Xmx64m -XX:+UseG1GC -Dx=y")).output()).contains("\n-XX:+UseG1GC\n").doesNotContain("SerialGC");
        assertThat(run(with(java, "A6RUNNER_JAVA_OPTS", "-XX:-UseSerialGC -XX:+UseZGC")).output()).contains("\n-XX:-UseSerialGC\n-XX:+UseZGC\n")
                .doesNotContain("-XX:+UseSerialGC");
        assertThat(run(with(java, "JAVA_TOOL_OPTIONS", "-XX:+UseParallelGC"), "version").output()).doesNotContain("SerialGC");
        assertThat(run(with(java, "A6RUNNER_JAVA_OPTS", "-XX:+UseGCOverheadLimit -XX:+UseMaximumCompactionOnSystemGC")).output()).contains("\n-XX:+UseSerialGC\n");
        assertThat(run(with(java, "A6RUNNER_JAVA_OPTS", "-XX:+UseG1GC"), "version").output()).contains("\n-XX:+UseSerialGC\n");
    }

    @Test
    void givesEachJavaOnlyOptionsThatItKnows() throws Exception {
        assertThat(run(of("JAVA_HOME", java("old", "17.0.15"))).output()).doesNotContain("unsafe");
        assertThat(run(of("JAVA_HOME", java("new", "25.0.3"))).output()).contains("--sun-misc-unsafe-memory-access=allow\n");
    }

    @Test
    void keepsWhatItWritesFromOthers() throws Exception {
        Path home = java("home", "17", "umask");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "umask 0; exec \"$0\"", script.toString()).redirectErrorStream(true);
        builder.environment().put("A6RUNNER_JAVA_HOME", home.toString());
        assertThat(ended(builder.start()).output()).isEqualTo("0022\n");
    }

    @Test
    void givesJavaALocaleInWhichItCanNameAnyFile() throws Exception {
        Map<String, String> java = of("JAVA_HOME", java("home", "17", "echo \"$LC_ALL,$LC_CTYPE,$LANG\""));
        assertThat(run(java).output()).isEqualTo("C.UTF-8,,\n");
        assertThat(run(with(java, "LANG", "C")).output()).isEqualTo("C.UTF-8,,C\n");
        assertThat(run(with(with(java, "LANG", "de_DE.UTF-8"), "LC_ALL", "POSIX")).output()).isEqualTo("C.UTF-8,,de_DE.UTF-8\n");
        assertThat(run(with(with(java, "LANG", "de_DE.UTF-8"), "LC_CTYPE", "C")).output()).isEqualTo("C.UTF-8,C,de_DE.UTF-8\n");
        assertThat(run(with(with(java, "LANG", "C"), "LC_ALL", "de_DE.UTF-8")).output()).isEqualTo("de_DE.UTF-8,,C\n");
        assertThat(run(with(java, "LANG", "de_DE.ISO-8859-1")).output()).isEqualTo(",,de_DE.ISO-8859-1\n");
    }

    /* ---- Which class archive ---- */

    /** An archive as prepare makes it, with its description. */
    private Path archive(String name, Path madeIn) throws IOException {
        Path file = script.resolveSibling("../lib/" + name).normalize();
        Files.writeString(file.resolveSibling(name + ".txt"), "java x\nhome " + madeIn + "\nsize 4\n");
        return Files.writeString(file, "abcd");
    }

    private Path javaOfBuild(String name, String version, String build) throws IOException {
        Path home = java(name, version);
        Files.writeString(home.resolve("release"), "JAVA_RUNTIME_VERSION=\"" + build + "\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    @Test
    void handsOverTheArchiveOfThisVeryBuild() throws Exception {
        Path home = folder.toRealPath().resolve("a6 runner");
        archive("classes-17.0.15+6-x.jsa", home);
        archive("classes-25.0.3+9.aot", home);
        String lib = home.resolve("lib").toString();
        assertThat(run(of("JAVA_HOME", javaOfBuild("old", "17.0.15", "17.0.15+6-x"))).output())
                .contains("\n-XX:SharedArchiveFile=" + lib + "/classes-17.0.15+6-x.jsa\n-Da6runner.archive=" + lib + "/classes-17.0.15+6-x.jsa\n-jar\n");
        assertThat(run(of("JAVA_HOME", javaOfBuild("new", "25.0.3", "25.0.3+9"))).output())
                .contains("\n-XX:AOTCache=" + lib + "/classes-25.0.3+9.aot\n").contains("\n-Xlog:aot*=off\n");
        assertThat(run(of("JAVA_HOME", javaOfBuild("newer", "17.0.15", "17.0.15+7"))).output()).doesNotContain("Archive").doesNotContain("-Xlog");
    }

    @Test
    void leavesOutAnArchiveThatWasMadeInAnotherPlace() throws Exception {
        archive("classes-25.0.3+9.aot", Path.of("/elsewhere"));
        assertThat(run(of("JAVA_HOME", javaOfBuild("new", "25.0.3", "25.0.3+9"))).output()).doesNotContain("AOTCache").doesNotContain("a6runner.archive");
    }

    @Test
    void leavesOutAnArchiveThatHasNotTheSizeItWasMadeWith() throws Exception {
        Path home = folder.toRealPath().resolve("a6 runner");
        Path archive = archive("classes-25.0.3+9.aot", home);
        Map<String, String> java = of("JAVA_HOME", javaOfBuild("new", "25.0.3", "25.0.3+9"));
        Files.writeString(archive, "abc");
        assertThat(run(java).output()).startsWith("java: new\n").doesNotContain("AOTCache").doesNotContain("a6runner.archive");
        Files.writeString(archive, "");
        assertThat(run(java).output()).startsWith("java: new\n").doesNotContain("AOTCache").doesNotContain("a6runner.archive");
        Files.writeString(archive, "abcd");
        assertThat(run(java).output()).contains("\n-XX:AOTCache=");
    }

    @Test
    void leavesOutAnArchiveOfAVersionThatDidNotWriteItsSizeDown() throws Exception {
        Path home = folder.toRealPath().resolve("a6 runner");
        Path archive = archive("classes-25.0.3+9.aot", home);
        Files.writeString(archive.resolveSibling(archive.getFileName() + ".txt"), "java x\nhome " + home + "\nlib/a6runner-launcher.jar 0 0\n");
        assertThat(run(of("JAVA_HOME", javaOfBuild("new", "25.0.3", "25.0.3+9"))).output()).startsWith("java: new\n").doesNotContain("AOTCache");
    }

    @Test
    void takesAnArchiveFromTheDataFolderThatTheEnvironmentNames() throws Exception {
        Path home = folder.toRealPath().resolve("a6 runner");
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("classes-17.jsa"), "abcd");
        Files.writeString(data.resolve("classes-17.jsa.txt"), "java x\nhome " + home + "\nsize 4\n");
        Map<String, String> environment = of("JAVA_HOME", javaOfBuild("old", "17", "17"));
        assertThat(run(environment).output()).doesNotContain("Archive");
        assertThat(run(with(environment, "A6RUNNER_DATA_DIR", data)).output()).contains("\n-XX:SharedArchiveFile=" + data + "/classes-17.jsa\n");
    }

    @Test
    void leavesTheChoiceToTheUsersOwnOptions() throws Exception {
        archive("classes-17.jsa", folder.toRealPath().resolve("a6 runner"));
        Map<String, String> environment = with(of("JAVA_HOME", javaOfBuild("old", "17", "17")), "A6RUNNER_JAVA_OPTS", "-Xshare:off");
        assertThat(run(environment).output()).doesNotContain("SharedArchiveFile").contains("-Da6runner.archive=none\n");
    }

    /* ---- Managed ---- */

    @Test
    void isManagedWhereApisixStartsIt() throws Exception {
        Map<String, String> java = of("JAVA_HOME", java("home", "17"));
        Map<String, String> apisix = with(APISIX, "JAVA_HOME", java.get("JAVA_HOME"));
        assertThat(run(java).output()).doesNotContain("a6runner.parent.pid");
        assertThat(run(apisix).output()).contains("-Da6runner.parent.pid=").contains("-Da6runner.stdin.pipe=true\n");
        assertThat(run(apisix, "run", "--managed=no").output()).doesNotContain("a6runner.parent.pid");
        assertThat(run(apisix, "run", "--managed", "no").output()).doesNotContain("a6runner.parent.pid");
        assertThat(run(java, "run", "--managed=yes").output()).contains("-Da6runner.parent.pid=");
        assertThat(run(java, "run", "--managed", "yes").output()).contains("-Da6runner.parent.pid=");
    }

    @Test
    void handsStdinOnToTheChildAndItsExitCodeBack() throws Exception {
        Process process = start(script, with(APISIX, "JAVA_HOME", java("home", "17", "while read -r line; do echo \"got $line\"; done; exit 7")));
        process.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        assertThat(ended(process)).isEqualTo(new Ended(7, "got hello\n"));
    }

    @Test
    void passesSigtermOnAndWaitsForTheChildToEnd() throws Exception {
        Path home = java("home", "17", "trap 'echo told; sleep 0.3; echo done; exit 143' TERM; echo ready; while :; do sleep 0.05; done");
        Process process = start(script, with(with(APISIX, "JAVA_HOME", home), "PATH", System.getenv("PATH")));
        byte[] ready = process.getInputStream().readNBytes("ready\n".length());
        assertThat(new String(ready, StandardCharsets.UTF_8)).isEqualTo("ready\n");
        process.toHandle().destroy(); // Process.destroy would close its output, too
        assertThat(ended(process)).isEqualTo(new Ended(143, "told\ndone\n"));
    }

    /** The script reads Java's version from a FIFO, so that the moment is known from which on it needs a millisecond or two to its child. */
    @Test
    void passesSigtermOnInWhateverMomentOfTheStartItComes() throws Exception {
        Path home = java("home", "17", "exec cat");
        Path release = home.resolve("release");
        assertThat(new ProcessBuilder("mkfifo", release.toString()).start().waitFor()).isZero();
        Map<String, String> environment = with(with(APISIX, "JAVA_HOME", home), "PATH", System.getenv("PATH"));
        for (int i = 0; i < 300; i++) {
            Process process = start(script, environment);
            Files.writeString(release, "JAVA_VERSION=\"17\"\n");
            long moment = System.nanoTime() + i * 20_000L;
            while (System.nanoTime() < moment) {
                Thread.onSpinWait();
            }
            process.toHandle().destroy();
            boolean ended = process.waitFor(20, TimeUnit.SECONDS);
            process.getOutputStream().close(); // which ends cat, too
            assertThat(ended).as("a signal %d us after the fork's beginning", i * 20).isTrue();
            assertThat(process.waitFor()).isEqualTo(143);
        }
    }
}
