// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SettingsTest {

    @ParameterizedTest
    @EnumSource(Setting.class)
    void everyDefaultIsOfItsKind(Setting setting) {
        assertThat(setting.kind().accepts(setting.defaultValue())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "30s, 30000", "2m, 120000", "1h, 3600000", "8760h, 31536000000", "8761h, -1", "999999999h, -1", "30, -1", "-1s, -1", "'', -1"})
    void readsDurations(String text, long millis) {
        assertThat(Settings.parseDuration(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096", "64kB, 64000", "16MB, 16000000", "1GB, 1000000000", "16mb, -1", "MB, -1"})
    void readsSizes(String text, long bytes) {
        assertThat(Settings.parseBytes(text)).isEqualTo(bytes);
    }

    @Test
    void readsWhatIsSetAndDefaultsWhereNothingIs() {
        Settings settings = new Settings(Map.of("a6runner.call.timeout", "2s", "a6runner.plugin.a.b.timeout", "1s")::get);

        assertThat(settings.nanos(Setting.CALL_TIMEOUT)).isEqualTo(2_000_000_000L);
        assertThat(settings.nanos(Setting.START_WAIT)).isEqualTo(10_000_000_000L);
        assertThat(settings.ofPlugin("a.b", Setting.OfPlugin.TIMEOUT)).isEqualTo("1s");
        assertThat(settings.ofPlugin("other", Setting.OfPlugin.TIMEOUT)).isNull();
    }

    @Test
    void namesKeyValueAndWhatIsExpectedWhenAValueIsWrong() {
        Settings settings = new Settings(Map.of("a6runner.call.timeout", "soon")::get);

        assertThatThrownBy(() -> settings.nanos(Setting.CALL_TIMEOUT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("call.timeout: \"soon\" (expected: a duration such as 500ms, 30s, 2m or 1h, up to 8760h)");
    }

    @ParameterizedTest
    @CsvSource({"CALL_TIMEOUT, 0s", "PLUGIN_WORKERS, 0", "CONF_MAX, 0", "BACKLOG, 0", "BODY_MAX, 0", "LOOPS, 257", "SOCKET_MODE, 0000", "SOCKET_MODE, 0066"})
    void refusesWhatNothingCouldWorkWith(Setting setting, String value) {
        assertThat(setting.kind().accepts(value)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"START_WAIT, 0s", "LOOPS, 0", "FRAMES_MEMORY, 0", "SOCKET_MODE, 0666", "SOCKET_MODE, 600"})
    void acceptsZeroWhereItSaysSomething(Setting setting, String value) {
        assertThat(setting.kind().accepts(value)).isTrue();
    }

    @Test
    void knowsThePluginsOwnKeys() {
        assertThat(Setting.kindOf("plugin.my.plugin.execution")).contains(Setting.Kind.EXECUTION);
        assertThat(Setting.kindOf("plugin.execution")).contains(Setting.Kind.EXECUTION);
        assertThat(Setting.kindOf("plugin.x.colour")).isEmpty();
        assertThat(Setting.kindOf("call.timeuot")).isEmpty();
    }
}
