// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may call a runner that root has started, by settings and umask: processes of other users try, in earnest. Needs root, and {@code setpriv} and {@code perl},
 * which every Debian has; without them it is skipped.
 */
final class SocketAccessIT {

    /** Connects, sends a frame of no known type, and looks whether it is answered. Exit code 0: it is; 1: no connection; 2: closed without an answer. */
    private static final String CLIENT = "use Socket; alarm 20; $SIG{PIPE} = q(IGNORE); socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un($ARGV[0])) or exit 1;"
            + " syswrite(S, qq(\\x09\\0\\0\\0)); exit(sysread(S, $_, 1) ? 0 : 2)";

    private static final int NOBODY = 65534;
    private static final int STRANGER = 54321;
    private static final int GROUP = 43210; // needs no name

    private Path folder;

    @BeforeEach
    void needRoot() throws IOException {
        Assumptions.assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "needs root");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")) && Files.isExecutable(Path.of("/usr/bin/perl")), "needs setpriv and perl");
        folder = Folder.createShort();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void remove() {
        if (folder != null) {
            Folder.delete(folder);
        }
    }

    private RunnerProcess start(String umask, String settings) {
        RunnerProcess.Starter starter = Distribution.packed().runner().deploying("noop").at(folder.resolve("s")).umask(umask);
        Arrays.stream(settings.split(" ")).filter(setting -> !setting.isEmpty()).forEach(setting -> starter.options("--set", setting));
        return starter.start();
    }

    /** Whether a process of this user and group is answered. */
    private boolean may(int user, int group) throws Exception {
        Process client = new ProcessBuilder("/usr/bin/setpriv", "--reuid", Integer.toString(user), "--regid", Integer.toString(group), "--clear-groups",
                "/usr/bin/perl", "-e", CLIENT, folder.resolve("s").toString()).inheritIO().start();
        assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isBetween(0, 2);
        return client.exitValue() == 0;
    }

    /** Of five, the names of those who are answered. */
    private String allowed() throws Exception {
        List<String> names = new ArrayList<>();
        if (may(0, 0)) {
            names.add("root");
        }
        if (may(NOBODY, NOBODY)) {
            names.add("nobody");
        }
        if (may(STRANGER, 0)) {
            names.add("in-roots-group");
        }
        if (may(STRANGER, GROUP)) {
            names.add("in-group");
        }
        if (may(STRANGER, STRANGER)) {
            names.add("stranger");
        }
        return String.join(" ", names);
    }

    @ParameterizedTest
    @CsvSource({
        "'', root in-roots-group",
        "socket.mode=0600, root",
        "socket.mode=0666, root nobody in-roots-group in-group stranger",
        "socket.mode=0606, root nobody in-group stranger",
        "socket.owner=nobody, root nobody in-roots-group",
        "socket.owner=nobody socket.mode=0600, root nobody",
        "socket.owner=65534 socket.group=43210, root nobody in-group",
        "socket.group=43210, root in-group",
        "socket.mode=0666 socket.users=nobody, nobody",
        "'socket.mode=0666 socket.users=nobody,0', root nobody",
    })
    void whoIsAnsweredWhateverTheUmask(String settings, String expected) throws Exception {
        for (String umask : List.of("000", "077")) {
            try (RunnerProcess runner = start(umask, settings)) {
                assertThat(allowed()).as("umask %s; %s", umask, runner.log()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aFolderKeepsOutWhomTheSocketWouldLetIn() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        try (RunnerProcess runner = start("022", "socket.mode=0666")) {
            assertThat(allowed()).as(runner.log()).isEqualTo("root");
        }
    }

    @Test
    void refusedUsersAreNamedOnce() throws Exception {
        try (RunnerProcess runner = start("022", "socket.mode=0666 socket.users=nobody")) {
            assertThat(may(STRANGER, STRANGER)).isFalse();
            assertThat(may(STRANGER, STRANGER)).isFalse();
            assertThat(may(NOBODY, NOBODY)).isTrue();
            assertThat(runner.log().lines().filter(line -> line.contains("connections of user " + STRANGER + " (id " + STRANGER + ") are refused"))).hasSize(1);
        }
    }

    @Test
    void theStartLineNamesTheSettingThatLetsWorkersOfAnotherUserIn() {
        String said = "; only root may call it: unless nginx_config.user is root, let APISIX's workers in with socket.owner=nobody";
        try (RunnerProcess runner = Distribution.packed().runner().managed().start()) {
            assertThat(runner.log().lines().filter(line -> line.contains(" listening on "))).singleElement().asString().endsWith(said);
        }
        try (RunnerProcess runner = Distribution.packed().runner().managed().options("--set", "socket.owner=nobody").start()) {
            assertThat(runner.log()).contains(" listening on ").doesNotContain(said);
        }
    }

    @Test
    void aUserThatIsNotThereEndsTheStart() {
        Distribution.Result ended = Distribution.packed().run("run", "--address", "unix:" + folder.resolve("s"), "--set", "socket.owner=nobodyatall");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.err()).isEqualTo("a6runner: socket.owner: there is no user \"nobodyatall\"; name one that is there, or its id" + System.lineSeparator());
        assertThat(ended.out()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }
}
