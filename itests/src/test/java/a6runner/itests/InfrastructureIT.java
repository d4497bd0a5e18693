// SPDX-License-Identifier: Apache-2.0
package a6runner.itests;

import a6runner.testkit.A6Client;
import a6runner.testkit.BrokenFrames;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import java.io.IOException;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Component;

import static a6runner.itests.Container.core;
import static a6runner.itests.Container.plugin;
import static org.assertj.core.api.Assertions.assertThat;

/** What the other tests stand on works. */
final class InfrastructureIT {

    @Component
    public static final class Hello implements PluginFilter {

        @Override
        public String name() {
            return "hello";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(418);
        }
    }

    @Test
    void aContainerServesAPluginThatComesWithTheRunner() throws IOException {
        try (Container container = Container.start(core(), plugin("noop")); A6Client apisix = container.connect()) {
            assertThat(call(apisix, "noop")).isInstanceOf(Reply.Continue.class);
        }
    }

    @Test
    void aContainerServesATestsOwnPluginUntilItIsUninstalled() throws IOException {
        try (Container container = Container.start(core()); A6Client apisix = container.connect()) {
            assertThat(call(apisix, "hello")).isInstanceOf(Reply.ErrorReply.class);
            Bundle hello = container.install(TestBundle.of("test.hello", "1.0.0", Hello.class));
            assertThat(call(apisix, "hello")).isInstanceOfSatisfying(Reply.Stop.class, stop -> assertThat(stop.action().status()).isEqualTo(418));
            container.uninstall(hello);
            assertThat(call(apisix, "hello")).isInstanceOf(Reply.ErrorReply.class);
        }
    }

    @Test
    void theDistributionServesATestsOwnPluginAsAProcess() throws IOException {
        try (RunnerProcess runner = Distribution.packed().runner().deploying(TestBundle.of("test.hello", "1.0.0", Hello.class)).start();
                A6Client apisix = runner.connect()) {
            assertThat(call(apisix, "hello")).isInstanceOf(Reply.Stop.class);
        }
    }

    private static Reply call(A6Client apisix, String plugin) throws IOException {
        long token = apisix.prepare("route#1#ext-plugin-pre-req#1", Entry.list(plugin, "{}"));
        return apisix.call(BrokenFrames.request(token), ExtraInfoAnswers.none()).reply();
    }
}
