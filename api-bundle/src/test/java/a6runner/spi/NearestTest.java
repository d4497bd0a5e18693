// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NearestTest {

    @ParameterizedTest
    @CsvSource({"run,run,0", "rnu,run,1", "ru,run,1", "runn,run,1", "ran,run,1", "'',run,3", "abcd,wxyz,4"})
    void countsEdits(String a, String b, int edits) {
        assertThat(Nearest.edits(a, b)).isEqualTo(edits);
        assertThat(Nearest.edits(b, a)).isEqualTo(edits);
    }

    @Test
    void findsTheNearestWordWhateverItsCase() {
        assertThat(Nearest.to("Add-Haeder", List.of("noop", "add-header"))).isEqualTo("add-header");
    }

    @Test
    void findsNothingWhereNothingIsNear() {
        assertThat(Nearest.to("elephant", List.of("run", "call"))).isNull();
    }
}
