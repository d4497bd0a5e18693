// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenSourceTest {

    private static final long WRAP_MILLIS = 1L << 24; // 256 tokens a millisecond
    private static final long SOME_WRAP = 100_000 * WRAP_MILLIS; // a moment at which the token would be 0

    private long now = SOME_WRAP + 12_345;

    @Test
    void risesByTwoWhileTheClockStandsStill() {
        TokenSource tokens = new TokenSource(() -> now);
        int first = tokens.next();
        assertThat(tokens.next()).isEqualTo(first + 2);
        assertThat(tokens.next()).isEqualTo(first + 4);
    }

    @Test
    void followsTheClock() {
        TokenSource tokens = new TokenSource(() -> now);
        int first = tokens.next();
        now += 10;
        assertThat(tokens.next()).isEqualTo(first + 2_560);
    }

    @Test
    void risesWhenTheClockIsSetBack() {
        TokenSource tokens = new TokenSource(() -> now);
        int first = tokens.next();
        now -= 60_000;
        assertThat(tokens.next()).isEqualTo(first + 2);
    }

    @Test
    void isNeverZero() {
        now = SOME_WRAP;
        TokenSource tokens = new TokenSource(() -> now);
        assertThat(tokens.next()).isEqualTo(2);

        now = SOME_WRAP - 1;
        tokens = new TokenSource(() -> now);
        for (int i = 0; i < 600; i++) {
            assertThat(tokens.next()).isNotZero();
        }
    }

    @Test
    void doesNotRepeatInAProcessThatMakesTheOthers() {
        TokenSource even = new TokenSource(() -> now);
        TokenSource odd = new TokenSource(() -> now);
        odd.parity(1 - even.parity());
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            assertThat(given.add(even.next())).isTrue();
            assertThat(given.add(odd.next())).isTrue();
        }
    }

    @Test
    void doesNotRepeatAfterARestart() {
        Set<Integer> given = new HashSet<>();
        for (int restart = 0; restart < 20; restart++) {
            TokenSource tokens = new TokenSource(() -> now);
            for (int i = 0; i < 1_000; i++) {
                assertThat(given.add(tokens.next())).isTrue();
            }
            now += 8; // a thousand tokens are less than eight milliseconds' worth
        }
    }

    @Test
    void doesNotRepeatWhileApisixMayStillUseAToken() {
        long apisixUsesATokenMillis = TimeUnit.SECONDS.toMillis(3240 + 3600); // APISIX.md §4
        assertThat(WRAP_MILLIS).isGreaterThan(2 * apisixUsesATokenMillis);
        int first = new TokenSource(() -> now).next();
        now += WRAP_MILLIS;
        assertThat(new TokenSource(() -> now).next()).isEqualTo(first);
    }
}
