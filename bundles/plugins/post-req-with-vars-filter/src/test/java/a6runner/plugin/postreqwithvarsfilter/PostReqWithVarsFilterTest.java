// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.postreqwithvarsfilter;

import a6runner.plugin.postreqwithvarsfilter.PostReqWithVarsFilter.Rewrite;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PostReqWithVarsFilterTest {

    private final List<String> calls = new ArrayList<>();
    private final PostReqWithVarsFilter filter = new PostReqWithVarsFilter();
    private Rewrite conf = new Rewrite(null);
    private String port = "9080";

    @Test
    void asksForOneVariableAndTheUpstreamsBodyOnly() {
        assertThat(filter.name()).isEqualTo("PostReqWithVarsFilter");
        assertThat(filter.requiredVars()).containsExactly("server_port");
        assertThat(filter.requiredRespBody()).isTrue();
        assertThat(filter.requiredBody()).isFalse();
    }

    @Test
    void readsTheConf() {
        assertThat(filter.parseConf("{\"rewrite_path\":\"/p\",\"other\":1}")).isEqualTo(new Rewrite("/p"));
        assertThat(filter.parseConf("")).isEqualTo(new Rewrite(null));
        assertThatIllegalArgumentException().isThrownBy(() -> filter.parseConf("{\"rewrite_path\":1}")).withMessageContaining("rewrite_path: 1");
    }

    @Test
    void rewritesThePathAndGoesOn() {
        conf = new Rewrite("/p");
        filter.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("HttpRequest.setPath[/p]", "PluginFilterChain.filter[HttpRequest, HttpResponse]");
    }

    @Test
    void leavesThePathAloneWithoutOneInItsConf() {
        filter.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("PluginFilterChain.filter[HttpRequest, HttpResponse]");
    }

    @Test
    void tellsThePortAndGoesOn() {
        filter.postFilter(fake(PostRequest.class), fake(PostResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("PostResponse.setHeader[server_port, 9080]", "PluginFilterChain.postFilter[PostRequest, PostResponse]");
    }

    @Test
    void tellsNothingWhenThereIsNoSuchVariable() {
        port = "";
        filter.postFilter(fake(PostRequest.class), fake(PostResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).containsExactly("PluginFilterChain.postFilter[PostRequest, PostResponse]");
    }

    /** Gives conf, variable and body, and records all other calls by name and arguments. */
    private <T> T fake(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "toString":
                    return type.getSimpleName();
                case "conf":
                    assertThat(arguments[0]).isSameAs(filter);
                    return conf;
                case "getVars":
                    assertThat(arguments).containsExactly("server_port");
                    return port;
                case "getUpstreamStatusCode":
                    return 200;
                case "getBody":
                    return "";
                default:
                    calls.add(type.getSimpleName() + "." + method.getName() + Arrays.toString(arguments));
                    return null;
            }
        }));
    }
}
