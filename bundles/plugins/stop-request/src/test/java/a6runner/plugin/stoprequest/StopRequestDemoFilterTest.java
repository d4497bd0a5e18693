// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.stoprequest;

import a6runner.plugin.stoprequest.StopRequestDemoFilter.Answer;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StopRequestDemoFilterTest {

    private final List<String> calls = new ArrayList<>();
    private final StopRequestDemoFilter filter = new StopRequestDemoFilter();
    private Answer conf;

    @ParameterizedTest
    @ValueSource(strings = {"401", "401.0", "\"401\""})
    void readsTheCodeAsNumberOrText(String code) {
        assertThat(filter.parseConf("{\"stop_response_code\":" + code + ",\"stop_response_header_name\":\"h\",\"stop_response_header_value\":\"v\","
                + "\"stop_response_body\":\"b\",\"other\":1}")).isEqualTo(new Answer(401, "h", "v", "b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{} | stop_response_code is missing (expected: a whole number)",
        "{\"stop_response_code\":\"x\"} | stop_response_code: x (expected: a whole number)",
        "{\"stop_response_code\":100} | stop_response_code: 100 (expected: a status from 200 to 999, but neither 444 nor 499)",
        "{\"stop_response_code\":200,\"stop_response_body\":1} | stop_response_body: 1 (expected: a text in quotes)",
        "{\"stop_response_code\":200,\"stop_response_header_value\":\"v\"} | stop_response_header_name is missing (expected: the name for stop_response_header_value)"})
    void refusesAWrongConf(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> filter.parseConf(text)).withMessage(message);
    }

    @Test
    void refusesAMissingConf() {
        assertThatIllegalArgumentException().isThrownBy(() -> filter.parseConf("")).withMessageContaining("stop_response_code is missing");
    }

    @Test
    void stopsWithCodeHeaderAndBody() {
        conf = new Answer(401, "h", "v", "b");
        filter.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("HttpResponse.setStatusCode[401]", "HttpResponse.setHeader[h, v]", "HttpResponse.setBody[b]");
    }

    @Test
    void stopsWithTheCodeAlone() {
        conf = new Answer(204, null, null, null);
        filter.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("HttpResponse.setStatusCode[204]");
    }

    @Test
    void isTransparentInTheResponsePhase() {
        filter.postFilter(fake(PostRequest.class), fake(PostResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).singleElement().asString().startsWith("PluginFilterChain.postFilter");
    }

    /** Gives the conf, and records all other calls by name and arguments. */
    private <T> T fake(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "toString":
                    return type.getSimpleName();
                case "conf":
                    assertThat(arguments[0]).isSameAs(filter);
                    return conf;
                default:
                    calls.add(type.getSimpleName() + "." + method.getName() + Arrays.toString(arguments));
                    return null;
            }
        }));
    }
}
