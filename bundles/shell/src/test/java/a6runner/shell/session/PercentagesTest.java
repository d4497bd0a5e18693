// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PercentagesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "canary jwt --share 5%             | canary jwt --share '5%'",
        "canary jwt --share 0.5% --next    | canary jwt --share '0.5%' --next",
        "canary --share 5%; promote jwt    | canary --share '5%'; promote jwt",
        "echo '5% of it' \"5% or \\\" 5%\" | echo '5% of it' \"5% or \\\" 5%\"",
        "echo %(1 + 2) a5% 5%b             | echo %(1 + 2) a5% 5%b",
        "each [1 2] { echo 5% }            | each [1 2] { echo '5%' }"})
    void quotesWordsThatArePercentages(String line, String quoted) {
        assertThat(Percentages.quoted(line)).isEqualTo(quoted);
    }
}
