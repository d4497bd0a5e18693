// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.runner.fake.FakeLoop;
import a6runner.runner.fake.FakePrepareCall;
import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.ParsingFilter;
import a6runner.runner.fake.PluginFramework;
import a6runner.spi.CallFailure;
import a6runner.spi.ConfHandOver;
import a6runner.spi.HandedConf;
import a6runner.spi.PluginLifecycle.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.value;
import static a6runner.runner.fake.PluginFramework.register;
import static org.assertj.core.api.Assertions.assertThat;

/** Confs that come from another runner process, or go to one. */
class HandOverTest {

    private static final String KEY = "route#1#ext-plugin-pre-req#";
    private static final Outcome NOT_FOUND = new Outcome.Failed(CallFailure.CONF_TOKEN_NOT_FOUND);

    private final FakeLoop loop = new FakeLoop(0);
    private final CountDownLatch parse = new CountDownLatch(1);
    private final PluginFramework framework = new PluginFramework();
    private final RunnerCallService service = new RunnerCallService(framework.context());
    private ConfHandOver handOver;

    @BeforeEach
    void find() {
        handOver = service.handOver();
        Bundle bundle = framework.bundle("one", "1.0");
        service.hold(bundle);
        register(bundle, new ParsingFilter("a", conf -> {
            latch(parse);
            return conf;
        }));
        value(service.check(bundle, Part.ALL));
        service.switchOver(List.of(bundle), List.of());
    }

    @AfterEach
    void close() {
        parse.countDown();
        service.close();
        framework.close();
        loop.close();
    }

    private static HandedConf conf(int token, int version, long created) {
        return new HandedConf(token, KEY + version, FakePrepareCall.conf("a=" + version), created, created + 1, false);
    }

    private static long seconds() {
        return System.currentTimeMillis() / 1_000;
    }

    private int prepare(int version) {
        FakePrepareCall call = new FakePrepareCall(loop, KEY + version, "a=" + version);
        loop.execute(() -> service.prepare(call));
        return call.token();
    }

    private Outcome call(int token) {
        FakeRequestCall call = new FakeRequestCall(loop).token(token);
        loop.execute(() -> service.serve(call));
        return call.outcome();
    }

    @Test
    void isReadyAfterTheFirstScan() {
        assertThat(handOver.ready().toCompletableFuture()).isNotDone();
        service.settled();
        assertThat(handOver.ready().toCompletableFuture()).isDone();
    }

    @Test
    void aConfThatWasTakenIsParsedAndServed() {
        service.settled();
        CompletableFuture<Void> parsed = handOver.take(List.of(conf(7, 1, seconds()))).toCompletableFuture();
        assertThat(parsed).isNotDone();
        parse.countDown();
        value(parsed);
        assertThat(handOver.find(7)).isEqualTo(conf(7, 1, handOver.find(7).created()));
        assertThat(call(7)).isEqualTo(new Outcome.GoOn());
    }

    @Test
    void aConfGoesOutAsItCameIn() {
        int token = prepare(3);
        List<HandedConf> all = new ArrayList<>();
        handOver.forEach(all::add);
        assertThat(all).containsExactly(handOver.find(token));
        assertThat(all.get(0)).isEqualTo(new HandedConf(token, KEY + 3, FakePrepareCall.conf("a=3"), all.get(0).created(), all.get(0).lastUsed(), false));
    }

    @Test
    void theNewestOfAPlaceStaysCurrentWhicheverComesLast() {
        handOver.take(List.of(conf(2, 2, seconds()), conf(1, 1, seconds() - 100)));
        assertThat(handOver.find(1).superseded()).isTrue();
        assertThat(handOver.find(2).superseded()).isFalse();
        handOver.take(List.of(conf(3, 3, seconds() + 1)));
        assertThat(handOver.find(2).superseded()).isTrue();
        int own = prepare(4);
        assertThat(handOver.find(own).superseded()).isFalse();
    }

    @Test
    void aTokenThatIsKnownKeepsItsConf() {
        int token = prepare(5);
        handOver.take(List.of(conf(token, 6, seconds())));
        assertThat(handOver.find(token).key()).isEqualTo(KEY + 5);
    }

    @Test
    void aCallWithAnUnknownTokenWaitsForTheOtherProcess() {
        service.settled();
        parse.countDown();
        CompletableFuture<HandedConf> answer = new CompletableFuture<>();
        handOver.askElsewhere(token -> token == 9 ? answer : CompletableFuture.completedFuture(null));
        FakeRequestCall call = new FakeRequestCall(loop).token(9);
        loop.execute(() -> service.serve(call));
        answer.complete(conf(9, 1, seconds()));
        assertThat(call.outcome()).isEqualTo(new Outcome.GoOn());
        assertThat(call(10)).isEqualTo(NOT_FOUND);
        CompletionStage<HandedConf> broken = CompletableFuture.failedFuture(new IllegalStateException("gone"));
        handOver.askElsewhere(token -> broken);
        assertThat(call(11)).isEqualTo(NOT_FOUND);
        handOver.askElsewhere(null);
        assertThat(call(12)).isEqualTo(NOT_FOUND);
        assertThat(call(9)).isEqualTo(new Outcome.GoOn()); // it is known from now on
    }

    @Test
    void makesTokensOfTheParityThatItIsTold() {
        for (int parity : List.of(1, 0)) {
            handOver.tokenParity(parity);
            assertThat(handOver.tokenParity()).isEqualTo(parity);
            assertThat(prepare(100 + parity) & 1).isEqualTo(parity);
        }
    }
}
