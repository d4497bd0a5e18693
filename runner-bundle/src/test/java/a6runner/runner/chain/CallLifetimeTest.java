// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.ParsingFilter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a plugin keeps of a call throws once the call has its reply: every member of every view. */
class CallLifetimeTest {

    private final Rig rig = new Rig("event-loop");
    private final ParsingFilter filter = new ParsingFilter("p", conf -> conf);
    private Object request;
    private Object response;

    @AfterEach
    void close() {
        rig.close();
    }

    private Object sample(Class<?> type) {
        if (type == String.class) {
            return "x";
        }
        if (type == int.class) {
            return 200;
        }
        if (type == byte[].class) {
            return new byte[] {1};
        }
        return type == Charset.class ? StandardCharsets.UTF_8 : filter;
    }

    private void everyMemberThrows(Object view, Class<?> type) {
        Method[] members = type.getMethods();
        assertThat(members).hasSizeGreaterThan(5);
        for (Method member : members) {
            Object[] arguments = Stream.of(member.getParameterTypes()).map(this::sample).toArray();
            assertThatThrownBy(() -> member.invoke(view, arguments)).as("%s%s", member.getName(), Arrays.toString(arguments))
                    .isInstanceOf(InvocationTargetException.class).cause().isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the call has ended");
        }
    }

    @Test
    void endsRequestsWithTheReply() {
        rig.plugin(filter.wantsBody().vars("x").onRequest((q, s, chain) -> {
            request = q;
            response = s;
            chain.filter(q, s);
        }));
        rig.run(rig.request().headers("x=1").args("x=1").var("x", "1").body("b"), "p");
        everyMemberThrows(request, HttpRequest.class);
        everyMemberThrows(response, HttpResponse.class);
    }

    @Test
    void endsUpstreamResponsesWithTheReply() {
        rig.plugin(filter.wantsResponseBody().vars("x").onResponse((q, s, chain) -> {
            request = q;
            response = s;
            chain.postFilter(q, s);
        }));
        rig.run(rig.response().headers("x=1").var("x", "1").body("b"), "p");
        everyMemberThrows(request, PostRequest.class);
        everyMemberThrows(response, PostResponse.class);
    }

    @Test
    void keepsMapsAndBodiesThatWereTakenBefore() {
        Object[] kept = new Object[3];
        rig.plugin(filter.wantsBody().onRequest((q, s, chain) -> {
            kept[0] = q.getHeaders();
            kept[1] = q.getHeaderValues("x");
            kept[2] = q.getBodyBytes();
            chain.filter(q, s);
        }));
        rig.run(rig.request().headers("x=1").body("b"), "p");
        assertThat(kept[0]).hasToString("{x=1}");
        assertThat(kept[1]).hasToString("[1]");
        assertThat((byte[]) kept[2]).asString().isEqualTo("b");
    }
}
