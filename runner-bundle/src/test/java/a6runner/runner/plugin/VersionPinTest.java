// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VersionPinTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "jwt@1            | 1.9.9, 1.0.0.SNAPSHOT      | 2.0.0, 0.9.9",
        "jwt@1.2          | 1.2.0, 1.2.7, 1.2.0.b      | 1.3.0, 1.1.9",
        "jwt@1.2.3        | 1.2.3, 1.2.3.rc1           | 1.2.4, 1.2.2",
        "jwt@1.2.3.rc1    | 1.2.3.rc1                  | 1.2.3, 1.2.3.rc2",
        "jwt@[1.0,2.0)    | 1.0.0, 1.9.0               | 2.0.0, 0.9.0",
        "jwt@(1.0,2.0]    | 1.0.1, 2.0.0               | 1.0.0, 2.0.1",
        "jwt@ [1.0, 2.0)  | 1.5.0                      | 2.0.0"})
    void meansVersions(String name, String in, String out) {
        VersionPin pin = VersionPin.of(name);
        assertThat(pin.plugin()).isEqualTo("jwt");
        assertThat(in.split(", ")).allMatch(version -> pin.versions().includes(Version.parseVersion(version)));
        assertThat(out.split(", ")).noneMatch(version -> pin.versions().includes(Version.parseVersion(version)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jwt@", "jwt@new", "jwt@1.x", "jwt@[1.0,2.0", "jwt@[2.0)", "jwt@-1", "jwt@1..2"})
    void saysWhatIsNoVersion(String name) {
        assertThatThrownBy(() -> VersionPin.of(name)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + name.substring(4) + "\" is neither a version, such as 1.2, nor a range of versions, such as [1.0,2.0)");
    }

    @Test
    void theLastAtCounts() {
        assertThat(VersionPin.plugin("user@host@1.0")).isEqualTo("user@host");
        assertThat(VersionPin.plugin("jwt")).isEqualTo("jwt");
        assertThat(VersionPin.isMeantBy("@1.0")).as("no plugin's name before it").isFalse();
    }
}
