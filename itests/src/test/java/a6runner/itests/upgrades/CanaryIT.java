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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** New versions that are tried with a share of the calls: by file and by command, up to their promotion, their return, and over restarts. */
final class CanaryIT {

    private static final int CONNECTIONS = 4;
    private static final int MEANWHILE = 200;
    private static final int USERS = 120;
    private static final String NAME = "test.versioned";
    private static final String JAR = NAME + ".jar";
    private static final String RULE = Versioned.NAME + ".canary";

    private static TestBundle bundle(int build) {
        return TestBundle.of(NAME, "1.0." + build, Versioned.class).resource(Versioned.BUILD_FILE, Integer.toString(build));
    }

    private static void write(Path deploy, String file, byte[] content) throws IOException {
        Path part = Files.write(deploy.resolve("." + file + ".part"), content);
        Files.move(part, deploy.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void rule(Path deploy, String text) throws IOException {
        write(deploy, RULE, text.getBytes());
    }

    /** Which build answers each user, on connections of their own, one call each. */
    private static List<Integer> users(RunnerProcess runner) throws IOException {
        List<Integer> builds = new ArrayList<>();
        try (A6Client one = runner.connect(); A6Client other = runner.connect()) {
            long token = one.prepare("route#1#ext-plugin-pre-req#1", Entry.list(Versioned.NAME, Versioned.PLAIN));
            for (int user = 0; user < USERS; user++) {
                int build = build(one, token, "user-" + user);
                assertThat(build(other, token, "user-" + user)).as("user %d on another connection", user).isEqualTo(build);
                builds.add(build);
            }
        }
        return builds;
    }

    private static int build(A6Client apisix, long token, String user) throws IOException {
        Reply reply = apisix.call(new HttpReqCall.Req(1, new byte[] {127, 0, 0, 1}, 0, Text.of("/"), List.of(), Entry.list("x-user", user), token), ExtraInfoAnswers.none()).reply();
        assertThat(reply).isInstanceOf(Reply.Rewrite.class);
        String builds = ((Reply.Rewrite) reply).action().headers().stream().filter(entry -> entry.isNamed(Versioned.HEADER)).findFirst().orElseThrow().value().toString();
        assertThat(builds).matches("(\\d+),\\1");
        return Integer.parseInt(builds.substring(0, builds.indexOf(',')));
    }

    private static void assertOnlyForward(List<Integer> before, List<Integer> after) {
        for (int user = 0; user < USERS; user++) {
            assertThat(after.get(user)).as("user %d", user).isGreaterThanOrEqualTo(before.get(user));
        }
    }

    @Test
    void noUserGoesBackAndForthUntilTheNewVersionHasAllCalls() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying(bundle(0)).start();
                Callers callers = new Callers(runner, CONNECTIONS, "route#2#ext-plugin-pre-req#1", Versioned.NAME)) {
            runner.awaitLog(JAR + ": active (" + NAME + " 1.0.0");
            rule(runner.deploy(), "share=10%\nsticky=header:x-user\n");
            runner.awaitLog(RULE + ": read");
            write(runner.deploy(), JAR, bundle(1).bytes());
            runner.awaitLog("is tried with 10% of the calls");
            List<Integer> few = users(runner);
            assertThat(few).contains(0, 1);
            assertThat(users(runner)).isEqualTo(few);
            rule(runner.deploy(), "share=60%\nsticky=header:x-user\n");
            Await.until("a larger share", () -> Shell.done(Shell.data(runner), "canary").contains("gets 60% of the calls (by header:x-user)"));
            List<Integer> many = users(runner);
            assertThat(many.stream().filter(build -> build == 1).count()).isBetween(USERS / 3L, USERS * 5L / 6);
            assertOnlyForward(few, many);
            assertThat(Shell.done(Shell.data(runner), "promote", Versioned.NAME)).contains("gets all calls once all confs have passed its check");
            callers.awaitBuild(1); // which sends no header, and so was never among those that try it
            assertThat(users(runner)).containsOnly(1);
            callers.end();
            assertThat(callers.failed()).as("failed calls").isEmpty();
            assertThat(callers.mixed()).as("calls that saw two versions").isEmpty();
            assertThat(callers.wentBack()).as("calls of the older version after the newer").isEmpty();
        }
    }

