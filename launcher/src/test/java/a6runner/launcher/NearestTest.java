// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NearestTest {

    @ParameterizedTest
    @CsvSource({"call.timout,call.timeout", "Call.Timeout,call.timeout", "deploy-dir,deploy.dir", "plugin.add-header.timout,plugin.add-header.timeout",
        "plugin.missin,plugin.missing"})
    void findsTheNearestKey(String wrong, String right) {
        assertThat(Nearest.keyHint(wrong)).isEqualTo(" (did you mean " + right + "?)");
    }

    @Test
    void isSilentWhereNothingIsNear() {
        assertThat(Nearest.hint("elephant", List.of("run", "call"))).isEmpty();
    }
}
