// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.json;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

class FlatJsonTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "{}", " { } "})
    void readsAnEmptyObject(String text) {
        assertThat(FlatJson.parse(text).values()).isEmpty();
    }

    @Test
    void readsEveryKindOfValueInOrder() {
        assertThat(FlatJson.parse(" {\"a\" : \"x\", \"b\":-1.5e2,\"c\":true,\"d\":false , \"e\":null} ").values())
                .containsExactly(entry("a", "x"), entry("b", new BigDecimal("-1.5e2")), entry("c", true), entry("d", false), entry("e", null));
    }

    @Test
    void readsEscapes() {
        assertThat(FlatJson.parse("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"}").text("a", null))
                .isEqualTo("\"\\/\b\f\n\r\t\u00e9\ud83d\ude00");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "x                | character 1: '{' expected, but 'x' found",
        "[]               | character 1: '{' expected, but '[' found",
        "{                | character 2: a key in quotes expected, but the text ends",
        "{a:1}            | character 2: a key in quotes expected, but 'a' found",
        "{\"a\"}          | character 5: ':' expected, but '}' found",
        "{\"a\":}         | character 6: a text in quotes, a number, true, false or null expected, but '}' found",
        "{\"a\":yes}      | character 6: a text in quotes, a number, true, false or null expected, but 'y' found",
        "{\"a\":01}       | character 6: a text in quotes, a number, true, false or null expected, but '0' found",
        "{\"a\":1 2}      | character 8: '}' expected, but '2' found",
        "{\"a\":1,}       | character 8: a key in quotes expected, but '}' found",
        "{\"a\":1         | character 7: '}' expected, but the text ends",
        "{\"a\":1}x       | character 8: the end of the text expected, but 'x' found",
        "{\"a\":\"x}      | character 6: the text that begins here has no closing quote",
        "{\"a\":\"\\x\"}  | character 7: no such escape",
        "{\"a\":\"\\u12\"}| character 7: no such escape",
        "{\"a\":{}}       | character 6: objects and lists are not possible inside this conf",
        "{\"a\":[1]}      | character 6: objects and lists are not possible inside this conf",
        "{\"a\":1,\"a\":2}| character 8: the key \"a\" stands there twice"})
    void namesThePlaceOfWhatIsWrong(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> FlatJson.parse(text)).withMessageContaining(message);
    }

    @Test
    void refusesAControlCharacterInAText() {
        assertThatIllegalArgumentException().isThrownBy(() -> FlatJson.parse("{\"a\":\"\t\"}")).withMessageContaining("character 7").withMessageContaining("\\u0009");
    }

    @Test
    void refusesAnUnknownKeyAndNamesTheNearestRightOne() {
        assertThat(FlatJson.parse("{\"value\":1}").only("name", "value").values()).hasSize(1);
        assertThatIllegalArgumentException().isThrownBy(() -> FlatJson.parse("{\"vaule\":\"x\"}").only("name", "value"))
                .withMessage("unknown key \"vaule\": did you mean \"value\"? (expected: name, value)");
    }

    @Test
    void givesTextsAndDefaults() {
        FlatJson json = FlatJson.parse("{\"a\":\"\",\"b\":null,\"c\":1}");
        assertThat(json.text("a", "x")).isEmpty();
        assertThat(json.text("b", "x")).isEqualTo("x");
        assertThat(json.text("missing", null)).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> json.text("c", null)).withMessage("c: 1 (expected: a text in quotes)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"401", "401.0", "4.01e2", "\"401\"", "\" 401.0 \""})
    void givesAWholeNumber(String value) {
        assertThat(FlatJson.parse("{\"code\":" + value + "}").whole("code")).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"401.5", "\"x\"", "\"\"", "true", "1e999999999", "2147483648"})
    void refusesWhatIsNotAWholeNumber(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> FlatJson.parse("{\"code\":" + value + "}").whole("code"))
                .withMessageContaining("code: ").withMessageContaining("expected: a whole number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"code\":null}"})
    void saysThatANumberIsMissing(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> FlatJson.parse(text).whole("code")).withMessage("code is missing (expected: a whole number)");
    }
}
