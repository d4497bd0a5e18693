// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.spi.LogLevels;
import a6runner.testkit.A6Client;
import java.nio.file.Path;
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
