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

    @Test
    void givesANumberOfARange() {
        FlatJson json = FlatJson.parse("{\"low\":0,\"high\":\"10\",\"over\":11,\"under\":-1}");
        assertThat(json.whole("low", 0, 10)).isZero();
        assertThat(json.whole("high", 0, 10)).isEqualTo(10);
        assertThatIllegalArgumentException().isThrownBy(() -> json.whole("over", 0, 10)).withMessage("over: 11 (expected: a whole number from 0 to 10)");
        assertThatIllegalArgumentException().isThrownBy(() -> json.whole("under", 0, 10)).withMessageContaining("under: -1");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 443, 445, 500, 999})
    void givesAStatus(int status) {
        assertThat(FlatJson.parse("{\"code\":" + status + "}").status("code")).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 100, 199, 444, 499, 1000})
    void refusesAStatusThatReachesNoClient(int status) {
        assertThatIllegalArgumentException().isThrownBy(() -> FlatJson.parse("{\"code\":" + status + "}").status("code"))
                .withMessage("code: " + status + " (expected: a status from 200 to 999, but neither 444 nor 499)");
    }

    @Test
    void givesTheNameOfAPair() {
        assertThat(FlatJson.parse("{\"n\":\"x\",\"v\":\"y\"}").nameOf("n", "v")).isEqualTo("x");
        assertThat(FlatJson.parse("{\"n\":\"x\"}").nameOf("n", "v")).isEqualTo("x");
        assertThat(FlatJson.parse("{\"n\":null,\"v\":null}").nameOf("n", "v")).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> FlatJson.parse("{\"v\":\"y\"}").nameOf("n", "v"))
                .withMessage("n is missing (expected: the name for v)");
        assertThatIllegalArgumentException().isThrownBy(() -> FlatJson.parse("{\"n\":\" \",\"v\":\"y\"}").nameOf("n", "v"))
                .withMessage("n: \" \" (expected: a name)");
    }

    @Test
    void namesAnUnknownKeyWithoutRefusingIt() {
        FlatJson json = FlatJson.parse("{\"value\":1,\"nmae\":2}");
        assertThat(json.unknownKey("name", "value")).contains("unknown key \"nmae\": did you mean \"name\"? (expected: name, value)");
        assertThat(json.unknownKey("nmae", "value")).isEmpty();
    }
}
