// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Await;
import a6runner.itests.Container;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.CallResult;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Question;
import a6runner.testkit.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Component;

import static a6runner.itests.Container.core;
import static a6runner.itests.Container.plugin;
import static a6runner.itests.Container.setting;
import static org.assertj.core.api.Assertions.assertThat;

/** Where plugins run by the rule {@code auto}, and what a plugin does to the event loop once it is trusted there. */
final class PlacementIT {

    private static final String LOOP = "a6runner-loop";
    private static final String WORKER = "a6runner-worker";

    /** Quick, but for some paths; says on which thread it runs. */
    @Component
    public static final class Changeable implements PluginFilter {

        @Override
        public String name() {
            return "changeable";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            if (request.getPath().equals("/block")) {
                Signals.note("blocked", "yes");
                Signals.await("unblock");
            } else if (request.getPath().equals("/join")) {
                request.setHeader("x-value", request.var("value").toCompletableFuture().join().orElse("none"));
            }
            request.setHeader("x-thread", Thread.currentThread().getName());
            chain.filter(request, response);
        }
    }

    private Container container;

    private Bundle start(Option... settings) {
        container = Container.start(core(), plugin("noop"), CoreOptions.composite(settings));
        return container.install(TestBundle.of("test.changeable", "1.0.0", Changeable.class, Signals.class));
    }

    @AfterEach
    void stop() {
        Signals.raise("unblock");
        container.close();
        Signals.clear();
    }

    @ParameterizedTest(name = "transport = {0}")
    @ValueSource(strings = {"auto", "nio"})
    void aPluginThatWasQuickTenThousandTimesAndThenBlocksHoldsUpOneLoopUntilTheCallTimeout(String transport) throws IOException {
        start(setting("transport", transport), setting("loops", "1"), setting("call.timeout", "2s"));
        try (A6Client victim = container.connect(); A6Client neighbour = container.connect()) {
            long token = Calls.prepare(victim, "changeable", "");
            for (int i = 0; i < 10_000; i++) {
                assertThat(Calls.call(victim, token, "/quick")).isInstanceOf(Reply.Rewrite.class);
            }
            assertThat(thread(victim, token)).as("where it runs now").startsWith(LOOP);

            long start = System.nanoTime();
            victim.send(Calls.request(token, "/block").frame());
            Await.until("the plugin to block", () -> Signals.note("blocked") != null);
            A6Client late = container.connect(); // nobody knows yet that the loop is stuck
            late.send(Calls.request(token, "/quick").frame());
            neighbour.send(Calls.request(token, "/quick").frame());
            container.awaitLog("event loop 0 has been stuck for a second");
            container.awaitLog("plugin changeable (test.changeable 1.0.0) has held event loop 0 for a second");
            container.awaitLog("plugin changeable runs on worker threads from now on");
            try (Bystander bystander = new Bystander(container.connect(), "noop"); A6Client next = container.connect()) {
                assertThat(thread(next, token)).as("where it runs while its first loop is blocked").startsWith(WORKER);

                victim.assertClosed();
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                assertThat(took).as("time until APISIX is told").isBetween(Duration.ofMillis(1_500), Duration.ofSeconds(6));
                neighbour.assertClosed();
                late.assertClosed();
                late.close();
                bystander.awaitServed(50);

                Signals.raise("unblock");
                container.awaitLog("event loop 0 answers again");
                for (int i = 0; i < 3_000; i++) {
                    Calls.call(next, token, "/quick");
                }
                assertThat(thread(next, token)).as("where it runs, quick as it is: there is a back-off").startsWith(WORKER);
                bystander.awaitServed(5);
            }
        }
    }

    @Test
    void aJoinOnTheEventLoopThrowsAtOnceAndItsPluginWorksOnWorkersFromThenOn() throws IOException {
        start();
        ExtraInfoAnswers answers = ExtraInfoAnswers.none().withVar("value", "v");
        try (Bystander bystander = new Bystander(container.connect(), "noop"); A6Client apisix = container.connect()) {
            long token = Calls.prepare(apisix, "changeable", "");
            awaitLoop(apisix, token);

            CallResult refused = apisix.call(Calls.request(token, "/join"), answers);
            Calls.assertRefused(refused.reply());
            assertThat(refused.took()).isLessThan(Duration.ofSeconds(5));
            assertThat(refused.questions()).as("the answer that is late then").extracting(Question::subject).containsExactly("var value");
            container.awaitLog("ERROR plugin changeable (test.changeable 1.0.0)", "waiting here would block the event loop", "plugin.changeable.execution = worker");

            for (int i = 0; i < 3_000; i++) {
                Reply reply = apisix.call(Calls.request(token, i % 100 == 0 ? "/join" : "/quick"), answers).reply();
                assertThat(Calls.rewritten(reply, "x-thread")).startsWith(WORKER);
                if (i % 100 == 0) {
                    assertThat(Calls.rewritten(reply, "x-value")).isEqualTo("v");
                }
            }
            bystander.awaitServed(5);
        }
    }

    @Test
    void aNewVersionTakesOverWhereTheOldOneRan() throws IOException {
        Bundle first = start();
        try (A6Client apisix = container.connect()) {
            long token = Calls.prepare(apisix, "changeable", "");
            awaitLoop(apisix, token);
            container.install(TestBundle.of("test.changeable", "1.1.0", Changeable.class, Signals.class));
            container.uninstall(first);
            assertThat(thread(apisix, token)).startsWith(LOOP);
        }
    }

    /** A thousand calls are enough, if no busy machine makes their mean too long. */
    private static void awaitLoop(A6Client apisix, long token) throws IOException {
        for (int i = 0; i < 50_000 && !thread(apisix, token).startsWith(LOOP); i++) {
            // again
        }
        assertThat(thread(apisix, token)).startsWith(LOOP);
    }

    @Test
    void theThreadsOfTheSocketEndBeforeTheClassesThatTheyNeedAreGone() throws IOException {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
        try {
            start();
            try (A6Client apisix = container.connect()) {
                Calls.assertServes(apisix, Calls.prepare(apisix, "noop", ""));
            }
            container.close(); // and once more after the test, which does no harm
            Await.until("the end of all loops", () -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().startsWith(LOOP)));
            assertThat(uncaught).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static String thread(A6Client apisix, long token) throws IOException {
        return Calls.rewritten(Calls.call(apisix, token, "/quick"), "x-thread");
    }
}
