// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.upgrades;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Routes that name {@code name@version}: two versions at once under load, through upgrades, a restart, and pins that nothing satisfies. */
final class PinsIT {

    private static final int CONNECTIONS = 4;
    private static final int MEANWHILE = 50;
    private static final String NAME = "test.versioned";
    private static final String JAR = NAME + ".jar";
    private static final String PINNED = Versioned.NAME + "@1.0.0";

    private static TestBundle bundle(int build) {
        return TestBundle.of(NAME, "1.0." + build, Versioned.class).resource(Versioned.BUILD_FILE, Integer.toString(build));
    }

    private static Reply call(A6Client apisix, String key, String name) throws IOException {
        long token = apisix.prepare(key, Entry.list(name, Versioned.PLAIN));
        return apisix.call(new HttpReqCall.Req(1, new byte[] {127, 0, 0, 1}, 0, Text.of("/"), List.of(), List.of(), token), ExtraInfoAnswers.none()).reply();
    }

    private static void assertBuild(Reply reply, int build) {
        assertThat(reply).isInstanceOf(Reply.Rewrite.class);
        assertThat(((Reply.Rewrite) reply).action().headers()).singleElement().hasToString(Entry.list(Versioned.HEADER, build + "," + build).get(0).toString());
    }

    @Test
    void twoRoutesRunTwoVersionsThroughUpgradesOfOne() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying(bundle(0)).start();
                Callers newest = new Callers(runner, CONNECTIONS);
                Callers pinned = new Callers(runner, CONNECTIONS, "route#2#ext-plugin-pre-req#1", PINNED)) {
            pinned.awaitAnswered(MEANWHILE);
            for (int build = 1; build <= 4; build++) {
                Files.write(runner.deploy().resolve(JAR), bundle(build).bytes());
                newest.awaitBuild(build);
                pinned.awaitAnswered(MEANWHILE);
            }
            newest.end();
            pinned.end();
            for (Callers callers : List.of(newest, pinned)) {
                assertThat(callers.failed()).as("failed calls").isEmpty();
                assertThat(callers.mixed()).as("calls that saw two versions").isEmpty();
                assertThat(callers.wentBack()).as("calls of an older version than was seen").isEmpty();
            }
            assertThat(newest.newest()).isEqualTo(4);
            assertThat(pinned.newest()).isZero();
            runner.awaitLog(JAR + ": " + NAME + " 1.0.0 serves beside the newest version: pinned by " + PINNED + " in route#2#ext-plugin-pre-req#1");
            try (A6Client apisix = runner.connect()) {
                assertBuild(call(apisix, "route#2#ext-plugin-pre-req#2", Versioned.NAME), 4);
            }
            runner.awaitLog(NAME + " 1.0.0 is out of service: no conf pins it any more");
        }
    }

    @Test
    void aPinThatNothingSatisfiesIsRefusedWithTheVersionsThatThereAre() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().setting("plugin.missing", "skip").deploying(bundle(3)).start();
                A6Client apisix = runner.connect()) {
            assertThat(call(apisix, "route#1#ext-plugin-pre-req#1", Versioned.NAME + "@[2.0,3.0)")).isInstanceOf(Reply.ErrorReply.class);
            runner.awaitLog("no version of a plugin satisfies \"versioned@[2.0,3.0)\"", "There are: 1.0.3.");
            assertThat(call(apisix, "route#2#ext-plugin-pre-req#1", Versioned.NAME + "@latest")).isInstanceOf(Reply.ErrorReply.class);
            runner.awaitLog("\"latest\" is neither a version");
            Files.write(runner.deploy().resolve("older.jar"), bundle(1).bytes());
            runner.awaitLog("older.jar: shadowed");
            assertBuild(call(apisix, "route#3#ext-plugin-pre-req#1", Versioned.NAME + "@1.0.1"), 1);
            assertBuild(call(apisix, "route#4#ext-plugin-pre-req#1", Versioned.NAME), 3);
        }
    }

    @Test
    void aPinnedVersionThatNoFileHasOutlivesTheRunner() throws IOException {
        Path deploy = Files.createTempDirectory("a6it");
        Path data = Files.createTempDirectory("a6it");
        try {
            bundle(0).copyTo(deploy);
            try (RunnerProcess runner = start(deploy, data); A6Client apisix = runner.connect()) {
                assertBuild(call(apisix, "route#1#ext-plugin-pre-req#1", PINNED), 0);
                Files.write(deploy.resolve(JAR), bundle(1).bytes());
                runner.awaitLog(NAME + " 1.0.0 serves beside the newest version");
                Await.until("it is written down", () -> isWritten(data));
                runner.kill();
            }
            try (RunnerProcess runner = start(deploy, data); A6Client apisix = runner.connect()) {
                assertBuild(call(apisix, "route#1#ext-plugin-pre-req#1", PINNED), 0);
                assertBuild(call(apisix, "route#2#ext-plugin-pre-req#1", Versioned.NAME), 1);
            }
        } finally {
            Folder.delete(deploy);
            Folder.delete(data);
        }
    }

    private static boolean isWritten(Path data) {
        try (Stream<Path> files = Files.walk(data.resolve("history"))) {
            return files.anyMatch(path -> path.endsWith("pinned"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RunnerProcess start(Path deploy, Path data) {
        return Distribution.packed().runner().options("--deploy", deploy.toString()).setting("data.dir", data.toString()).findingItsData().start();
    }
}
