// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.fake.LogLines;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PlacementTest {

    private static final long QUICK = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final LogLines log = new LogLines();
    private long now = -MINUTE / 2; // as nanoTime may be
    private final Placement placement = auto();

    @AfterEach
    void close() {
        log.close();
    }

    private Placement auto() {
        return new Placement("p", "auto", () -> now);
    }

    private static void onWorker(Placement placement, int calls, long nanos) {
        for (int i = 0; i < calls; i++) {
            placement.ranOnWorker(nanos);
        }
    }

    private static void onLoop(Placement placement, int calls, long nanos) {
        for (int i = 0; i < calls; i++) {
            placement.ranOnLoop(0, nanos);
        }
    }

    private static void millis(Placement placement, long millis) {
        placement.ranOnLoop(0, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void startsOnWorkersAndMovesToTheLoopAfterAThousandQuickCalls() {
        onWorker(placement, 999, QUICK);
        assertThat(placement.onLoop()).isFalse();
        onWorker(placement, 1, QUICK);
        assertThat(placement.onLoop()).isTrue();
    }

    @Test
    void staysOnWorkersWhileTheMeanIsNotQuick() {
        onWorker(placement, 999, QUICK);
        placement.ranOnWorker(TimeUnit.SECONDS.toNanos(1)); // the mean of the thousand is over 1 ms
        assertThat(placement.onLoop()).isFalse();
        onWorker(placement, 1_000, Placement.QUICK_NANOS);
        assertThat(placement.onLoop()).isFalse();
        onWorker(placement, 1_000, Placement.QUICK_NANOS - 1);
        assertThat(placement.onLoop()).isTrue();
    }

    @Test
    void leavesTheLoopWhenTheMeanIsSlow() {
        onWorker(placement, 1_000, QUICK);
        onLoop(placement, 10_000, QUICK);
        assertThat(placement.onLoop()).isTrue();
        onLoop(placement, 1_000, TimeUnit.MICROSECONDS.toNanos(300));
        assertThat(placement.onLoop()).isFalse();
        assertThat(log.with("WARN plugin p runs on worker threads", "on average", "in 1 min")).hasSize(1);
    }

    @Test
    void leavesTheLoopAfterThreeSlowCallsWithinAMinute() {
        onWorker(placement, 1_000, QUICK);
        millis(placement, 30);
        now += MINUTE / 4;
        onLoop(placement, 100, QUICK);
        millis(placement, 2_000);
        onLoop(placement, 100, QUICK);
        assertThat(placement.onLoop()).as("two slow calls are no rule").isTrue();
        now += MINUTE / 4;
        millis(placement, 21);
        assertThat(placement.onLoop()).isFalse();
        assertThat(log.with("WARN plugin p", "3 of its calls took over 20 ms", "21 ms")).hasSize(1);
    }

    @Test
    void forgivesSlowCallsThatAreFarApart() {
        onWorker(placement, 1_000, QUICK);
        for (int i = 0; i < 50; i++) {
            millis(placement, 200);
            now += MINUTE * 31 / 60;
            onLoop(placement, 10, QUICK);
        }
        assertThat(placement.onLoop()).isTrue();
    }

    @Test
    void looksAtTheLastThreeSlowCallsNotAtOlderOnes() {
        onWorker(placement, 1_000, QUICK);
        millis(placement, 30);
        now += MINUTE * 5 / 6;
        millis(placement, 30);
        now += MINUTE * 5 / 6;
        millis(placement, 30);
        assertThat(placement.onLoop()).isTrue();
        now += MINUTE / 12; // 55 seconds after the last but one
        millis(placement, 30);
        assertThat(placement.onLoop()).isFalse();
    }

    @Test
    void comesBackAfterADoublingBackOffOfAtMostAnHour() {
        long backOff = MINUTE;
        onWorker(placement, 1_000, QUICK);
        for (int i = 0; i < 10; i++) {
            assertThat(placement.onLoop()).isTrue();
            placement.blocks();
            assertThat(placement.onLoop()).isFalse();
            now += backOff;
            onWorker(placement, 1_000, QUICK);
            assertThat(placement.onLoop()).as("too early, back-off %s min", backOff / MINUTE).isFalse();
            now += 1;
            onWorker(placement, 1_000, QUICK);
            backOff = Math.min(2 * backOff, 60 * MINUTE);
        }
        assertThat(backOff).isEqualTo(60 * MINUTE);
        assertThat(log.with("WARN plugin p", "held an event loop")).hasSize(10);
    }

    @Test
    void beginsTheMeanAnewWhenItComesBack() {
        onWorker(placement, 1_000, QUICK);
        onLoop(placement, 1_000, TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(placement.onLoop()).isFalse();
        now += 2 * MINUTE;
        onWorker(placement, 1_000, QUICK);
        onLoop(placement, 1, QUICK);
        assertThat(placement.onLoop()).isTrue();
    }

    @Test
    void staysOnWorkersOnceAFilterHasWaited() {
        placement.waits();
        onWorker(placement, 10_000, QUICK);
        assertThat(placement.onLoop()).isFalse();
    }

    @Test
    void leavesTheLoopForGoodWhenAFilterWaits() {
        onWorker(placement, 1_000, QUICK);
        placement.waits();
        placement.waits();
        assertThat(placement.onLoop()).isFalse();
        now += 100 * MINUTE;
        onWorker(placement, 10_000, QUICK);
        assertThat(placement.onLoop()).isFalse();
        assertThat(log.with("WARN plugin p", "it waits for APISIX's answers")).hasSize(1).noneMatch(line -> line.contains("back on"));
    }

    @Test
    void addsCallbacksToTheCallsOnAWorker() {
        for (int i = 0; i < 1_000; i++) {
            placement.calledBackOnWorker(Placement.QUICK_NANOS);
            placement.ranOnWorker(QUICK);
        }
        assertThat(placement.onLoop()).isFalse();
        for (int i = 0; i < 1_000; i++) {
            placement.calledBackOnWorker(QUICK);
            placement.ranOnWorker(QUICK);
        }
        assertThat(placement.onLoop()).isTrue();
    }

    @Test
    void addsCallbacksToTheCallsOnTheLoop() {
        onWorker(placement, 1_000, QUICK);
        for (int i = 0; i < 10_000; i++) {
            placement.ranOnLoop(0, QUICK);
            placement.calledBackOnLoop(0, QUICK);
        }
        assertThat(placement.onLoop()).isTrue();
        for (int i = 0; i < 3_000; i++) {
            placement.ranOnLoop(0, QUICK);
            placement.calledBackOnLoop(0, 5 * QUICK);
        }
        assertThat(placement.onLoop()).isFalse();
    }

    @Test
    void leavesTheLoopAfterThreeSlowCallbacks() {
        onWorker(placement, 1_000, QUICK);
        for (int i = 0; i < 3; i++) {
            placement.calledBackOnLoop(0, TimeUnit.MILLISECONDS.toNanos(30));
        }
        assertThat(placement.onLoop()).isFalse();
    }

    @Test
    void inheritsThePlaceOfTheVersionBefore() {
        onWorker(placement, 1_000, QUICK);
        Placement next = auto();
        next.inherit(placement);
        assertThat(next.onLoop()).isTrue();
    }

    @Test
    void inheritsThatTheVersionBeforeWaited() {
        placement.waits();
        Placement next = auto();
        next.inherit(placement);
        onWorker(next, 10_000, QUICK);
        assertThat(next.onLoop()).isFalse();
    }

    @Test
    void inheritsThatTheVersionBeforeWasTooSlowForTheLoop() {
        for (int i = 0; i < 3; i++) { // 1, 2, 4 min
            onWorker(placement, 1_000, QUICK);
            millis(placement, 30);
            millis(placement, 30);
            millis(placement, 30);
            assertThat(placement.onLoop()).isFalse();
            now += TimeUnit.MINUTES.toNanos(i < 2 ? 10 : 0);
        }
        Placement next = auto();
        next.inherit(placement);
        onWorker(next, 10_000, QUICK);
        assertThat(next.onLoop()).isFalse();
        now += TimeUnit.MINUTES.toNanos(1) + 1;
        onWorker(next, 1_000, QUICK);
        assertThat(next.onLoop()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void isFixedByASetting(String setting) {
        Placement fixed = new Placement("p", setting);
        boolean onLoop = setting.equals("event-loop");
        assertThat(fixed.onLoop()).isEqualTo(onLoop);
        onWorker(fixed, 10_000, QUICK);
        onLoop(fixed, 10, TimeUnit.SECONDS.toNanos(1));
        fixed.blocks();
        fixed.waits();
        onWorker(placement, 1_000, QUICK);
        fixed.inherit(placement);
        assertThat(fixed.onLoop()).isEqualTo(onLoop);
        Placement next = auto();
        next.inherit(fixed);
        assertThat(next.onLoop()).isFalse();
    }
}
