// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StepTimesTest {

    private final StepTimes times = new StepTimes();

    @Test
    void hasNoTimesBeforeTheFirstStep() {
        assertThat(times.read().count()).isZero();
        assertThat(times.read().within(0.5)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1_024, 1_100, 9_999, 12_345, 1_000_000, 20_000_000, 1_500_000_000, 59_000_000_000L})
    void knowsATimeWithinAnEighth(long nanos) {
        times.record(0, nanos);
        assertThat(times.read().within(0.5)).isBetween(nanos - nanos / 8, nanos + nanos / 8);
    }

    @Test
    void takesTimesThatAreTooShortOrTooLongAsTheShortestAndTheLongest() {
        for (long nanos : new long[] {-5, 0, 127, 128, 1_023, Long.MAX_VALUE}) {
            times.record(0, nanos);
        }
        assertThat(times.read().count()).isEqualTo(6);
        assertThat(times.read().within(0)).isLessThan(128);
        assertThat(times.read().within(1)).isGreaterThan(100_000_000_000L);
    }

    @Test
    void bucketsFollowOnEachOther() {
        for (int bucket = 0; bucket < StepTimes.BUCKETS; bucket++) {
            assertThat(StepTimes.bucket(StepTimes.least(bucket))).isEqualTo(bucket);
            if (bucket > 0) {
                assertThat(StepTimes.bucket(StepTimes.least(bucket) - 1)).isEqualTo(bucket - 1);
            }
        }
    }

    @Test
    void tellsTheMedianFromTheRare() {
        for (int i = 0; i < 1_000; i++) {
            times.record(0, i < 985 ? 10_000 : 5_000_000);
        }
        assertThat(times.read().within(0.5)).isBetween(8_750L, 11_250L);
        assertThat(times.read().within(0.99)).isBetween(4_375_000L, 5_625_000L);
    }

    @Test
    void addsUpLoopsThoseBeyondTheStripesToo() throws InterruptedException {
        int loops = 20;
        Thread[] threads = new Thread[loops];
        for (int loop = 0; loop < loops; loop++) {
            int mine = loop;
            threads[loop] = new Thread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    times.record(mine, 2_000);
                }
            });
            threads[loop].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(times.read().count()).isEqualTo(loops * 10_000L);
    }
}
