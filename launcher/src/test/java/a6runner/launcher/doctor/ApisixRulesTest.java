// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.launcher.doctor.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What is found in APISIX's configuration, each file as people write it. */
class ApisixRulesTest {

    private static final Path SOCKET = Path.of("/run/a6runner/a6.sock");

    @TempDir
    private Path folder;
    private Path script;
    private Path config;

    @BeforeEach
    void makeScript() throws IOException {
        script = Files.createFile(folder.resolve("a6runner"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        config = folder.resolve("config.yaml");
    }

    private List<Finding> look(ApisixRule rule, String... lines) throws IOException {
        Files.writeString(config, String.join("\n", lines).replace("SCRIPT", script.toString()));
        return new ApisixCheck(config, List.of(rule)).look();
    }

    private static void assertOnly(List<Finding> findings, Severity severity, String... parts) {
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).severity()).as("%s", findings).isEqualTo(severity);
        assertThat(findings.get(0).what() + " -> " + findings.get(0).mend()).contains(parts);
    }

    private RunnerSectionRule section() {
        return new RunnerSectionRule(script, SOCKET);
    }

    /* ---- The file ---- */

    @Test
    void saysWhereItIsNoYaml() throws IOException {
        assertOnly(look(section(), "ext-plugin:", "  cmd: [", "plugins: x"), Severity.FAULT, config + ":3", "is no YAML");
        assertOnly(look(section(), "just a text"), Severity.FAULT, "holds \"just a text\" and no keys");
    }

    @Test
    void saysThatThereIsNoFile() {
        assertOnly(new ApisixCheck(folder.resolve("none.yaml"), List.of(section())).look(), Severity.FAULT, "there is no such file");
    }

    @Test
    void readsWhatApisixPutsIntoItsTemplates() throws IOException {
        assertOnly(look(section(), "deployment:", "  etcd:", "    host: [\"${{ETCD_HOST:=http://127.0.0.1:2379}}\"]", "    prefix: ${{PREFIX}}", "ext-plugin:",
                "  path_for_test: " + SOCKET, "#END"), Severity.OK, "APISIX connects to the runner's address");
    }

    /* ---- ext-plugin ---- */

    @Test
    void saysThatNoRunnerIsNamed() throws IOException {
        assertOnly(look(section(), ""), Severity.FAULT, "neither ext-plugin.cmd nor ext-plugin.path_for_test is set", "cmd: [\"" + script + "\", \"run\"]");
    }

    @Test
    void findsTheSectionWhereApisixDoesNotLook() throws IOException {
        assertOnly(look(section(), "apisix:", "  ext-plugin:", "    cmd: [SCRIPT, run]"), Severity.FAULT, "there is apisix.ext-plugin, where APISIX doesn't look");
        assertOnly(look(section(), "ext_plugin:", "  cmd: [SCRIPT, run]"), Severity.FAULT, "there is ext_plugin, where");
    }

    @Test
    void looksAtTheCommand() throws IOException {
        assertOnly(look(section(), "ext-plugin:", "  cmd: [SCRIPT, run]"), Severity.OK, "APISIX starts the runner itself: " + script + " run");
        assertOnly(look(section(), "ext-plugin:", "  cmd: SCRIPT run"), Severity.FAULT, "no list of words");
        assertOnly(look(section(), "ext-plugin:", "  cmd: [/no/such/a6runner, run]"), Severity.FAULT, "/no/such/a6runner isn't there", "503");
        assertOnly(look(section(), "ext-plugin:", "  cmd: [a6runner, run]"), Severity.WARNING, "looked for in APISIX's PATH");
        assertOnly(look(section(), "ext-plugin:", "  cmd: [SCRIPT, run, --address, 'unix:/tmp/x']"), Severity.WARNING, "leave --address out of cmd");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
        assertOnly(look(section(), "ext-plugin:", "  cmd: [SCRIPT, run]"), Severity.FAULT, "can't be executed");
    }

    @Test
    void comparesTheAddressWithTheRunners() throws IOException {
        assertOnly(look(section(), "ext-plugin:", "  path_for_test: /tmp/runner.sock"), Severity.FAULT, "APISIX connects to /tmp/runner.sock", "listens at " + SOCKET,
                "--address unix:/tmp/runner.sock");
        assertOnly(look(section(), "ext-plugin:", "  path_for_test: unix:" + SOCKET), Severity.FAULT, "APISIX puts unix: in front", "path_for_test: " + SOCKET);
        assertOnly(look(section(), "ext-plugin:", "  path_for_test: a6.sock"), Severity.WARNING, "relative");
        assertOnly(look(new RunnerSectionRule(script, null), "ext-plugin:", "  path_for_test: /tmp/runner.sock"), Severity.OK, "--address unix:/tmp/runner.sock");
    }

    @Test
    void saysWhatBothTogetherMean() throws IOException {
        assertThat(look(section(), "ext-plugin:", "  cmd: [SCRIPT, run]", "  path_for_test: /tmp/runner.sock")).extracting(Finding::severity)
                .containsExactly(Severity.OK, Severity.NOTE);
    }

    /* ---- plugins ---- */

    @Test
    void knowsTheTrapOfTheResponsePhaseAlone() throws IOException {
        assertOnly(look(new PluginListRule(), "plugins:", "  - limit-count", "  - ext-plugin-post-resp"), Severity.FAULT, "dictionary not found", "ext-plugin-pre-req");
    }

    @Test
    void looksAtThePluginsThatAreEnabled() throws IOException {
        assertOnly(look(new PluginListRule(), "apisix: {}"), Severity.OK, "by default");
        assertOnly(look(new PluginListRule(), "plugins: [limit-count]"), Severity.FAULT, "no ext-plugin");
        assertOnly(look(new PluginListRule(), "plugins: [ext-plugin-post-resp, ext-plugin-pre-req]"), Severity.OK, "ext-plugin-pre-req, ext-plugin-post-resp");
    }

