// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import a6runner.spi.CommandTable.Cell;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CommandTableTest {

    private final CommandTable table = new CommandTable("name", "in flight", "took", "plugins");

    @Test
    void alignsTextToTheLeftAndNumbersToTheRight() {
        table.row("noop", 3, Cell.nanos(12_000), List.of("a", "b")).row("add-header", 1234, Cell.nanos(-1), List.of());
        assertThat(table.text()).isEqualTo("""
                NAME        IN FLIGHT      TOOK  PLUGINS
                noop                3  0.012 ms  a, b
                add-header       1234         -""");
    }

    @Test
    void isJsonWithNumbersAsNumbers() {
        table.row("say \"no\"\n", 3, Cell.nanos(12_000), List.of("a", "b")).row("ä\u0001", null, Cell.nanos(-1), List.of());
        assertThat(table.json()).isEqualTo("""
                [{"name": "say \\"no\\"\\n", "in_flight": 3, "took": 0.012, "plugins": ["a", "b"]},
                 {"name": "ä\\u0001", "in_flight": null, "took": null, "plugins": []}]""");
    }

    @Test
    void letsNothingThroughThatControlsATerminal() {
        table.row("a\u001b[2Jb", 1, null, null);
        assertThat(table.text()).contains("a?[2Jb");
    }

    @Test
    void saysTimesAndAgesInTheUnitThatFits() {
        assertThat(List.of(Cell.nanos(1_234).text(), Cell.millis(2.34).text(), Cell.millis(234).text(), Cell.millis(23_400).text()))
                .containsExactly("0.001 ms", "2.3 ms", "234 ms", "23.4 s");
        assertThat(List.of(Cell.age(5).text(), Cell.age(600).text(), Cell.age(10_000).text(), Cell.age(400_000).text()))
                .containsExactly("5 s", "10 min", "2 h", "4 d");
    }

    @Test
    void refusesARowThatDoesNotFit() {
        assertThatThrownBy(() -> table.row("a", "b")).isInstanceOf(IllegalArgumentException.class).hasMessage("cells: 2 (expected: 4)");
    }
}
