// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.addheader;

import a6runner.plugin.addheader.AddHeader.Header;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AddHeaderTest {

    private final List<String> calls = new ArrayList<>();
    private final AddHeader addHeader = new AddHeader();

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"value\":null}"})
    void hasADefaultHeader(String conf) {
        assertThat(addHeader.parseConf(conf)).isEqualTo(new Header("x-runner", "java"));
    }

    @Test
    void readsTheHeaderFromTheConf() {
        assertThat(addHeader.parseConf("{\"name\":\"x-a\",\"value\":\"\"}")).isEqualTo(new Header("x-a", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"nmae\":\"x\"}", "{\"name\":\"\"}", "{\"value\":1}", "x"})
    void refusesAWrongConf(String conf) {
        assertThatIllegalArgumentException().isThrownBy(() -> addHeader.parseConf(conf));
    }

    @Test
    void setsTheHeaderOnTheRequestAndGoesOn() {
        addHeader.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("HttpRequest.setHeader[x-a, b]", "PluginFilterChain.filter");
    }

    @Test
    void setsTheHeaderOnTheResponseAndGoesOn() {
        addHeader.postFilter(fake(PostRequest.class), fake(PostResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("PostResponse.setHeader[x-a, b]", "PluginFilterChain.postFilter");
    }

    /** Gives the conf, and records all other calls by name and texts. */
    private <T> T fake(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("conf")) {
                assertThat(arguments[0]).isSameAs(addHeader);
                return new Header("x-a", "b");
            }
            calls.add(type.getSimpleName() + "." + method.getName() + (arguments[0] instanceof String ? Arrays.toString(arguments) : ""));
            return null;
        }));
    }
}