    /* ---- nginx_config ---- */

    @Test
    void namesVariablesThatTheRunnerDoesNotGet() throws IOException {
        VariablesRule rule = new VariablesRule(Map.of("A6RUNNER_JAVA_HOME", "/j", "A6RUNNER_LOOPS", "1", "PATH", "/bin"));
        assertOnly(look(rule, "ext-plugin: {cmd: [SCRIPT]}", "nginx_config:", "  envs: [A6RUNNER_LOOPS=2]"), Severity.WARNING, "A6RUNNER_JAVA_HOME is set here",
                "envs: [A6RUNNER_JAVA_HOME]");
        assertThat(look(rule, "ext-plugin: {path_for_test: /x}")).isEmpty();
        assertThat(look(rule, "ext-plugin: {cmd: [SCRIPT]}", "nginx_config: {envs: [A6RUNNER_LOOPS, A6RUNNER_JAVA_HOME]}")).isEmpty();
    }

    @Test
    void looksWhetherWorkersMayConnect() throws IOException {
        WorkersRule rule = new WorkersRule("0660", "", "runner");
        assertOnly(look(rule, "ext-plugin: {cmd: [SCRIPT]}"), Severity.WARNING, "workers run as nobody", "socket.mode 0660", "socket.mode = 0666");
        assertOnly(look(rule, "ext-plugin: {cmd: [SCRIPT, run, --set, socket.mode=0666]}"), Severity.OK, "workers of any user");
        assertOnly(look(rule, "ext-plugin: {cmd: [SCRIPT, run]}", "nginx_config: {user: root}"), Severity.OK, "as the runner does");
        assertOnly(look(rule, "ext-plugin: {path_for_test: /x}", "nginx_config: {user: runner}"), Severity.OK, "as the runner does");
        assertOnly(look(rule, "ext-plugin: {path_for_test: /x}", "nginx_config: {user: www}"), Severity.WARNING, "workers run as www");
        assertOnly(look(rule, "ext-plugin: {cmd: [SCRIPT, run, --set, socket.owner=nobody]}"), Severity.OK, "workers run as nobody", "the socket is theirs");
        assertOnly(look(rule, "ext-plugin: {cmd: [SCRIPT, run, --set, socket.owner=nobody]}", "nginx_config: {user: www}"), Severity.WARNING, "workers run as www");
        assertOnly(look(new WorkersRule("0660", "www", "root"), "ext-plugin: {path_for_test: /x}", "nginx_config: {user: www}"), Severity.OK, "the socket is theirs");
        assertOnly(look(new WorkersRule("0660", "", "root"), "ext-plugin: {path_for_test: /x}"), Severity.WARNING, "socket.owner = nobody");
        assertOnly(look(new WorkersRule("0660", "", "nobody"), "ext-plugin: {path_for_test: /x}"), Severity.OK, "as the runner does");
        assertOnly(look(new WorkersRule("0666", "", "runner"), "ext-plugin: {path_for_test: /x}"), Severity.OK, "any user");
    }

    @Test
    void looksWhetherTheRunnerLetsWorkersIn() throws IOException {
        PeersRule rule = new PeersRule("root, daemon");
        assertThat(look(new PeersRule(""), "ext-plugin: {path_for_test: /x}")).isEmpty();
        assertOnly(look(rule, "ext-plugin: {path_for_test: /x}"), Severity.WARNING, "workers run as nobody where", "socket.users (root, daemon) doesn't name them",
                "socket.users = root, daemon,nobody");
        assertOnly(look(rule, "ext-plugin: {path_for_test: /x}", "nginx_config: {user: www}"), Severity.FAULT, "workers run as www (nginx_config.user)");
        assertOnly(look(rule, "ext-plugin: {path_for_test: /x}", "nginx_config: {user: daemon}"), Severity.OK, "socket.users lets them in");
        assertOnly(look(new PeersRule("0"), "ext-plugin: {path_for_test: /x}", "nginx_config: {user: root}"), Severity.OK, "socket.users lets them in");
        assertOnly(look(new PeersRule(""), "ext-plugin: {cmd: [SCRIPT, run, --set, 'socket.users=root']}"), Severity.WARNING, "socket.users (root)");
        assertOnly(look(rule, "ext-plugin: {cmd: [SCRIPT, run, --set, 'socket.users=root,nobody']}"), Severity.OK, "socket.users lets them in");
    }

    @Test
    void looksWhetherWorkersCanGetToTheSocket() throws IOException {
        Path closed = Files.createDirectory(folder.toRealPath().resolve("closed"));
        Path socket = Files.createDirectory(closed.resolve("below")).resolve("s");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
        WayRule rule = new WayRule(socket);
        assertThat(look(rule, "nginx_config: {user: nosuch}")).isEmpty();
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        assertOnly(look(rule, "nginx_config: {user: nosuch}"), Severity.FAULT, "workers run as nosuch", "can't enter " + closed + " (", "rwx------", "chmod o+x " + closed);
        assertOnly(look(rule, ""), Severity.WARNING, "workers run as nobody where", "can't enter " + closed);
        assertThat(look(rule, "nginx_config: {user: " + Files.getOwner(closed).getName() + "}")).isEmpty();
        assertThat(look(rule, "nginx_config: {user: root}")).isEmpty();
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-x---"));
        assertOnly(look(rule, "nginx_config: {user: nosuch}"), Severity.WARNING, "only if they are in its group", "usermod -aG ");
        assertThat(look(new WayRule(null), "nginx_config: {user: nosuch}")).isEmpty();
    }
}
