// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CanaryTest {

    @Test
    void hasDefaultsForAllButTheShare() {
        assertThat(Canary.of(Map.of("share", " 5% "))).isEqualTo(new Canary(0.05, "", 60_000, 200, 0.01, 2));
        assertThatThrownBy(() -> Canary.of(Map.of())).hasMessageStartingWith("share is missing (such as share=5%)");
    }

    @Test
    void isTheSameWhenItIsReadAgain() {
        Canary canary = Canary.of(Map.of("share", "0.125%", "sticky", "header:x-user", "window", "5m", "min-calls", "1000", "error-margin", "0.5%", "p99-factor", "1.5"));
        assertThat(canary).isEqualTo(new Canary(0.00125, "header:x-user", 300_000, 1_000, 0.005, 1.5));
        assertThat(Canary.of(canary.texts())).isEqualTo(canary);
        assertThat(canary.percent()).isEqualTo("0.125%");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "share        | 5            | share: \"5\" (expected: a percentage from 0% to 100%, such as 5%)",
        "share        | 101%         | share: \"101%\" (expected: a percentage",
        "share        | NaN%         | share: \"NaN%\" (expected: a percentage",
        "sticky       | x-user       | sticky: \"x-user\" (expected: header:NAME or var:NAME",
        "window       | 100ms        | window: \"100ms\" (expected: a duration from 1s to 1h",
        "min-calls    | 0            | min-calls: \"0\" (expected: a number from 1 to 1000000)",
        "p99-factor   | 0.5          | p99-factor: \"0.5\" (expected: a number from 1 to 1000)",
        "error-margin | much         | error-margin: \"much\" (expected: a percentage",
        "shares       | 5%           | shares: there is no such key (expected: error-margin, min-calls, p99-factor, share, sticky, window; did you mean share?)"})
    void saysWhatIsWrong(String key, String text, String says) {
        Map<String, String> texts = new HashMap<>(Map.of("share", "5%"));
        texts.put(key, text);
        assertThatThrownBy(() -> Canary.of(texts)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(says);
    }
}
