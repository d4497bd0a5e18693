// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class MasksTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"password\": \"hush\", \"n\": 1}|{\"password\": \"***\", \"n\": 1}",
        "{\"api_key\":\"a\\\"hush\"}|{\"api_key\":\"***\"}",
        "{\"tokens\": [\"hush\", \"hush\"], \"a\": \"b\"}|{\"tokens\": \"***\", \"a\": \"b\"}",
        "{\"auth\": {\"user\": \"hush\"}, \"a\": 1}|{\"auth\": \"***\", \"a\": 1}",
        "{\"secret\": 12, \"limit\": 3}|{\"secret\": \"***\", \"limit\": 3}",
        "user=me password=hush|user=me password=***",
        "client_secret: hush|client_secret: ***",
        "GET /a?name=b&access_token=hush&c=d|GET /a?name=b&access_token=***&c=d",
        "Authorization: Bearer hush|Authorization: ***",
        "redis://me:hush@host/0|redis://me:***@host/0",
        "{\"header\": \"x-runner\", \"value\": \"java\"}|{\"header\": \"x-runner\", \"value\": \"java\"}",
        "nothing to hide here|nothing to hide here",
    })
    void hidesWhatItsNameCallsASecret(String text, String masked) {
        assertThat(Masks.text(text)).isEqualTo(masked).doesNotContain("hush");
        assertThat(Masks.text(masked)).as("masked twice").isEqualTo(masked);
    }

    @Test
    void goesByTheNameOfAValueThatStandsAlone() {
        assertThat(Masks.value("authorization", "Basic hush")).isEqualTo("***");
        assertThat(Masks.value("Set-Cookie", "hush")).isEqualTo("***");
        assertThat(Masks.value("x-runner", "java")).isEqualTo("java");
        assertThat(Masks.value("x-anything", null)).isNull();
        assertThat(Masks.value("authorization", null)).isNull();
    }
}
