// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.TestFilter;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LogContextTest {

    private final LogContext context = new LogContext();
    private final BlockingQueue<String> seen = new ArrayBlockingQueue<>(10);

    private final class Looking extends TestFilter {

        private final boolean asks;

        Looking(String name, boolean asks) {
            super(name);
            this.asks = asks;
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            seen.add(context.get());
            if (asks) {
                request.var("route_id").thenAccept(value -> {
                    seen.add("in callback: " + context.get());
                    chain.filter(request, response);
                });
            } else {
                chain.filter(request, response);
            }
        }
    }

    private String next() throws InterruptedException {
        return seen.poll(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void namesPluginAndRequestWhileAPluginRuns(String execution) throws Exception {
        try (Rig rig = new Rig(execution).plugin(new Looking("first", false)).plugin(new Looking("second", true))) {
            FakeRequestCall call = rig.request();
            long id = call.id();
            rig.run(call, "first", "second");
            assertThat(next()).isEqualTo("plugin=first request=" + id);
            assertThat(next()).isEqualTo("plugin=second request=" + id);
            assertThat(next()).isEqualTo("in callback: plugin=second request=" + id);
            rig.loop.execute(() -> seen.add("after: " + context.get()));
            assertThat(next()).isEqualTo("after: ");
        }
    }

    @Test
    void isEmptyOnOtherThreads() {
        assertThat(context.get()).isEmpty();
    }
}
