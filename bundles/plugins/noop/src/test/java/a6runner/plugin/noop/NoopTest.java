// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.noop;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NoopTest {

    private final List<String> calls = new ArrayList<>();
    private final Noop noop = new Noop();

    @Test
    void goesOnInTheRequestPhaseAndTouchesNothing() {
        noop.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("PluginFilterChain.filter");
    }

    @Test
    void goesOnInTheResponsePhaseAndTouchesNothing() {
        noop.postFilter(fake(PostRequest.class), fake(PostResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("PluginFilterChain.postFilter");
    }

    @Test
    void asksForNothing() {
        assertThat(noop.name()).isEqualTo("noop");
        assertThat(noop.requiredVars()).isNull();
        assertThat(noop.requiredBody()).isFalse();
        assertThat(noop.requiredRespBody()).isFalse();
    }

    /** Records the calls of its members by name. */
    private <T> T fake(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            calls.add(type.getSimpleName() + "." + method.getName());
            return null;
        }));
    }
}
