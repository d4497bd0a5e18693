// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Component;

import static org.assertj.core.api.Assertions.assertThat;

/** In the real launcher, which has the core on one class path, a plugin still finds by name what it is wired to and nothing else. */
final class IslandsIT {

    /** Answers each call with the names that it finds, by its own loader and by that of its thread, at the call and when it is made. */
    @Component(service = PluginFilter.class)
    public static final class Looker implements PluginFilter {

        private static final List<String> NAMES = List.of("org.slf4j.Logger", "org.apache.apisix.plugin.runner.HttpRequest", "a6runner.launcher.Main",
                "a6runner.spi.Setting", "a6runner.runner.RunnerCallService", "io.netty.channel.Channel", "ch.qos.logback.classic.Logger",
                "org.apache.felix.framework.Felix", "org.apache.felix.scr.impl.Activator");

        private final List<String> found = new ArrayList<>();

        public Looker() {
            look("made");
        }

        @Override
        public String name() {
            return "looker";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            look("called");
            response.setStatusCode(200);
            response.setBody(String.join("\n", found));
            chain.filter(request, response);
        }

        private void look(String when) {
            for (String name : NAMES) {
                look(when + " own ", name, Looker.class.getClassLoader());
                look(when + " thread's ", name, Thread.currentThread().getContextClassLoader());
            }
        }

        private void look(String how, String name, ClassLoader loader) {
            try {
                Class.forName(name, false, loader);
                found.add(how + name);
            } catch (ClassNotFoundException | LinkageError e) {
                return; // as it should be for most
            }
        }
    }

    @Test
    void aPluginFindsWhatItIsWiredToAndNothingElse() throws Exception {
        TestBundle bundle = TestBundle.of("test.looker", "1.0.0", Looker.class).header("DynamicImport-Package", "*");
        try (RunnerProcess runner = Distribution.packed().runner().deploying(bundle).start(); A6Client apisix = runner.connect()) {
            Reply reply = Calls.call(apisix, "looker", "");
            assertThat(reply).as(runner.log()).isInstanceOf(Reply.Stop.class);
            assertThat(new String(((Reply.Stop) reply).action().body(), StandardCharsets.UTF_8).lines()).containsExactlyInAnyOrder(
                    "made own org.slf4j.Logger", "made own org.apache.apisix.plugin.runner.HttpRequest",
                    "called own org.slf4j.Logger", "called own org.apache.apisix.plugin.runner.HttpRequest",
                    "called thread's org.slf4j.Logger", "called thread's org.apache.apisix.plugin.runner.HttpRequest"); // whose loader is then the plugin's
        }
    }
}
