// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.asyncresponsefilter;

import a6runner.plugin.asyncresponsefilter.AsyncResponseFilter.Answer;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AsyncResponseFilterTest {

    private static final String GOES_ON = "PluginFilterChain.postFilter[PostRequest, PostResponse]";
    private static final int LONGER_THAN_ANY_TEST_MS = 10_000;

    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final AsyncResponseFilter filter = new AsyncResponseFilter();
    private Answer conf = new Answer("b", 0);
    private int upstreamStatus = 200;

    @AfterEach
    void close() {
        filter.close();
    }

    @Test
    void readsTheConf() {
        assertThat(filter.parseConf("{\"response_body\":\"b\",\"delay_ms\":300,\"other\":1}")).isEqualTo(new Answer("b", 300));
        assertThat(filter.parseConf("")).isEqualTo(new Answer("this body came from a future\n", 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"response_body\":1} | response_body: 1 (expected: a text in quotes)",
        "{\"delay_ms\":\"x\"}  | delay_ms: x (expected: a whole number)",
        "{\"delay_ms\":-1}     | delay_ms: -1 (expected: a whole number from 0 to 10000)",
        "{\"delay_ms\":10001}  | delay_ms: 10001 (expected: a whole number from 0 to 10000)"})
    void refusesAWrongConf(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> filter.parseConf(text)).withMessage(message);
    }

    @Test
    void setsTheBodyFromAnotherThreadAndThenGoesOn() throws InterruptedException {
        postFilter();
        assertThat(next()).isEqualTo("PostResponse.setBody[b] on async-response-filter");
        assertThat(next()).isEqualTo(GOES_ON + " on async-response-filter");
    }

    @Test
    void returnsBeforeTheFutureIsDone() {
        conf = new Answer("b", LONGER_THAN_ANY_TEST_MS);
        postFilter();
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void goesOnAtOnceWithAResponseThatHasNoBody(int status) {
        upstreamStatus = status;
        postFilter();
        assertThat(calls).containsExactly(GOES_ON + " on " + Thread.currentThread().getName());
    }

    @Test
    void isRefusedAtOnceWhenItIsClosed() {
        filter.close();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(this::postFilter);
        assertThat(calls).isEmpty();
    }

    @Test
    void isTransparentInTheRequestPhase() {
        filter.filter(fake(HttpRequest.class), fake(HttpResponse.class), fake(PluginFilterChain.class));
        assertThat(calls).singleElement().asString().startsWith("PluginFilterChain.filter[HttpRequest, HttpResponse]");
    }

    private void postFilter() {
        filter.postFilter(fake(PostRequest.class), fake(PostResponse.class), fake(PluginFilterChain.class));
    }

    private String next() throws InterruptedException {
        return calls.poll(10, TimeUnit.SECONDS);
    }

    /** Gives the conf and the upstream's status, and records all other calls by name, arguments and thread. */
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
                    calls.add(type.getSimpleName() + "." + method.getName() + Arrays.toString(arguments) + " on " + Thread.currentThread().getName());
                    return null;
            }
        }));
    }
}
