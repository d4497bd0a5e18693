// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.spi.LogLevels;
import a6runner.testkit.A6Client;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** What the real process logs, and where. */
final class LogIT {

    private static final String DATED = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} ";

    private final Path folder = Folder.createShort();

    @AfterEach
    void removeFolder() {
        Folder.delete(folder);
    }

    /** A bundle of the core's that sets the level of all that it can from its conf, {@code LOGGER=LEVEL}, and logs at the level debug. */
    @Component(service = PluginFilter.class)
    public static final class Levels implements PluginFilter {

        private static final Logger LOG = LoggerFactory.getLogger("test.levels.Levels");

        private final LogLevels levels;

        @Activate
        public Levels(@Reference LogLevels levels) {
            this.levels = levels;
        }

        @Override
        public String name() {
            return "levels";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            String[] conf = request.getConfig(this).split("=");
            try {
                levels.set(conf[0], conf[1]);
                response.setHeader("x-level", levels.level(conf[0]) + " to " + levels.destination());
            } catch (IllegalArgumentException e) {
                response.setHeader("x-level", e.getMessage());
            }
            LOG.debug("said at debug");
            response.setStatusCode(200);
        }
    }

    /** Logs what its conf says, or fails if that is "throw". */
    @Component
    public static final class Chatty implements PluginFilter {

        private static final Logger LOG = LoggerFactory.getLogger(Chatty.class);

        @Override
        public String name() {
            return "chatty";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            String conf = request.getConfig(this);
            if (conf.equals("throw")) {
                throw new IllegalStateException("told to");
            }
            LOG.info(conf);
            chain.filter(request, response);
        }
    }

    private static final TestBundle CHATTY = TestBundle.of("test.chatty", "1.0.0", Chatty.class);

    @Test
    void whatAPluginLogsSaysPluginAndRequestAndForgesNoLine() throws Exception {
        try (RunnerProcess runner = Distribution.packed().runner().deploying(CHATTY).start(); A6Client apisix = runner.connect()) {
            Calls.call(apisix, "chatty", "good morning");
            assertThat(runner.awaitLog("good morning")).matches(DATED + "INFO  good morning \\[LogIT\\$Chatty a6runner-worker-chatty-1 plugin=chatty request=1\\]");
            Calls.call(apisix, "chatty", "one\n2026-11-22 00:21:13.103 ERROR all is lost [Chain main]");
            assertThat(runner.awaitLog("all is lost")).matches(DATED + "INFO  one \\| 2026-11-22 00:21:13.103 ERROR all is lost.*");
        }
    }

    @Test
    void aFaultThatComesAgainIsCounted() throws Exception {
        int calls = 200;
        try (RunnerProcess runner = Distribution.packed().runner().deploying(CHATTY).setting("log.repeat", "1s").start(); A6Client apisix = runner.connect()) {
            long token = Calls.prepare(apisix, "chatty", "throw");
            for (int i = 0; i < calls; i++) {
                Calls.call(apisix, token);
            }
            assertThat(runner.awaitLog("plugin chatty", "threw java.lang.IllegalStateException: told to, so a call of route#1")).contains("request=1]");
            runner.awaitLog("\tjava.lang.IllegalStateException: told to");
            Pattern counted = Pattern.compile(".*\\(the last of (\\d+) more of this kind within \\d+ s\\).*");
            Await.until("all are told of", () -> calls - 1 == runner.lines().stream().map(counted::matcher).filter(Matcher::matches)
                    .mapToInt(line -> Integer.parseInt(line.group(1))).sum());
            assertThat(runner.lines().stream().filter(line -> line.contains("ERROR"))).hasSizeLessThan(10);
        }
    }

    @Test
    void underApisixItIsTerseAndTheFileHasTheRest() throws Exception {
        Path file = folder.resolve("run.log");
        try (RunnerProcess runner = Distribution.packed().runner().deploying(CHATTY).managed().variable("A6RUNNER_DATA_DIR", folder.resolve("data").toString())
                .setting("log.file", file.toString()).start(); A6Client apisix = runner.connect()) {
            Calls.call(apisix, "chatty", "good morning");
            Calls.call(apisix, "chatty", "throw");
            assertThat(runner.awaitLog("plugin chatty")).matches("ERROR plugin chatty \\(test.chatty 1.0.0\\) threw .* \\| java.lang.IllegalStateException: told to, at "
                    + ".*Chatty.filter.* \\[plugin request=1\\]");
            assertThat(runner.stop()).isEqualTo(143);
            assertThat(runner.lines()).hasSize(3); // start, fault, stop
        }
        assertThat(Files.readString(file)).containsPattern(DATED + "INFO  good morning").contains("\tat a6runner.itests.process.LogIT$Chatty.filter");
    }

    @Test
    void aLogFileThatCantBeWrittenEndsTheStart() {
        Distribution.Result result = Distribution.packed().run("run", "--address", "unix:" + folder.resolve("s"), "--set", "log.file=" + folder.resolve("no/x.log"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("a6runner: --set: the log file's folder doesn't exist: " + folder.resolve("no") + System.lineSeparator());
    }

    @Test
    void levelsAreChangedWhileItRuns() throws Exception {
        Distribution own = Distribution.copyTo(folder.resolve("own"));
        TestBundle.of("test.levels", "1.0.0", Levels.class).copyTo(own.home().resolve("bundles"));
        try (RunnerProcess runner = own.runner().deploying("noop").start(); A6Client apisix = runner.connect()) {
            assertThat(Calls.call(apisix, "levels", "test.levels=info").toString()).contains("info to stdout");
            assertThat(Calls.call(apisix, "levels", "test.levels=loud").toString()).contains("expected: error, warn");
            assertThat(runner.log()).doesNotContain("said at debug");
            assertThat(Calls.call(apisix, "levels", "test.levels=debug").toString()).contains("debug to stdout");
            runner.awaitLog("DEBUG said at debug", "Levels");
        }
    }
}
