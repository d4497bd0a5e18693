// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Await;
import a6runner.itests.Container;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpRespCall;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Component;

import static a6runner.itests.Container.core;
import static a6runner.itests.Container.plugin;
import static a6runner.itests.Container.setting;
import static org.assertj.core.api.Assertions.assertThat;

/** Plugins that sleep, loop or never go on: their calls are refused in time, their late results dropped, and nobody else waits. */
final class SlowPluginsIT {

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

    /** Sleeps a minute in each phase, or until the test wakes it; but not for the path /quick. */
    public abstract static class Sleeping implements PluginFilter {

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            if (!request.getPath().startsWith("/quick") && !request.getPath().equals("/next")) {
                Signals.await("wake up");
                try {
                    response.setBody("too late");
                } catch (IllegalStateException e) {
                    Signals.note("late change", e.getMessage());
                }
            }
            chain.filter(request, response);
        }

        @Override
        public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
            Signals.await("wake up");
            chain.postFilter(request, response);
        }
    }

    @Component(service = PluginFilter.class)
    public static final class Sleeper extends Sleeping {

        @Override
        public String name() {
            return "sleeper";
        }
    }

    /** Has a timeout and a limit of its own. */
    @Component(service = PluginFilter.class)
    public static final class Napper extends Sleeping {

        @Override
        public String name() {
            return "napper";
        }
    }

    /** Returns, and forgets the chain. */
    @Component
    public static final class Forgetful implements PluginFilter {

        @Override
        public String name() {
            return "forgetful";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            // somebody meant to call the chain
        }
    }

    /** Takes a processor and doesn't give it back. */
    @Component
    public static final class Spinner implements PluginFilter {

        @Override
        public String name() {
            return "spinner";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            while (!Signals.isRaised("wake up")) {
                Thread.onSpinWait();
            }
        }
    }

    /** Runs on a worker and says so. */
    @Component
    public static final class Diligent implements PluginFilter {

        @Override
        public String name() {
            return "diligent";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            request.setHeader("x-thread", Thread.currentThread().getName());
            chain.filter(request, response);
        }
    }

    private final List<A6Client> clients = new ArrayList<>();
    private Container container;
    private Bystander bystander;

    @BeforeEach
    void start() {
        container = Container.start(core(), plugin("noop"), setting("call.timeout", "2s"), setting("plugin.diligent.execution", "worker"),
                setting("plugin.napper.timeout", "1s"), setting("plugin.napper.workers", "3"));
        container.install(TestBundle.of("test.slow", "1.0.0", Sleeping.class, Sleeper.class, Napper.class, Forgetful.class, Spinner.class, Diligent.class,
                Signals.class));
        bystander = new Bystander(container.connect(), "noop");
    }

    @AfterEach
    void stop() throws IOException {
        Signals.raise("wake up");
        try {
            bystander.close();
        } finally {
            for (A6Client client : clients) {
                client.close();
            }
            container.close();
            Signals.clear();
        }
    }

    @Test
    void aFilterThatSleepsOnEveryConnectionIsAnsweredAtTheCallTimeoutWhileOthersGoOn() throws IOException {
        connect(30);
        long token = Calls.prepare(clients.get(0), "sleeper", "");
        long start = System.nanoTime();
        for (A6Client client : clients) {
            client.send(Calls.request(token, "/sleep").frame());
        }
        bystander.awaitServed(200);
        for (A6Client client : clients) {
            Calls.assertError(client, Err.SERVICE_UNAVAILABLE);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(CALL_TIMEOUT, CALL_TIMEOUT.plusSeconds(6));
        assertThat(bystander.slowest()).as("the longest that another plugin's call took").isLessThan(CALL_TIMEOUT);
        container.awaitLog("ERROR plugin sleeper (test.slow 1.0.0) did not go on within 2000 ms (call.timeout)", "route#");
        assertEachServesNext(token);

        Signals.raise("wake up");
        Await.until("a late change to be refused", () -> Signals.note("late change") != null);
        assertThat(Signals.note("late change")).contains("the call has ended");
        assertEachServesNext(token);
        Calls.assertNothingElse(clients.get(0));
    }

    @Test
    void aPostFilterThatSleepsIsAnswered503AtTheCallTimeout() throws IOException {
        connect(1);
        A6Client client = clients.get(0);
        long token = Calls.prepare(client, "sleeper", "");
        client.send(Calls.response(token, 200, "content-type", "text/plain").frame());
        Frame reply = client.receive().orElseThrow();
        assertThat(reply.type()).isEqualTo(FrameType.HTTP_RESP_CALL);
        assertThat(HttpRespCall.Resp.decode(reply.payload()).status()).isEqualTo(503);
        Signals.raise("wake up");
        assertEachServesNext(token);
        Calls.assertNothingElse(client);
    }

    @Test
    void aPluginsOwnTimeoutCountsForItsStep() throws IOException {
        connect(1);
        A6Client client = clients.get(0);
        long token = Calls.prepare(client, "napper", "");
        long start = System.nanoTime();
        Calls.assertRefused(Calls.call(client, token, "/sleep"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        container.awaitLog("ERROR plugin napper (test.slow 1.0.0) did not go on within 1000 ms (plugin.napper.timeout)");
        assertEachServesNext(token);
    }

    @Test
    void callsBeyondAPluginsWorkersAreRefusedAtOnceAndServedWhenThereIsRoomAgain() throws IOException {
        connect(4);
        long token = Calls.prepare(clients.get(0), "napper", "");
        for (A6Client client : clients.subList(0, 3)) {
            client.send(Calls.request(token, "/sleep").frame());
        }
        for (A6Client client : clients.subList(0, 3)) {
            Calls.assertError(client, Err.SERVICE_UNAVAILABLE); // their timeout; their threads sleep on
        }
        Calls.assertRefused(Calls.call(clients.get(3), token, "/quick")); // not by its timeout, as the log tells
        container.awaitLog("ERROR plugin napper (test.slow 1.0.0) holds as many worker threads as it may (plugin.workers)");
        Signals.raise("wake up");
        for (A6Client client : clients) { // A thread is given back a moment after its call's reply, so room for one isn't room for the next.
            Await.until("room for a call", () -> Calls.call(client, token, "/quick") instanceof Reply.Continue);
        }
    }

    @Test
    void aFilterThatForgetsTheChainIsRefusedAtTheCallTimeout() throws IOException {
        connect(1);
        long start = System.nanoTime();
        Calls.assertRefused(Calls.call(clients.get(0), Calls.prepare(clients.get(0), "forgetful", ""), "/"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(CALL_TIMEOUT, CALL_TIMEOUT.plusSeconds(6));
        container.awaitLog("ERROR plugin forgetful (test.slow 1.0.0) did not go on within");
        assertEachServesNext(Calls.prepare(clients.get(0), "noop", "{}"));
    }

    @Test
    void aPluginThatSpinsForEverDoesntStopAnotherOnWorkers() throws IOException {
        int spinning = Runtime.getRuntime().availableProcessors() + 1;
        connect(spinning + 1);
        A6Client other = clients.get(spinning);
        long spinner = Calls.prepare(other, "spinner", "");
        long diligent = Calls.prepare(other, "diligent", "");
        for (A6Client client : clients.subList(0, spinning)) {
            client.send(Calls.request(spinner, "/").frame());
        }
        for (int i = 0; i < 100; i++) {
            assertThat(Calls.rewritten(Calls.call(other, diligent, "/"), "x-thread")).startsWith("a6runner-worker-diligent");
        }
        for (A6Client client : clients.subList(0, spinning)) {
            Calls.assertError(client, Err.SERVICE_UNAVAILABLE);
        }
        for (int i = 0; i < 20; i++) { // they spin on
            assertThat(Calls.rewritten(Calls.call(other, diligent, "/"), "x-thread")).startsWith("a6runner-worker-diligent");
        }
        bystander.awaitServed(5);
    }

    private void connect(int count) {
        for (int i = 0; i < count; i++) {
            clients.add(container.connect());
        }
    }

    private void assertEachServesNext(long token) throws IOException {
        for (A6Client client : clients) {
            Calls.assertServes(client, token);
        }
    }
}
