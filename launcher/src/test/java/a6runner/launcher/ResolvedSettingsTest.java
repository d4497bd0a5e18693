// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ResolvedSettingsTest {

    @TempDir
    private Path home;
    private Path file;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void makeDistribution() throws IOException {
        Files.createDirectory(home.resolve("conf"));
        file = home.resolve("conf/a6runner.properties");
    }

    private ResolvedSettings resolve(String... words) {
        return ResolvedSettings.resolve(CommandLine.parse(words), environment, new Distribution(home), Path.of("/cwd"));
    }

    private void file(String text) throws IOException {
        Files.writeString(file, text);
    }

    /* ---- Who wins ---- */

    @Test
    void hasDefaultsWhereNothingIsSet() {
        ResolvedSettings settings = resolve();
        assertThat(settings.text(Setting.CALL_TIMEOUT)).isEqualTo("30s");
        assertThat(settings.millis(Setting.CALL_TIMEOUT)).isEqualTo(30_000);
        assertThat(settings.where(Setting.CALL_TIMEOUT)).isEmpty();
    }

    @Test
    void theFileWinsOverTheDefault() throws IOException {
        file("# a comment\n\n call.timeout = 5s \n");
        assertThat(resolve().text(Setting.CALL_TIMEOUT)).isEqualTo("5s");
        assertThat(resolve().where(Setting.CALL_TIMEOUT)).contains(file + ":3");
    }

    @Test
    void apisixWinsOverTheFile() throws IOException {
        file("listen.address = unix:/file\nconf.expire.time = 1h\n");
        environment.put("APISIX_LISTEN_ADDRESS", "unix:/apisix");
        environment.put("APISIX_CONF_EXPIRE_TIME", "7200");
        assertThat(resolve().text(Setting.LISTEN_ADDRESS)).isEqualTo("unix:/apisix");
        assertThat(resolve().millis(Setting.CONF_EXPIRE_TIME)).isEqualTo(7_200_000);
    }

    @Test
    void ourOwnVariablesWinOverApisix() {
        environment.put("APISIX_LISTEN_ADDRESS", "unix:/apisix");
        environment.put("APISIX_CONF_EXPIRE_TIME", "7200");
        environment.put("A6RUNNER_LISTEN_ADDRESS", "unix:/own");
        environment.put("A6RUNNER_CONF_EXPIRE_TIME", "10m");
        assertThat(resolve().text(Setting.LISTEN_ADDRESS)).isEqualTo("unix:/own");
        assertThat(resolve().text(Setting.CONF_EXPIRE_TIME)).isEqualTo("10m");
        assertThat(resolve().where(Setting.CONF_EXPIRE_TIME)).contains("A6RUNNER_CONF_EXPIRE_TIME");
    }

    @Test
    void theCommandLineWinsOverAll() throws IOException {
        file("listen.address = unix:/file\n");
        environment.put("APISIX_LISTEN_ADDRESS", "unix:/apisix");
        environment.put("A6RUNNER_LISTEN_ADDRESS", "unix:/own");
        assertThat(resolve("--set", "listen.address=unix:/set").text(Setting.LISTEN_ADDRESS)).isEqualTo("unix:/set");
        assertThat(resolve("--address", "unix:/said").text(Setting.LISTEN_ADDRESS)).isEqualTo("unix:/said");
    }

    @Test
    void theLastOfTheSameKeyWinsOnTheCommandLine() {
        assertThat(resolve("--set", "loops=1", "--set", "loops=2").text(Setting.LOOPS)).isEqualTo("2");
    }

    @Test
    void anotherFileTakesThePlaceOfTheDistributions(@TempDir Path elsewhere) throws IOException {
        file("loops = 1\n");
        Path other = Files.writeString(elsewhere.resolve("other"), "listen.backlog = 1\n");
        ResolvedSettings settings = resolve("--config", other.toString());
        assertThat(settings.text(Setting.LOOPS)).isEqualTo("0");
        assertThat(settings.text(Setting.BACKLOG)).isEqualTo("1");
    }

    @Test
    void aDeployFolderOnTheCommandLineIsTakenFromWhereTheUserStands() {
        assertThat(resolve("--deploy", "plugins").text(Setting.DEPLOY_DIR)).isEqualTo("/cwd/plugins");
        assertThat(resolve("--deploy", "/plugins").text(Setting.DEPLOY_DIR)).isEqualTo("/plugins");
    }

    /* ---- What counts as set ---- */

    @Test
    void variablesSetToNothingAreNotSet() {
        environment.put("APISIX_LISTEN_ADDRESS", "");
        environment.put("APISIX_CONF_EXPIRE_TIME", "");
        environment.put("A6RUNNER_CALL_TIMEOUT", "");
        assertThat(resolve().where(Setting.LISTEN_ADDRESS)).isEmpty();
        assertThat(resolve().where(Setting.CALL_TIMEOUT)).isEmpty();
    }

    @Test
    void aTextSetToNothingIsSetBackToItsDefault() {
        environment.put("A6RUNNER_DATA_DIR", "/x");
        assertThat(resolve("--set", "data.dir=").where(Setting.DATA_DIR)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"A6RUNNER_JAVA_HOME", "A6RUNNER_JAVA_OPTS", "A6RUNNER_SERVICE_HOST", "A6RUNNER_PORT", "A6RUNNER_PORT_80_TCP_ADDR",
        "A6RUNNER_METRICS_SERVICE_PORT_HTTP"})
    void leavesVariablesOfTheScriptAndOfKubernetesAlone(String variable) {
        environment.put(variable, "x");
        resolve();
    }

    @Test
    void handsAllSettingsToBundlesAsProperties() throws IOException {
        file("plugin.add-header.timeout = 1s\nloops = 3\n");
        assertThat(resolve().frameworkProperties())
                .containsEntry("a6runner.plugin.add-header.timeout", "1s")
                .containsEntry("a6runner.loops", "3")
                .containsEntry("a6runner.call.timeout", "30s")
                .hasSize(Setting.values().length + 1);
    }

    /* ---- What is refused ---- */

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "call.timout = 5s|no such setting: call.timout (did you mean call.timeout?)",
        "elephants = 5|no such setting: elephants (conf/a6runner.properties lists them)",
        "plugin.add-header.timout = 5s|no such setting: plugin.add-header.timout (did you mean plugin.add-header.timeout?)",
        "call.timeout = 30 seconds|call.timeout: \"30 seconds\" (expected: a duration such as 500ms, 30s, 2m or 1h, up to 8760h)",
        "call.timeout =|call.timeout: \"\" (expected: a duration such as 500ms, 30s, 2m or 1h, up to 8760h)",
        "loops = -1|loops: \"-1\" (expected: a whole number from 0 to 256)",
        "plugin.missing = allow|plugin.missing: \"allow\" (expected: deny or skip)",
        "plugin.x.execution = here|plugin.x.execution: \"here\" (expected: event-loop, worker or auto)",
        "socket.mode = rw|socket.mode: \"rw\" (expected: three or four octal digits such as 0660, with 6 or 7 for the owner)",
        "call.timeout 5s|\"call.timeout 5s\" (expected: key = value)",
        "= 5s|\"= 5s\" (expected: key = value)",
    })
    void refusesAWrongLineOfTheFile(String line, String message) throws IOException {
        file("listen.backlog = 1\n\n" + line + "\n");
        refuses(file + ":3: " + message);
    }

    @Test
    void refusesAWrongLineAlsoWhereAnotherPlaceWins() throws IOException {
        file("call.timeout = soon\n");
        refuses(file + ":1: call.timeout: \"soon\" (expected: a duration such as 500ms, 30s, 2m or 1h, up to 8760h)", "--set", "call.timeout=5s");
    }

    @Test
    void refusesAKeyThatStandsTwice() throws IOException {
        file("loops = 1\nloops = 2\n");
        refuses(file + ":2: loops is set already in line 1");
    }

    @Test
    void refusesWrongAssignmentsOnTheCommandLine() {
        refuses("--set: no such setting: lops (did you mean loops?)", "--set", "lops=1");
        refuses("--set: loops: \"many\" (expected: a whole number from 0 to 256)", "--set", "loops=many");
    }

    @Test
    void refusesWrongVariables() {
        environment.put("A6RUNNER_CALL_TIMOUT", "5s");
        refuses("environment variable A6RUNNER_CALL_TIMOUT: no such setting (did you mean A6RUNNER_CALL_TIMEOUT?)");
        environment.clear();
        environment.put("A6RUNNER_CALL_TIMEOUT", "5");
        refuses("A6RUNNER_CALL_TIMEOUT: call.timeout: \"5\" (expected: a duration such as 500ms, 30s, 2m or 1h, up to 8760h)");
        environment.clear();
        environment.put("A6RUNNER_PLUGIN_REWRITE_REQUEST_WORKERS", "5");
        refuses("environment variable A6RUNNER_PLUGIN_REWRITE_REQUEST_WORKERS: no such setting; a setting of one plugin goes into the file or after --set");
        environment.clear();
        environment.put("APISIX_CONF_EXPIRE_TIME", "1h");
        refuses("APISIX_CONF_EXPIRE_TIME: \"1h\" (expected: a number of seconds such as 3600)");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        refuses("no such settings file: /cwd/none", "--config", "none");
    }

    @Test
    void refusesAFileThatIsNoText() throws IOException {
        Files.write(file, new byte[] {(byte) 0xc3, 0x28, '\n'});
        refuses("the settings file " + file + " isn't UTF-8");
    }

    private void refuses(String message, String... words) {
        assertThatThrownBy(() -> resolve(words)).isInstanceOf(Refusal.class).hasMessage(message)
                .extracting(thrown -> ((Refusal) thrown).exitCode()).isEqualTo(2);
    }
}
