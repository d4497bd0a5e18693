// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeLoop;
import a6runner.runner.plugin.FaultLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;

/** Loops that come and go, as they do when the socket's bundle is restarted. */
class RunClockTest {

    private final ScheduledExecutorService clockThread = Executors.newSingleThreadScheduledExecutor();
    private final RunClock clock = new RunClock(clockThread, new FaultLog(LoggerFactory.getLogger(RunClock.class), 60_000_000_000L));
    private final List<FakeLoop> loops = new ArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        loops.forEach(FakeLoop::close);
        clockThread.shutdownNow();
    }

    private FakeLoop loop(int index) {
        FakeLoop loop = new FakeLoop(index);
        loops.add(loop);
        return loop;
    }

    private LoopRuns runs(FakeLoop loop) {
        return loop.call(() -> clock.of(loop));
    }

    private void end(FakeLoop loop) {
        loop.close();
        until("the loop has ended", loop::ended);
    }

    @Test
    void knowsALoopAgain() {
        FakeLoop loop = loop(3);
        assertThat(runs(loop)).isSameAs(runs(loop));
        assertThat(runs(loop(1))).isNotSameAs(runs(loop));
    }

    @Test
    void givesALoopTheStripeOfOneThatHasEnded() {
        FakeLoop first = loop(0);
        assertThat(runs(first).stripe()).isZero();
        assertThat(runs(loop(1)).stripe()).isEqualTo(1);
        end(first);
        assertThat(runs(loop(0)).stripe()).isZero();
    }

    @Test
    void givesNoLoopTheStripeOfOneThatIsStuckAndHasTheSameNumber() {
        FakeLoop stuck = loop(0);
        LoopRuns before = runs(stuck);
        stuck.execute(() -> latch(release));
        FakeLoop next = loop(0);
        assertThat(runs(next).stripe()).isNotEqualTo(before.stripe());
        assertThat(runs(next)).isSameAs(runs(next));
    }

    @Test
    void waitsWithAFenceForALoopThatIsStuckThoughAnotherHasItsNumber() {
        FakeLoop stuck = loop(0);
        runs(stuck);
        stuck.execute(() -> latch(release));
        FakeLoop next = loop(0);
        runs(next);
        CompletableFuture<Void> fence = clock.fence();
        next.pass();
        assertThat(fence).isNotDone();
        release.countDown();
        value(fence);
    }

    @Test
    void doesNotWaitForALoopThatHasEnded() {
        FakeLoop ended = loop(0);
        runs(ended);
        runs(loop(1));
        end(ended);
        value(clock.fence());
        value(clock.endCallsIn(List.of()));
    }
}
