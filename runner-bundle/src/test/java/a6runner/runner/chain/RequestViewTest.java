// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.TestFilter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The api's rules, as one plugin sees a request and as APISIX gets what it says. */
class RequestViewTest {

    private final Rig rig = new Rig("event-loop");

    @AfterEach
    void close() {
        rig.close();
    }

    private Outcome run(FakeRequestCall call, Consumer<HttpRequest> filter) {
        rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {
            filter.accept(request);
            chain.filter(request, response);
        }));
        return rig.run(call, "p");
    }

    private Outcome stop(Consumer<HttpResponse> filter) {
        rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> filter.accept(response)));
        return rig.run(rig.request(), "p");
    }

    private static Outcome.Rewritten rewritten(String path, List<String> headers, List<String> args) {
        return new Outcome.Rewritten(path, headers, args, List.of(), null);
    }

    // ---- reading

    @Test
    void showsTheCall() {
        run(rig.request().token(-1).path("/a b").source((byte) 10, (byte) 0, (byte) 0, (byte) 255), request -> {
            assertThat(request.getRequestId()).isEqualTo(4_000_000_000L);
            assertThat(request.getMethod()).isEqualTo(HttpRequest.Method.POST);
            assertThat(request.getPath()).isEqualTo("/a b");
            assertThat(request.getSourceIP()).isEqualTo("10.0.0.255");
            assertThat(request.getConfToken()).isBetween(1L, 0xFFFFFFFFL);
        });
    }

    @Test
    void showsAnIpv6Address() {
        byte[] address = new byte[16];
        address[0] = 0x20;
        address[1] = 0x01;
        address[15] = 1;
        run(rig.request().source(address), request -> {
            assertThat(request.getSourceIP()).isEqualTo("2001:0:0:0:0:0:0:1");
            assertThat(request.getSourceAddress().getAddress()).isEqualTo(address);
        });
    }

    @Test
    void showsNoAddressWhereThereIsNone() {
        run(rig.request().source(), request -> {
            assertThat(request.getSourceIP()).isEmpty();
            assertThat(request.getSourceAddress()).isNull();
        });
    }

    @Test
    void answersNullForNullNames() {
        assertThat(run(rig.request(), request -> {
            assertThat(request.getHeader(null)).isNull();
            assertThat(request.getArg(null)).isNull();
            assertThat(request.getVars(null)).isNull();
            assertThat(request.getHeaderValues(null)).isEmpty();
            assertThat(request.getArgValues(null)).isEmpty();
        })).isEqualTo(new Outcome.GoOn());
    }

    @Test
    void showsNoBodyThatNobodyDeclared() {
        run(rig.request().body("there"), request -> {
            assertThat(request.getBody()).isNull();
            assertThat(request.getBody(StandardCharsets.UTF_16)).isNull();
            assertThat(request.getBodyBytes()).isNull();
        });
    }

    // ---- path

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /new         | /new         | ''
            rel          | /rel         | ''
            /new?a=1&b   | /new         | a=1,b=
            /new?        | /new         | ''
            ?a=1         | /            | a=1
            /hello?a=1   |              | a=1
            /x?a=1&a=2   | /x           | a=1,a=2
            /x?q=a%20b+c%26 | /x        | q=a b c&
            /x?broken=%zz | /x          | broken=%zz
            /x?&=1&&a=1  | /x           | a=1
            """)
    void splitsThePathAtAQuestionMark(String set, String path, String args) {
        Outcome outcome = run(rig.request(), request -> request.setPath(set));
        assertThat(outcome).isEqualTo(rewritten(path, List.of(), args.isEmpty() ? List.of() : List.of(args.split(","))));
    }

    @Test
    void takesThePathThatIsShownForNoChange() {
        assertThat(run(rig.request(), request -> request.setPath("/hello"))).isEqualTo(new Outcome.GoOn());
        assertThat(rig.log.with("WARN")).isEmpty();
    }

    @Test
    void ignoresANullPathAndNullNamesWithAWarning() {
        assertThat(run(rig.request(), request -> {
            request.setPath(null);
            request.setHeader(null, "x");
            request.setHeader("", "x");
            request.setArg(null, "x");
            request.setArg("", "x");
        })).isEqualTo(new Outcome.GoOn());
        assertThat(rig.log.with("WARN plugin p")).hasSize(1);
    }

    @Test
    void warnsOfARelativePath() {
        run(rig.request(), request -> request.setPath("rel"));
        assertThat(rig.log.with("WARN plugin p", "\"rel\"", "no / at the beginning")).hasSize(1);
    }

    // ---- headers and arguments

    @Test
    void rewritesHeadersAndArgumentsAndShowsItself() {
        FakeRequestCall call = rig.request().headers("host=x", "drop=1").args("a=1", "b=2");
        assertThat(run(call, request -> {
            request.setHeader("x-new", "1");
            request.setHeader("DROP", null);
            request.removeHeader("none");
            request.setArg("a", "9");
            request.removeArg("b");
            request.addArg("c", "3");
            request.setPath("/p");
            assertThat(request.getHeaders()).isEqualTo(Map.of("host", "x", "x-new", "1"));
            assertThat(request.getHeaderValues("X-New")).containsExactly("1");
            assertThat(request.getArgs()).isEqualTo(Map.of("a", "9", "c", "3"));
            assertThat(request.getArgValues("b")).isEmpty();
            assertThat(request.getPath()).isEqualTo("/p");
        })).isEqualTo(rewritten("/p", List.of("x-new=1", "-DROP"), List.of("a=9", "-b", "c=3")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length", "Transfer-Encoding", "CONNECTION"})
    void dropsHeadersThatApisixWouldBreak(String name) {
        assertThat(run(rig.request(), request -> request.setHeader(name, "5"))).isEqualTo(new Outcome.GoOn());
        assertThat(rig.log.with("WARN plugin p", name)).hasSize(1);
    }

    @Test
    void rewritesThroughTheResponsesOldMembersWithoutStopping() {
        rig.plugin(new TestFilter("p").onRequest((request, response, chain) -> {
            response.setReqHeader("x", "1");
            response.setArg("a", "2");
            response.setPath("/p");
            chain.filter(request, response);
        }));
        assertThat(rig.run(rig.request(), "p")).isEqualTo(rewritten("/p", List.of("x=1"), List.of("a=2")));
    }

    // ---- body

    @Test
    void replacesTheBodyAndShowsIt() {
        byte[] bytes = {'a', 'b'};
        assertThat(run(rig.request(), request -> {
            request.setBody(bytes);
            bytes[0] = 'X';
            request.getBodyBytes()[1] = 'X';
            assertThat(request.getBody()).isEqualTo("ab");
        })).isEqualTo(new Outcome.Rewritten(null, List.of(), List.of(), List.of(), "ab"));
    }

    @Test
    void refusesABodyThatApisixWouldIgnoreOrThatDoesNotFit() {
        assertThat(run(rig.request(), request -> {
            assertThatThrownBy(() -> request.setBody("")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0 bytes");
            assertThatThrownBy(() -> request.setBody((String) null)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("null");
            assertThatThrownBy(() -> request.setBody((byte[]) null)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> request.setBody(new byte[16_000_001])).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("16000001");
        })).isEqualTo(new Outcome.GoOn());
    }

    // ---- the client's response, from the request phase

    @Test
    void sendsHeadersForTheClientsResponse() {
        assertThat(run(rig.request(), request -> {
            request.setResponseHeader("x", "1");
            request.addResponseHeader("x", "2");
            request.setResponseHeader("y", "3");
        })).isEqualTo(new Outcome.Rewritten(null, List.of(), List.of(), List.of("x=1", "x=2", "y=3"), null));
    }

    @ParameterizedTest
    @NullAndEmptySource
    void throwsFromAddedMembersForNamelessThings(String name) {
        assertThat(run(rig.request(), request -> {
            assertThatThrownBy(() -> request.removeHeader(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> request.removeArg(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> request.addArg(name, "x")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> request.setResponseHeader(name, "x")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> request.addResponseHeader(name, "x")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> request.var(name)).isInstanceOf(IllegalArgumentException.class);
        })).isEqualTo(new Outcome.GoOn());
    }

    @Test
    void throwsFromAddedMembersForNullValues() {
        assertThat(run(rig.request(), request -> {
            assertThatThrownBy(() -> request.addArg("a", null)).hasMessage("value of a: null (expected: a text)");
            assertThatThrownBy(() -> request.setResponseHeader("x", null)).hasMessage("value of x: null (expected: a text)");
            assertThatThrownBy(() -> request.addResponseHeader("x", null)).hasMessage("value of x: null (expected: a text)");
        })).isEqualTo(new Outcome.GoOn());
    }

    // ---- a stop

    @Test
    void stopsWithRepeatedHeaders() {
        assertThat(stop(response -> {
            response.addHeader("set-cookie", "a");
            response.addHeader("Set-Cookie", "b");
            response.setHeader("x", "1");
            response.setHeader("X", "2");
            response.setHeader("gone", "1");
            response.setHeader("gone", null);
        })).isEqualTo(new Outcome.Stopped(0, List.of("set-cookie=a", "Set-Cookie=b", "X=2"), null));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 100, 199, 444, 499, 1_000})
    void answers500ForAStatusThatWouldCloseTheClientsConnection(int status) {
        assertThat(stop(response -> response.setStatusCode(status))).isEqualTo(new Outcome.Stopped(500, List.of(), null));
        assertThat(rig.log.with("WARN plugin p", "status " + status)).hasSize(1);
    }

    @Test
    void stopsThoughTheOnlyHeaderIsDropped() {
        assertThat(stop(response -> response.setHeader("content-length", "5"))).isEqualTo(new Outcome.Stopped(0, List.of(), null));
        assertThat(rig.log.with("WARN plugin p", "content-length")).hasSize(1);
    }

    @Test
    void stopsWithBytes() {
        byte[] bytes = {'a', 'b'};
        assertThat(stop(response -> {
            response.setBody(bytes);
            bytes[0] = 'X';
        })).isEqualTo(new Outcome.Stopped(0, List.of(), "ab"));
    }

    @Test
    void stopsWithoutABodyThatWasTakenBack() {
        assertThat(stop(response -> {
            response.setBody("x");
            response.setBody((String) null);
        })).isEqualTo(new Outcome.Stopped(0, List.of(), null));
    }

    @Test
    void throwsForAnAddedHeaderThatApisixWouldBreak() {
        assertThat(stop(response -> {
            assertThatThrownBy(() -> response.addHeader("content-length", "5")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> response.addHeader("x", null)).isInstanceOf(IllegalArgumentException.class);
            response.setStatusCode(403);
        })).isEqualTo(new Outcome.Stopped(403, List.of(), null));
    }
}
