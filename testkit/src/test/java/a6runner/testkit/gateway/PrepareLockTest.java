// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PrepareLockTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    @Test
    void isRefusedWhileItIsHeldAndGivenWhenItIsBack() {
        PrepareLock lock = new PrepareLock(SHORT, LONG);
        assertThat(lock.acquire()).isTrue();
        assertThat(lock.acquire()).isFalse();
        lock.release();
        assertThat(lock.acquire()).isTrue();
    }

    @Test
    void isTakenFromWhoNeverGivesItBack() {
        PrepareLock lock = new PrepareLock(LONG, SHORT);
        assertThat(lock.acquire()).isTrue();
        assertThat(lock.acquire()).isTrue();
    }
}
