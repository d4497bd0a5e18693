// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Await;
import a6runner.itests.Container;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

import static a6runner.itests.Container.core;
import static a6runner.itests.Container.plugin;
import static a6runner.itests.Container.setting;
import static org.assertj.core.api.Assertions.assertThat;

/** Things that happen at the same moment, or after the reply: many rounds, each with exactly one reply, its own. */
final class RacesIT {

    private static final int ROUNDS = 5_000;

    /** Has another thread call the chain at about the moment at which it returns. */
    public abstract static class Racer implements PluginFilter {

        private final ExecutorService other = Executors.newSingleThreadExecutor();
        private final SplittableRandom random = new SplittableRandom(20261122);

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            int its = random.nextInt(2_000);
            int ours = random.nextInt(4_000);
            other.execute(() -> {
                spin(its);
                request.setHeader("x-round", request.getPath());
                chain.filter(request, response);
            });
            spin(ours);
        }

        @Override
        public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
            int its = random.nextInt(2_000);
            int ours = random.nextInt(4_000);
            response.setHeader("x-touched", "yes");
            response.async();
            other.execute(() -> {
                spin(its);
                response.setHeader("x-round", request.getUpstreamHeaders().get("x-round"));
                chain.postFilter(request, response);
            });
            spin(ours);
        }

        private static void spin(int times) {
            for (int i = 0; i < times; i++) {
                Thread.onSpinWait();
            }
        }

        @Deactivate
        void close() {
            other.shutdownNow();
        }
    }

    @Component(service = PluginFilter.class)
    public static final class RacerOnLoop extends Racer {

        @Override
        public String name() {
            return "racer-on-event-loop";
        }
    }

    @Component(service = PluginFilter.class)
    public static final class RacerOnWorker extends Racer {

        @Override
        public String name() {
            return "racer-on-worker";
        }
    }

    /** Asks for a variable and a body and doesn't wait for the answers. */
    @Component
    public static final class Impatient implements PluginFilter {

        @Override
        public String name() {
            return "impatient";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            request.var("v").whenComplete((value, failure) -> Signals.note("var", failure == null ? "answered " + value : failure.getMessage()));
            request.body().whenComplete((body, failure) -> Signals.note("body", failure == null ? "answered" : failure.getMessage()));
            chain.filter(request, response);
        }
    }

    /** Shows a variable. */
    @Component
    public static final class Patient implements PluginFilter {

        @Override
        public String name() {
            return "patient";
        }

        @Override
        public List<String> requiredVars() {
            return List.of("v");
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            request.setHeader("x-v", request.getVars("v"));
            chain.filter(request, response);
        }
    }

    /** Reads its request until that throws, and takes notes if it ever sees another's. */
    public abstract static class Reader implements PluginFilter {

        static final AtomicInteger ENDED = new AtomicInteger();

        @Override
        public Boolean requiredBody() {
            return true;
        }

        static void readUntilTheEnd(HttpRequest request) {
            try {
                String path = request.getPath();
                String round = path.substring(1);
                while (true) {
                    same(path, request.getPath());
                    same(round, request.getHeader("x-round"));
                    same(round, request.getArg("round"));
                    same(round, request.getHeaders().get("x-round"));
                    same(round, request.getArgs().get("round"));
                    same(round, request.getHeaderValues("x-round").get(0));
                    same(round, request.getBody());
                    same("1.2.3." + round.length(), request.getSourceIP());
                }
            } catch (IllegalStateException e) {
                if (!e.getMessage().startsWith("the call has ended")) {
                    Signals.note("wrong", e.toString());
                }
            } catch (Throwable e) {
                Signals.note("wrong", e.toString());
            }
            synchronized (ENDED) { // else the last note may be of the last but one
                Signals.note("ended", Integer.toString(ENDED.incrementAndGet()));
            }
        }

        private static void same(String expected, String actual) {
            if (!expected.equals(actual)) {
                Signals.note("wrong", actual + " (expected: " + expected + ")");
            }
        }
    }

    /** Reads in its filter, for longer than its timeout. */
    @Component(service = PluginFilter.class)
    public static final class EndlessReader extends Reader {

        @Override
        public String name() {
            return "endless-reader";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            readUntilTheEnd(request);
        }
    }

    /** Reads on from another thread although it has called the chain. */
    @Component(service = PluginFilter.class)
    public static final class SecretReader extends Reader {

        private final ExecutorService other = Executors.newCachedThreadPool();

        @Override
        public String name() {
            return "secret-reader";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            other.execute(() -> readUntilTheEnd(request));
            chain.filter(request, response);
        }

        @Deactivate
        void close() {
            other.shutdownNow();
        }
    }

    private Container container;
    private A6Client apisix;

    @BeforeEach
    void start() {
        container = Container.start(core(), plugin("noop"), setting("plugin.racer-on-event-loop.execution", "event-loop"),
                setting("plugin.racer-on-worker.execution", "worker"), setting("plugin.endless-reader.timeout", "50ms"));
        container.install(TestBundle.of("test.races", "1.0.0", Racer.class, RacerOnLoop.class, RacerOnWorker.class, Impatient.class, Patient.class, Reader.class,
                EndlessReader.class, SecretReader.class, Signals.class));
        apisix = container.connect();
    }

    @AfterEach
    void stop() throws IOException {
        try {
            apisix.close();
        } finally {
            container.close();
            Signals.clear();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"racer-on-event-loop", "racer-on-worker"})
    void aCallbackThatCompletesWhileItsFilterReturnsLeadsToOneReply(String racer) throws IOException {
        long token = Calls.prepare(apisix, racer, "", "noop", "");
        for (int i = 0; i < ROUNDS; i++) {
            HttpReqCall.Req request = Calls.request(token, "/" + i);
            Reply reply = apisix.call(request, ExtraInfoAnswers.none()).reply();
            assertThat(Calls.rewritten(reply, "x-round")).isEqualTo("/" + i);
            assertThat(((Reply.Rewrite) reply).message().id()).isEqualTo(request.id());
        }
        Calls.assertNothingElse(apisix);
        Calls.assertServes(apisix, Calls.prepare(apisix, "noop", ""));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"racer-on-event-loop", "racer-on-worker"})
    void aCallbackThatCompletesWhileItsPostFilterReturnsLeadsToOneReply(String racer) throws IOException {
        long token = Calls.prepare(apisix, racer, "", "noop", "");
        for (int i = 0; i < ROUNDS; i++) {
            HttpRespCall.Req response = Calls.response(token, 200, "x-round", "old " + i, "x-other", "o");
            Reply reply = apisix.call(response, ExtraInfoAnswers.none()).reply();
            assertThat(reply).isInstanceOf(Reply.ResponseAnswer.class);
            HttpRespCall.Resp answer = ((Reply.ResponseAnswer) reply).message();
            assertThat(answer.id()).isEqualTo(response.id());
            assertThat(answer.headers()).extracting(Entry::toString).containsExactlyInAnyOrder("x-round=old " + i, "x-other=o", "x-touched=yes");
        }
        Calls.assertNothingElse(apisix);
        Calls.assertServes(apisix, Calls.prepare(apisix, "noop", ""));
    }

    @Test
    void lateAnswersBeforeTheNextFrameAreDiscarded() throws IOException {
        long impatient = Calls.prepare(apisix, "impatient", "");
        long patient = Calls.prepare(apisix, "patient", "");
        for (int i = 0; i < 200; i++) {
            HttpReqCall.Req request = Calls.request(impatient, "/");
            apisix.send(request.frame());
            assertThat(question()).isEqualTo(ExtraInfo.VAR);
            assertThat(question()).isEqualTo(ExtraInfo.REQ_BODY);
            Frame reply = apisix.receive().orElseThrow();
            assertThat(reply.type()).isEqualTo(FrameType.HTTP_REQ_CALL);
            assertThat(HttpReqCall.Resp.decode(reply.payload()).id()).isEqualTo(request.id());
            apisix.answer(Text.of("late").bytes());
            apisix.answer(Text.of("late body").bytes());

            Reply next = apisix.call(Calls.request(patient, "/"), ExtraInfoAnswers.none().withVar("v", "right " + i)).reply();
            assertThat(Calls.rewritten(next, "x-v")).isEqualTo("right " + i);
        }
        Await.until("the stages to end", () -> Signals.note("var") != null && Signals.note("body") != null);
        assertThat(Signals.note("var")).contains("the call ended");
        assertThat(Signals.note("body")).contains("the call ended");
        Calls.assertNothingElse(apisix);
    }

    @Test
    void aCallBeforeTheLateAnswersEndsTheConnection() throws IOException {
        long impatient = Calls.prepare(apisix, "impatient", "");
        apisix.send(Calls.request(impatient, "/").frame());
        question();
        question();
        assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.HTTP_REQ_CALL);
        apisix.send(Calls.request(impatient, "/").frame());
        Calls.assertError(apisix, Err.BAD_REQUEST);
        apisix.assertClosed();
        try (A6Client next = container.connect()) {
            Calls.assertServes(next, Calls.prepare(next, "noop", ""));
        }
    }

    @Test
    void aWorkerStillReadingWhenItsCallTimesOutSeesItsOwnCallOrAnException() throws Exception {
        int connections = 8;
        int rounds = 15;
        ExecutorService clients = Executors.newFixedThreadPool(connections);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int connection = i;
                done.add(clients.submit(() -> {
                    readAndTimeOut(connection, rounds);
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            clients.shutdownNow();
        }
        Await.until("all readers to end", () -> Integer.toString(connections * rounds).equals(Signals.note("ended")));
        assertThat(Signals.note("wrong")).isNull();
    }

    private void readAndTimeOut(int connection, int rounds) throws IOException {
        try (A6Client client = container.connect()) {
            long reader = Calls.prepare(client, "endless-reader", "");
            long noop = Calls.prepare(client, "noop", "");
            for (int i = 0; i < rounds; i++) {
                Reply reply = client.call(round(reader, connection, i), body(connection, i)).reply();
                assertThat(reply).isInstanceOf(Reply.ErrorReply.class);
                for (int next = 0; next < 30; next++) {
                    assertThat(client.call(round(noop, connection, next), ExtraInfoAnswers.none()).reply()).isInstanceOf(Reply.Continue.class);
                }
            }
        }
    }

    @Test
    void aThreadThatReadsOnAfterTheReplySeesItsOwnCallOrAnException() throws IOException {
        long token = Calls.prepare(apisix, "secret-reader", "");
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(apisix.call(round(token, 1, i), body(1, i)).reply()).isInstanceOf(Reply.Continue.class);
        }
        Await.until("all readers to end", () -> Integer.toString(ROUNDS).equals(Signals.note("ended")));
        assertThat(Signals.note("wrong")).isNull();
        Calls.assertNothingElse(apisix);
    }

    /** A request that says its round in every field, with lengths that differ, so that another's bytes stand elsewhere. */
    private static HttpReqCall.Req round(long token, int connection, int i) {
        String round = name(connection, i);
        return new HttpReqCall.Req(i, new byte[] {1, 2, 3, (byte) round.length()}, 0, Text.of("/" + round), Entry.list("a", "b".repeat(i % 7), "round", round),
                Entry.list("host", "h".repeat(i % 11), "x-round", round), token);
    }

    private static ExtraInfoAnswers body(int connection, int i) {
        return ExtraInfoAnswers.none().withRequestBody(Text.of(name(connection, i)).bytes());
    }

    private static String name(int connection, int i) {
        return connection + "-" + i + "-" + "r".repeat(i % 50);
    }

    private int question() throws IOException {
        Frame frame = apisix.receive().orElseThrow();
        assertThat(frame.type()).isEqualTo(FrameType.EXTRA_INFO);
        return ExtraInfo.Req.decode(frame.payload()).infoType();
    }
}