    @Test
    void aVersionThatFailsOneCallInTwentyReturnsByItselfAndStaysAwayAfterARestart() throws IOException {
        Path deploy = Files.createTempDirectory("a6it");
        Path data = Files.createTempDirectory("a6it");
        try {
            bundle(0).copyTo(deploy);
            rule(deploy, "share=50%\nmin-calls=300\n");
            try (RunnerProcess runner = start(deploy, data); A6Client apisix = runner.connect()) {
                long token = apisix.prepare("route#1#ext-plugin-pre-req#1", Entry.list(Versioned.NAME, Versioned.PLAIN));
                runner.awaitLog(JAR + ": active (" + NAME + " 1.0.0");
                write(deploy, JAR, bundle(1).resource(Versioned.FAIL_FILE, "20").bytes());
                runner.awaitLog("is tried with 50% of the calls");
                int calls = 0;
                int failed = 0;
                while (!runner.log().contains("gets no calls any more")) {
                    Reply reply = apisix.call(new HttpReqCall.Req(1, new byte[] {127, 0, 0, 1}, 0, Text.of("/"), List.of(), List.of(), token), ExtraInfoAnswers.none()).reply();
                    failed += reply instanceof Reply.ErrorReply ? 1 : 0;
                    assertThat(++calls).as("calls until it returned, of which half try it, and one in twenty of those fails").isLessThan(20_000);
                }
                assertThat(failed).isPositive();
                runner.awaitLog("1.0.1 is worse than " + NAME + " 1.0.0", "its error rate is");
                runner.awaitLog("1.0.1 is held back until its file changes; " + NAME + " 1.0.0 gets all calls");
                assertThat(users(runner)).containsOnly(0);
                runner.stop();
            }
            try (RunnerProcess runner = start(deploy, data)) {
                assertThat(users(runner)).containsOnly(0);
                write(deploy, JAR, bundle(2).bytes());
                runner.awaitLog(NAME + " 1.0.2 is tried with 50% of the calls");
                runner.stop();
            }
            try (RunnerProcess runner = start(deploy, data)) {
                assertThat(Shell.done(data, "abort", NAME)).contains("1.0.2", "is held back until its file changes");
                assertThat(users(runner)).containsOnly(0);
                runner.stop();
            }
            try (RunnerProcess runner = start(deploy, data)) {
                assertThat(users(runner)).containsOnly(0);
                Files.delete(deploy.resolve(RULE));
                Await.until("the rule is gone", () -> Shell.done(data, "canary").contains("Nothing is tried."));
                assertThat(users(runner)).as("a rule that is gone lets nobody back that was given up").containsOnly(0);
                write(deploy, JAR, bundle(3).bytes());
                runner.awaitLog("replaced " + NAME + " 1.0.0 (now active: " + NAME + " 1.0.3");
            }
        } finally {
            Folder.delete(deploy);
            Folder.delete(data);
        }
    }

    @Test
    void underLoadNoCallIsLostByTrials() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying(bundle(0)).start(); Callers callers = new Callers(runner, CONNECTIONS)) {
            Path data = Shell.data(runner);
            for (int build = 1; build <= 3; build++) {
                assertThat(Shell.done(data, "canary", Versioned.NAME, "--share", "50%", "--next")).contains("the next version of " + NAME + " gets 50% of the calls");
                write(runner.deploy(), JAR, bundle(build).bytes());
                callers.awaitBuild(build);
                callers.awaitAnswered(MEANWHILE);
                Shell.done(data, build == 2 ? "abort" : "promote", Versioned.NAME);
                runner.awaitLog(build == 2 ? NAME + " 1.0.2 is out of service: it is not tried any more" : "now active: " + NAME + " 1.0." + build);
                callers.awaitAnswered(MEANWHILE);
            }
            callers.end();
            assertThat(callers.failed()).as("failed calls").isEmpty();
            assertThat(callers.mixed()).as("calls that saw two versions").isEmpty();
        }
    }

    private static RunnerProcess start(Path deploy, Path data) {
        return Distribution.packed().runner().options("--deploy", deploy.toString()).setting("data.dir", data.toString()).findingItsData().start();
    }
}
