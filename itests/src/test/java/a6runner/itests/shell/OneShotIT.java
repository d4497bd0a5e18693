// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.shell;

import a6runner.itests.Distribution;
import a6runner.itests.Distribution.Result;
import a6runner.itests.RunnerProcess;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static a6runner.itests.shell.Shells.said;
import static a6runner.itests.shell.Shells.shell;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code a6runner shell COMMAND}: output and exit codes, and the commands that users of Felix know. */
final class OneShotIT {

    private static RunnerProcess runner;

    @BeforeAll
    static void start() {
        runner = Distribution.packed().runner().deploying("noop", "add-header").start();
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    @Test
    void listsBundlesAsFelixDoes() {
        assertThat(said(runner, "lb", "-s")).contains("ID|State", "a6runner.plugin.noop", "org.apache.felix.scr");
    }

    @Test
    void showsHeadersOfABundleByItsNumber() {
        assertThat(said(runner, "headers", "0")).contains("Bundle-SymbolicName = org.apache.felix.framework");
    }

    @Test
    void inspectsWhatABundleProvides() {
        assertThat(said(runner, "inspect", "cap", "service", "0")).contains("org.osgi.service.resolver.Resolver");
    }

    @Test
    void listsComponents() {
        assertThat(said(runner, "scr:list")).contains("a6runner.protocol.socket.UnixSocketServer");
        assertThat(said(runner, "scr:info", "a6runner.runner.RunnerCallService")).contains("a6runner.spi.CallService");
    }

    @Test
    void pipesOneCommandIntoAnother() {
        assertThat(said(runner, "lb -s | grep plugin.noop").lines()).hasSize(1);
    }

    @Test
    void hasTheDeployersCommandsBesideItsOwn() {
        assertThat(said(runner, "help")).contains("deploys", "log", "lists the commands", "felix:");
        assertThat(said(runner, "deploys")).contains("a6runner.plugin.noop").contains("ACTIVE");
        assertThat(said(runner, "why", "noop")).contains("state: ACTIVE");
    }

    @Test
    void saysHowACommandIsCalled() {
        assertThat(said(runner, "help", "log")).contains("log [--json] [LEVEL", "--json  as JSON");
    }

    @Test
    void changesALevelAndShowsIt() {
        assertThat(said(runner, "log", "debug", "com.example")).contains("com.example logs from debug on");
        assertThat(Shells.json(runner, "log").toString()).contains("{\"logger\":\"com.example\",\"level\":\"debug\"}");
        said(runner, "log", "default", "com.example");
        assertThat(said(runner, "log")).doesNotContain("com.example").containsPattern("ROOT +info").contains("logged to: stdout");
        Result wrong = shell(runner, "log", "loud");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("expected: error, warn");
    }

    @Test
    void tellsACommandThatIsNotThereFromOneThatFails() {
        Result unknown = shell(runner, "plugns");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.errLines()).containsExactly("no such command: plugns; help lists them");
        assertThat(unknown.out()).isEmpty();
        Result failing = shell(runner, "throw no");
        assertThat(failing.exitCode()).isEqualTo(1);
        assertThat(failing.err()).contains("no");
    }

    @Test
    void hasAnExitCodeOfItsOwnWhereThereIsNoRunner() {
        Result result = Distribution.packed().run("shell", "--data", "/tmp/nobody-is-here", "lb");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("no runner's shell is open in /tmp/nobody-is-here");
    }

    @Test
    void isTheRunnersUsersAlone() throws IOException {
        Path socket = runner.awaitShell();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "tty", "tty xterm many 24", "exec", "in 3"})
    void tellsAClientThatDoesntKnowTheProtocolWhatIsExpected(String line) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(runner.awaitShell()))) {
            channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("err ").contains("expected: exec COMMAND, health, or tty TYPE COLUMNS LINES").endsWith("exit 2\n");
        }
    }

    @Test
    void canBeSpokenToByHand() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(runner.awaitShell()))) {
            channel.write(ByteBuffer.wrap("exec echo hello\n".getBytes(StandardCharsets.UTF_8)));
            assertThat(new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("out 6\nhello\nexit 0\n");
        }
    }
}
