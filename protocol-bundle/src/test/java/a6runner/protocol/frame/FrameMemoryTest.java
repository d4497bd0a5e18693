// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FrameMemoryTest {

    private static final int ALL = 20_000_000;

    private final FrameMemory memory = new FrameMemory(ALL);
    private final List<String> granted = new ArrayList<>();

    private FrameMemory.Waiter waiter(String name) {
        return () -> granted.add(name);
    }

    private boolean call(int bytes, String name) {
        return memory.reserve(bytes, false, waiter(name));
    }

    private boolean answer(int bytes, String name) {
        return memory.reserve(bytes, true, waiter(name));
    }

    @Test
    void hasRoomForOneFrameAtLeast() {
        FrameMemory smallest = new FrameMemory(1);
        assertThat(smallest.reserve(FrameLayout.MAX_PAYLOAD, false, waiter("a"))).isTrue();
        assertThat(smallest.reserve(1, false, waiter("b"))).isFalse();
        assertThat(smallest.taken()).isEqualTo(FrameLayout.MAX_PAYLOAD);
    }

    @Test
    void givesAtOnceWhatIsThere() {
        assertThat(call(ALL - 1, "a")).isTrue();
        assertThat(call(1, "b")).isTrue();
        assertThat(memory.taken()).isEqualTo(ALL);
        assertThat(granted).isEmpty();
    }

    @Test
    void servesTheLineInOrderAndLetsNobodyPass() {
        call(ALL, "holder");
        assertThat(call(10_000_000, "long")).isFalse();
        assertThat(call(1, "short")).isFalse();
        memory.release(5_000_000);
        assertThat(granted).isEmpty(); // the short one would fit, but the long one would then wait for ever
        assertThat(call(1, "late")).isFalse();
        memory.release(5_000_000);
        assertThat(granted).containsExactly("long");
        memory.release(2);
        assertThat(granted).containsExactly("long", "short", "late");
        assertThat(memory.taken()).isEqualTo(ALL);
    }

    @Test
    void servesAnswersOfRunningCallsBeforeNewCalls() {
        call(ALL, "holder");
        call(1_000, "call");
        answer(2_000, "answer");
        memory.release(1_500);
        assertThat(granted).isEmpty();
        memory.release(500);
        assertThat(granted).containsExactly("answer");
        memory.release(1_000);
        assertThat(granted).containsExactly("answer", "call");
    }

    @Test
    void anAnswerPassesCallsThatWait() {
        call(ALL - 100, "holder");
        call(1_000, "call");
        assertThat(answer(100, "answer")).isTrue();
    }

    @Test
    void whoCancelsIsNotServed() {
        call(ALL, "holder");
        FrameMemory.Waiter impatient = waiter("impatient");
        memory.reserve(10, false, impatient);
        assertThat(memory.cancel(impatient)).isTrue();
        assertThat(memory.cancel(impatient)).isFalse();
        memory.release(ALL);
        assertThat(granted).isEmpty();
        assertThat(memory.taken()).isZero();
    }

    @Test
    void whoWasGrantedCanNotCancel() {
        call(ALL, "holder");
        FrameMemory.Waiter quick = waiter("quick");
        memory.reserve(10, false, quick);
        memory.release(ALL);
        assertThat(memory.cancel(quick)).isFalse();
        assertThat(memory.taken()).isEqualTo(10);
    }

    @Test
    void whenTheFirstInLineCancelsThoseBehindItAreServedIfThereIsEnoughForThem() {
        call(ALL - 1_000, "holder");
        FrameMemory.Waiter first = waiter("first");
        memory.reserve(5_000, false, first);
        call(600, "second");
        call(600, "third");
        memory.cancel(first);
        assertThat(granted).containsExactly("second");
        memory.release(200);
        assertThat(granted).containsExactly("second", "third");
    }

    @Test
    void whenTheLastWaitingAnswerCancelsCallsAreServed() {
        call(ALL - 1_000, "holder");
        FrameMemory.Waiter answer = waiter("answer");
        memory.reserve(5_000, true, answer);
        call(1_000, "call");
        memory.cancel(answer);
        assertThat(granted).containsExactly("call");
    }

    @Test
    void neverGivesMoreThanThereIsToManyThreads() throws InterruptedException {
        AtomicLong held = new AtomicLong();
        AtomicLong most = new AtomicLong();
        int threads = 4;
        int rounds = 2_000;
        CountDownLatch done = new CountDownLatch(threads * rounds);
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random random = new Random(t);
            Thread thread = new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    int bytes = 1 + random.nextInt(ALL / 2);
                    CountDownLatch mine = new CountDownLatch(1);
                    if (!memory.reserve(bytes, random.nextBoolean(), mine::countDown)) {
                        try {
                            mine.await();
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                    most.accumulateAndGet(held.addAndGet(bytes), Math::max);
                    held.addAndGet(-bytes);
                    memory.release(bytes);
                    done.countDown();
                }
            });
            thread.setDaemon(true);
            all.add(thread);
            thread.start();
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        for (Thread thread : all) {
            thread.join(10_000);
        }
        assertThat(most.get()).isLessThanOrEqualTo(ALL);
        assertThat(memory.taken()).isZero();
    }
}
