// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code a6runner doctor} of the packed distribution, on a runner that runs and on what people get wrong. */
final class DoctorIT {

    private final Path folder = Folder.createShort();

    @AfterEach
    void removeFolder() {
        Folder.delete(folder);
    }

    private static Result doctor(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "doctor";
        System.arraycopy(words, 0, all, 1, words.length);
        return Distribution.packed().run(all);
    }

    @Test
    void findsNothingWrongWithARunnerThatServesAndDoesNotDisturbIt() throws Exception {
        Path config = Files.writeString(folder.resolve("config.yaml"), "ext-plugin:\n  path_for_test: " + folder.resolve("s") + "\nnginx_config:\n  user: "
                + System.getProperty("user.name") + "\n");
        try (RunnerProcess runner = Distribution.packed().runner().at(folder.resolve("s")).deploying("noop").start()) {
            runner.awaitLog("noop", "active");
            int lines = runner.lines().size();
            Result result = doctor("--address", "unix:" + runner.socket(), "--deploy", runner.deploy().toString(), "--apisix", config.toString());
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).contains("a plugin runner answers at " + runner.socket() + " (pid " + runner.process().pid(), "a6runner-launcher.jar run",
                    "ACTIVE", "plugins: noop", "APISIX connects to the runner's address").endsWith("nothing is wrong\n");
            assertThat(result.exitCode()).isZero();
            assertThat(runner.lines()).as("the runner has nothing to say to that").hasSize(lines);
        }
    }

    @Test
    void saysWhatKeepsApisixsWorkersOut() throws Exception {
        Path config = Files.writeString(folder.resolve("config.yaml"), "ext-plugin:\n  path_for_test: " + folder.resolve("closed/s") + "\nnginx_config:\n  user: nobody\n");
        Path closed = Files.createDirectory(folder.resolve("closed"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Result result = doctor("--address", "unix:" + closed.resolve("s"), "--set", "socket.users=root", "--apisix", config.toString());
        assertThat(result.out()).contains("workers run as nobody (nginx_config.user), and socket.users (root) doesn't name them", "-> socket.users = root,nobody",
                "workers run as nobody (nginx_config.user), and can't enter " + closed.toRealPath(), "-> chmod o+x " + closed.toRealPath());
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void saysAllThatIsWrongAtOnce() throws Exception {
        Path settings = Files.writeString(folder.resolve("wrong.properties"), "call.timout = 3s\nloops = many\nlog.file = /no/such/folder/x.log\n");
        Path config = Files.writeString(folder.resolve("config.yaml"), "ext-plugin:\n  path_for_test: unix:/x\nplugins: [ext-plugin-post-resp]\n");
        Result result = doctor("--config", settings.toString(), "--address", "unix:" + folder.resolve("no/such/s"), "--deploy", folder.resolve("none").toString(),
                "--apisix=" + config, "--json");
        assertThat(result.exitCode()).isEqualTo(1);
        JsonNode report = new ObjectMapper().readTree(result.out());
        List<String> faults = report.get("findings").findParents("severity").stream().filter(finding -> finding.get("severity").asText().equals("fault"))
                .map(finding -> finding.get("what").asText()).toList();
        assertThat(faults).hasSize(report.get("faults").asInt());
        assertThat(String.join("\n", faults)).contains(settings + ":1: no such setting: call.timout (did you mean call.timeout?)", settings + ":2: loops: \"many\"",
                "the socket's folder doesn't exist", "the deploy folder doesn't exist", "the log file's folder doesn't exist", "APISIX puts unix: in front", "dictionary not found");
        assertThat(report.get("findings").findValuesAsText("mend")).allMatch(mend -> mend.length() < 300);
    }

    @Test
    void refusesOptionsItDoesNotHave() {
        Result result = doctor("--apisx", "x");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("no such option of doctor: --apisx (did you mean --apisix?)");
    }
}
