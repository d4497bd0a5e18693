// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.responsefilter;

import a6runner.plugin.responsefilter.ResponseFilter.Change;
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

class ResponseFilterTest {

    private static final String GOES_ON = "PluginFilterChain.postFilter[PostRequest, PostResponse]";

    private final List<String> calls = new ArrayList<>();
    private final ResponseFilter filter = new ResponseFilter();
    private Change conf;
    private int upstreamStatus = 200;

    @Test
    void readsTheConf() {
        assertThat(filter.parseConf("{\"response_code\":\"403\",\"response_header_name\":\"h\",\"response_header_value\":\"v\",\"response_body\":\"b\",\"other\":1}"))
                .isEqualTo(new Change(403, "h", "v", "b"));
        assertThat(filter.parseConf("{\"response_code\":403.0}")).isEqualTo(new Change(403, null, null, null));
        assertThat(filter.parseConf("")).isEqualTo(new Change(null, null, null, null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"response_code\":\"x\"} | response_code: x (expected: a whole number)",
        "{\"response_code\":444}   | response_code: 444 (expected: a status from 200 to 999, but neither 444 nor 499)",
        "{\"response_header_value\":\"v\"} | response_header_name is missing (expected: the name for response_header_value)",
        "{\"response_body\":{}}    | objects and lists are not possible inside this conf"})
    void refusesAWrongConf(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> filter.parseConf(text)).withMessageContaining(message);
    }

    @Test
    void changesStatusHeaderAndBodyAndGoesOn() {
        conf = new Change(403, "h", "v", "b");
        assertThat(callsOfPostFilter()).containsExactly("PostResponse.setStatusCode[403]", "PostResponse.setHeader[h, v]", "PostResponse.setBody[b]", GOES_ON);
    }

    @Test
    void leavesAloneWhatTheConfLeavesOutAndDeletesByANameWithoutValue() {
        conf = new Change(null, "h", null, null);
        assertThat(callsOfPostFilter()).containsExactly("PostResponse.setHeader[h, null]", GOES_ON);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void givesNoBodyToAResponseThatHasNone(int status) {
        conf = new Change(null, null, null, "b");
        upstreamStatus = status;
        assertThat(callsOfPostFilter()).containsExactly(GOES_ON);
    }

    @Test
    void givesABodyToAResponseThatGetsOneByItsNewStatus() {
        conf = new Change(200, null, null, "b");
        upstreamStatus = 204;
        assertThat(callsOfPostFilter()).containsExactly("PostResponse.setStatusCode[200]", "PostResponse.setBody[b]", GOES_ON);
    }

    @Test
    void givesNoBodyToAResponseThatLosesItByItsNewStatus() {
        conf = new Change(304, null, null, "b");
        assertThat(callsOfPostFilter()).containsExactly("PostResponse.setStatusCode[304]", GOES_ON);
    }

    @Test
    void isTransparentInTheRequestPhase() {
        filter.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("PluginFilterChain.filter[HttpRequest, HttpResponse]");
    }

    private List<String> callsOfPostFilter() {
        filter.postFilter(fake(PostRequest.class), fake(PostResponse.class), fake(PluginFilterChain.class));
        return calls;
    }

    /** Gives the conf and the upstream's status, and records all other calls by name and arguments. */
    private <T> T fake(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "toString":
                    return type.getSimpleName();
                case "conf":
                    assertThat(arguments[0]).isSameAs(filter);
                    return conf;
                case "getUpstreamStatusCode":
                    return upstreamStatus;
                default:
                    calls.add(type.getSimpleName() + "." + method.getName() + Arrays.toString(arguments));
                    return null;
            }
        }));
    }
}
