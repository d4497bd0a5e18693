// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.rewriterequest;

import a6runner.plugin.rewriterequest.RewriteRequestDemoFilter.Rewrite;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RewriteRequestDemoFilterTest {

    private final List<String> calls = new ArrayList<>();
    private final RewriteRequestDemoFilter filter = new RewriteRequestDemoFilter();
    private Rewrite conf;

    @Test
    void asksForTwoVariablesAndTheBody() {
        assertThat(filter.name()).isEqualTo("RewriteRequestDemoFilter");
        assertThat(filter.requiredVars()).containsExactly("remote_addr", "server_port");
        assertThat(filter.requiredBody()).isTrue();
        assertThat(filter.requiredRespBody()).isFalse();
    }

    @Test
    void readsTheConf() {
        assertThat(filter.parseConf("{\"rewrite_path\":\"/p\",\"conf_header_name\":\"h\",\"conf_header_value\":\"v\",\"conf_arg_name\":\"a\","
                + "\"conf_arg_value\":\"w\",\"other\":true}")).isEqualTo(new Rewrite("/p", "h", "v", "a", "w"));
        assertThat(filter.parseConf("{}")).isEqualTo(new Rewrite(null, null, null, null, null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"rewrite_path\":1}        | rewrite_path: 1 (expected: a text in quotes)",
        "{\"conf_header_name\":\"\"} | conf_header_name: \"\" (expected: a name)",
        "{\"conf_header_value\":\"v\"} | conf_header_name is missing (expected: the name for conf_header_value)",
        "{\"conf_arg_value\":\"v\"} | conf_arg_name is missing (expected: the name for conf_arg_value)",
        "[]                        | character 1: '{' expected, but '[' found"})
    void refusesAWrongConf(String conf, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> filter.parseConf(conf)).withMessageContaining(message);
    }

    @Test
    void rewritesPathHeaderAndArgumentAndGoesOn() {
        conf = new Rewrite("/p", "h", "v", "a", "w");
        assertThat(callsOfFilter()).containsExactly("HttpRequest.setPath[/p]", "HttpRequest.setHeader[h, v]", "HttpRequest.setArg[a, w]",
                "PluginFilterChain.filter[HttpRequest, HttpResponse]");
    }

    @Test
    void leavesAloneWhatTheConfLeavesOutAndDeletesByANameWithoutValue() {
        conf = new Rewrite(null, "h", null, null, "w");
        assertThat(callsOfFilter()).containsExactly("HttpRequest.setHeader[h, null]", "PluginFilterChain.filter[HttpRequest, HttpResponse]");
    }

    private List<String> callsOfFilter() {
        filter.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        return calls;
    }

    /** Gives the conf and no variables, and records all other calls by name and arguments. */
    private <T> T fake(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "toString":
                    return type.getSimpleName();
                case "conf":
                    assertThat(arguments[0]).isSameAs(filter);
                    return conf;
                case "getVars":
                case "getBody":
                    return null;
                default:
                    calls.add(type.getSimpleName() + "." + method.getName() + Arrays.toString(arguments));
                    return null;
            }
        }));
    }
}
