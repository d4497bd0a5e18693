// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginLifecycle.Pin;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;
import org.osgi.framework.VersionRange;

import static org.assertj.core.api.Assertions.assertThat;

/** New versions that are tried with a share of the calls, in a real framework; the runner's side is a recording. */
@Timeout(120)
class CanariesTest extends DeployerFixture {

    private void rule(String text) throws Exception {
        config("hello.canary", text);
    }

    private void start(String version) throws Exception {
        write("hello.jar", PluginJar.hello(version));
        deployer();
    }

    private void restart() throws Exception {
        deployer.close();
        framework.stop();
        framework = new TestFramework(Files.createTempDirectory(dir, "start"), settings());
        deployer(lifecycle);
    }

    private void worse(String version) {
        Bundle bundle = Arrays.stream(framework.context().getBundles()).filter(one -> one.getVersion().toString().equals(version) && "test.hello".equals(one.getSymbolicName()))
                .findFirst().orElseThrow();
        lifecycle.observer.worse(bundle, "its error rate is 5.0 % (10 of 200 calls), that of the version before 0.0 % (0 of 3800 calls)");
    }

    /** A trial of 2.0.0 beside 1.0.0 by a file. */
    private void trial() throws Exception {
        start("1");
        rule("share=5%");
        awaitStatus("hello.canary", "the next version");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 SHARE] for []");
    }

    /** Nothing is taken out, for longer than what no file supports is kept; there is no event to wait for. Gives how often each line has come meanwhile. */
    private Map<String, Long> assertStays(String version) {
        long removal = System.nanoTime() + 2 * Deployer.GRACE_NANOS;
        while (System.nanoTime() - removal < 0) {
            assertThat(seen.now()).noneMatch(line -> line.matches("switch .* for \\[.*hello " + version + ".*"));
            LockSupport.parkNanos(10_000_000);
        }
        return seen.now().stream().collect(Collectors.groupingBy(line -> line, Collectors.counting()));
    }

    @Test
    void aPromotionThatIsRefusedLeavesTheVersionBefore() throws Exception {
        trial();
        lifecycle.refused.put("2.0.0", "hello refuses a current conf");
        command("promote", "hello");
        log.await("hello.jar: not deployed: hello refuses a current conf");
        assertThat(log.now()).noneMatch(line -> line.contains("shadowed"));
        seen.await("switch [] for [hello 2.0.0]");
        assertStays("1.0.0");
    }

    @Test
    void aFileThatBreaksInATrialTakesOnlyTheNewVersionAway() throws Exception {
        trial();
        Files.writeString(deploy.resolve("hello.jar"), "no jar");
        awaitStatus("hello.jar", "state: FAILED", "serving: test.hello 1.0.0");
        seen.await("switch [] for [hello 2.0.0]");
        assertStays("1.0.0");
    }

    @Test
    void withoutAVersionBeforeThatComesUpTheNewestGetsAllCalls() throws Exception {
        start("1");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        lifecycle.refused.put("1.0.0", "hello refuses a current conf");
        command("canary", "hello", "--share", "5%");
        log.await("the version before doesn't come up, so it gets all calls: hello refuses a current conf");
        assertThat(assertStays("2.0.0").getOrDefault("check hello 1.0.0", 0L)).as("tried once").isLessThanOrEqualTo(1);
    }

    @Test
    void afterARestartTooTheNewestGetsAllCallsIfTheVersionBeforeDoesntComeUp() throws Exception {
        trial();
        lifecycle.refused.put("1.0.0", "hello refuses a current conf");
        restart();
        seen.await("check hello 1.0.0");
        seen.await("switch [hello 2.0.0] for []");
        assertThat(assertStays("2.0.0")).doesNotContainKey("check hello 1.0.0");
    }

    @Test
    void whatCantStandBesideAnotherGoesOnServing() throws Exception {
        start("1");
        write("hello.jar", PluginJar.hello("2").header("A6Runner-Upgrade", "replace"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        assertThat(command("canary", "hello", "--share", "5%")).isEqualTo("test.hello 2.0.0 can't stand beside another version (upgrade = replace), so none can be tried");
        rule("share=5%");
        log.await("hello.canary: read");
        assertThat(assertStays("2.0.0").keySet()).noneMatch(line -> line.contains("suspend"));
    }

    @Test
    void aRollbackIsNotTriedButGetsAllCalls() throws Exception {
        trial();
        command("promote", "hello");
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        assertThat(command("rollback", "hello")).startsWith("test.hello 1.0.0 (");
        seen.await("switch [hello 1.0.0] for [hello 2.0.0]");
        lifecycle.refused.put("2.0.0", "hello refuses a current conf");
        String newer = command("history", "hello").lines().filter(line -> line.contains(" 2.0.0 ")).findFirst().orElseThrow().split(" +")[2];
        assertThat(command("rollback", "hello", newer)).contains("was refused");
        lifecycle.refused.clear();
        restart();
        seen.await("switch [hello 1.0.0] for []");
        seen.await("settled");
        assertThat(seen.now()).noneMatch(line -> line.contains("SHARE"));
    }

    @Test
    void theMendedVersionIsNotHeldBackForTheErrorsOfTheOther() throws Exception {
        trial();
        CompletableFuture<Void> checked = new CompletableFuture<>();
        lifecycle.beforeCheck = () -> checked;
        write("hello.jar", PluginJar.hello("3"));
        awaitStatus("hello.jar", "it is being activated and checked", "bundle: test.hello 3.0.0");
        worse("2.0.0");
        log.await("test.hello 2.0.0 is worse than test.hello 1.0.0 and gets no calls any more");
        checked.complete(null);
        seen.await("switch [hello 3.0.0 SHARE] for [hello 2.0.0]");
        assertThat(log.now()).noneMatch(line -> line.contains("held back"));
    }

    @Test
    void whatIsTriedStaysForPinsWhenANewerOneIsTriedInItsPlace() throws Exception {
        trial();
        lifecycle.pins.add(new Pin("hello@2", "hello", "test.hello", VersionRange.valueOf("[2,3)"), List.of("route#7"), 1));
        lifecycle.observer.pinsChanged();
        marker("seen");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 2.0.0 PINNED, hello 3.0.0 SHARE] for []");
        command("promote", "hello");
        seen.await("switch [hello 3.0.0] for [hello 1.0.0]");
        assertStays("2.0.0");
    }

    @Test
    void aRuleThatCantBeReadAtAStartStaysAsItWas() throws Exception {
        trial();
        rule("share=x");
        awaitStatus("hello.canary", "state: FAILED");
        restart();
        seen.await("switch [hello 1.0.0] for []");
        seen.await("switch [hello 2.0.0 SHARE] for []");
    }

    @Test
    void aRuleForTheNextVersionThatCameWhileTheRunnerWasDownLeavesWhatServed() throws Exception {
        start("1");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        awaitAudited("change=upgrade");
        config("test.hello.canary", "share=5%\nnext=true");
        restart();
        seen.await("switch [hello 2.0.0] for []");
        seen.await("settled");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0 SHARE] for []");
    }

    @Test
    void aFileHasEachNextVersionTriedUntilItIsPromoted() throws Exception {
        start("1");
        rule("share=5%\nsticky=header:x-user\n");
        awaitStatus("hello.canary", "state: ACTIVE", "why: the next version of test.hello gets 5% of the calls (by header:x-user)");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("share hello 2.0.0 5% by header:x-user");
        seen.await("switch [hello 2.0.0 SHARE] for []");
        log.await("hello.jar: test.hello 2.0.0 is tried with 5% of the calls; test.hello 1.0.0 gets the others");
        awaitStatus("hello.jar", "state: ACTIVE", "why: it is tried with a share of the calls (a6:canary), and test.hello 1.0.0 gets the others", "bundle: test.hello 2.0.0",
                "serving: test.hello 1.0.0");
        assertThat(command("canary")).startsWith("2.0.0 (").contains(") gets 5% of the calls (by header:x-user), 1.0.0 (").endsWith(") the others [hello.canary]");
        assertThat(command("rollback", "hello")).contains("a version of test.hello is tried: a6:abort");
        rule("share=20%\nsticky=header:x-user\n");
        seen.await("share hello 2.0.0 20%");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0 SHARE] for [hello 2.0.0]");
        seen.await("forget hello 2.0.0");
        assertThat(command("promote", "hello")).startsWith("test.hello 3.0.0 (");
        seen.await("check hello 3.0.0");
        seen.await("switch [hello 3.0.0] for [hello 1.0.0]");
        awaitStatus("hello.jar", "state: ACTIVE", "bundle: test.hello 3.0.0");
        assertThat(command("promote", "hello")).startsWith("no version of test.hello is tried; the next version of test.hello gets 20%");
        write("hello.jar", PluginJar.hello("4"));
        seen.await("switch [hello 4.0.0 SHARE] for []");
        assertThat(awaitAudited("what=\"test.hello 4.0.0")).containsSubsequence("change=canary what=\"test.hello 2.0.0", "change=canary what=\"test.hello 3.0.0",
                "change=promote what=\"test.hello 3.0.0", "change=upgrade what=\"test.hello 3.0.0");
    }

    @Test
    void aCommandSharesWhatServesWithWhatServedBefore() throws Exception {
        start("1");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        assertThat(command("canary", "hello", "--share", "5%")).matches("2\\.0\\.0 \\(.*\\) gets 5% of the calls, 1\\.0\\.0 \\(.*\\) the others");
        seen.await("share hello 2.0.0 5%");
        seen.await("switch [hello 1.0.0, hello 2.0.0 SHARE] for []");
        assertThat(command("abort", "hello.jar")).matches("test\\.hello 2\\.0\\.0 .*is held back until its file changes; test\\.hello 1\\.0\\.0 .*gets all calls");
        seen.await("for [hello 2.0.0]");
        assertThat(command("rollback", "hello")).as("what was given up isn't what served before").startsWith("no content of test.hello has served before the present one");
        assertThat(command("abort", "hello")).isEqualTo("the next version of test.hello gets all calls");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0] for [hello 1.0.0]");
    }

    @Test
    void aCommandForTheNextVersionLeavesWhatServes() throws Exception {
        start("1");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        assertThat(command("canary", "hello", "--share", "0.5%", "--next")).isEqualTo("the next version of test.hello gets 0.5% of the calls");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0 SHARE] for []");
        assertThat(command("promote", "test.hello")).startsWith("test.hello 3.0.0 (");
        seen.await("switch [hello 3.0.0] for [hello 2.0.0]");
        assertThat(command("canary")).as("a command is for one version").isEqualTo("Nothing is tried.");
    }

    @Test
    void whatIsWorseIsHeldBackAlsoOverARestart() throws Exception {
        start("1");
        rule("share=5%");
        awaitStatus("hello.canary", "the next version");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 SHARE] for []");
        worse("2.0.0");
        log.await("hello.jar: test.hello 2.0.0 is worse than test.hello 1.0.0 and gets no calls any more: its error rate is 5.0 %");
        seen.await("for [hello 2.0.0]");
        awaitStatus("hello.jar", "state: ACTIVE", "is held back until the file changes", "bundle: test.hello 1.0.0");
        assertThat(command("history", "hello")).containsPattern("2\\.0\\.0 .*tried and given up: its error rate is 5\\.0 %");
        awaitAudited("change=return");
        restart();
        seen.await("switch [hello 1.0.0] for []");
        seen.await("settled");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0 SHARE] for []");
    }

    @Test
    void aTrialGoesOnAfterARestart() throws Exception {
        start("1");
        rule("share=5%");
        awaitStatus("hello.canary", "the next version");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 SHARE] for []");
        restart();
        seen.await("switch [hello 1.0.0] for []");
        seen.await("share hello 2.0.0 5%");
        seen.await("switch [hello 2.0.0 SHARE] for []");
        seen.await("settled");
        Files.delete(deploy.resolve("hello.canary"));
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
    }

    @Test
    void aRuleThatIsWrittenAnewByAnEditorPromotesNothing() throws Exception {
        start("1");
        rule("share=5%");
        awaitStatus("hello.canary", "the next version");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 SHARE] for []");
        Files.delete(deploy.resolve("hello.canary"));
        rule("share=6%");
        seen.await("share hello 2.0.0 6%");
        assertThat(log.now()).noneMatch(line -> line.contains("gets all calls"));
    }

    @Test
    void whatServedBeforeStaysIfTheOtherIsRefusedAfterARestart() throws Exception {
        start("1");
        rule("share=5%");
        awaitStatus("hello.canary", "the next version");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 SHARE] for []");
        lifecycle.refused.put("2.0.0", "hello refuses a current conf");
        restart();
        seen.await("switch [hello 1.0.0] for []");
        awaitStatus("hello.jar", "state: FAILED", "hello refuses a current conf", "serving: test.hello 1.0.0");
        log.await("hello.jar: not deployed: hello refuses a current conf");
        assertStays("1.0.0");
    }

    @Test
    void aRuleByCommandOutlivesTheRunner() throws Exception {
        start("1");
        assertThat(command("canary", "hello", "--share", "5%", "--next")).startsWith("the next version of test.hello gets 5%");
        restart();
        seen.await("settled");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 SHARE] for []");
    }

    @Test
    void whatWasPromotedServesAfterARestart() throws Exception {
        trial();
        command("promote", "hello");
        seen.await("switch [hello 2.0.0] for [hello 1.0.0]");
        awaitAudited("change=upgrade what=\"test.hello 2.0.0");
        restart();
        seen.await("switch [hello 2.0.0] for []");
        seen.await("settled");
        assertThat(seen.now()).noneMatch(line -> line.contains("hello 1.0.0"));
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0 SHARE] for []");
    }

    @Test
    void whoTakesTheNewerFileAwayHasTheOtherBackAtOnce() throws Exception {
        write("hello-1.jar", PluginJar.hello("1"));
        write("hello-2.jar", PluginJar.hello("2"));
        deployer();
        rule("share=5%\nnext=true");
        awaitStatus("hello.canary", "the next version");
        Files.delete(deploy.resolve("hello-2.jar"));
        seen.await("switch [hello 1.0.0] for [hello 2.0.0]");
        write("hello-3.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0 SHARE] for []");
    }

    @Test
    void whoDeletesWhatIsTriedHasTheFileThatIsLeftServeAllCalls() throws Exception {
        write("hello-1.jar", PluginJar.hello("1"));
        start("2");
        rule("share=5%\nnext=true");
        awaitStatus("hello.canary", "the next version");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0 SHARE] for []");
        Files.delete(deploy.resolve("hello.jar"));
        log.await("it is not tried any more: its file is gone (file hello-1.jar)");
        seen.await("switch [hello 1.0.0] for [hello 2.0.0]");
        seen.await("switch [] for [hello 3.0.0]");
    }

    @Test
    void aVersionWithAFileOfItsOwnGoesWithItThoughTheTriedOnesFileBroke() throws Exception {
        write("hello-1.jar", PluginJar.hello("1"));
        deployer();
        rule("share=5%\nnext=true");
        awaitStatus("hello.canary", "the next version");
        write("hello-2.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 SHARE] for []");
        Files.writeString(deploy.resolve("hello-2.jar"), "no jar");
        seen.await("switch [] for [hello 2.0.0]");
        Files.delete(deploy.resolve("hello-1.jar"));
        seen.await("switch [] for [hello 1.0.0]");
    }

    @Test
    void theOldFileEndsATrial() throws Exception {
        start("1");
        rule("share=5%");
        awaitStatus("hello.canary", "the next version");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("switch [hello 2.0.0 SHARE] for []");
        write("hello.jar", PluginJar.hello("1"));
        seen.await("for [hello 2.0.0]");
        awaitStatus("hello.jar", "state: ACTIVE", "bundle: test.hello 1.0.0");
    }

    @Test
    void whatIsRefusedIsNotTried() throws Exception {
        start("1");
        rule("share=5%");
        awaitStatus("hello.canary", "the next version");
        lifecycle.refused.put("2.0.0", "hello refuses a current conf");
        write("hello.jar", PluginJar.hello("2"));
        awaitStatus("hello.jar", "state: FAILED", "hello refuses a current conf", "serving: test.hello 1.0.0");
        awaitStatus("hello.canary", "2.0.0 (", "doesn't come up, so 1.0.0 (", "gets all calls; the next version gets 5% of the calls");
        write("hello.jar", PluginJar.hello("3"));
        seen.await("switch [hello 3.0.0 SHARE] for []");
        write("hello.jar", PluginJar.hello("4").header("A6Runner-Upgrade", "replace"));
        awaitStatus("hello.jar", "state: FAILED", "it can't be tried beside another version (upgrade = replace)");
    }

    @Test
    void aRuleThatGoesPromotesNothingThatWasRefused() throws Exception {
        start("1");
        rule("share=5%");
        awaitStatus("hello.canary", "the next version");
        lifecycle.refused.put("2.0.0", "hello refuses a current conf");
        write("hello.jar", PluginJar.hello("2"));
        awaitStatus("hello.canary", "doesn't come up");
        Files.delete(deploy.resolve("hello.canary"));
        log.await("the file is gone, and it doesn't come up: the version before has all calls");
        assertStays("1.0.0");
    }

    @Test
    void saysWhatIsWrongWithARule() throws Exception {
        start("1");
        rule("share=5");
        awaitStatus("hello.canary", "state: FAILED", "share: \"5\" (expected: a percentage from 0% to 100%, such as 5%)");
        rule("share=5%\nstiky=header:x\n");
        awaitStatus("hello.canary", "state: FAILED", "stiky: there is no such key (expected: error-margin, min-calls, next, p99-factor, share, sticky, window; did you mean sticky?)");
        rule("share=5%");
        awaitStatus("hello.canary", "state: ACTIVE");
        rule("share=x");
        awaitStatus("hello.canary", "state: FAILED");
        write("hello.jar", PluginJar.hello("2"));
        seen.await("share hello 2.0.0 5%"); // by the rule before: it is safer than none
        Files.delete(deploy.resolve("hello.canary"));
        assertThat(command("canary", "hello", "--share")).contains("(expected: NAME --share 5%");
        assertThat(command("canary", "--share", "5%")).startsWith("NAME is missing");
        assertThat(command("canary", "nobody", "--share", "5%")).startsWith("no bundle, plugin or file is or was named \"nobody\"");
        assertThat(command("canary", "hello", "--share", "5%", "--sticky", "user")).startsWith("sticky: \"user\" (expected: header:NAME or var:NAME");
    }
}
