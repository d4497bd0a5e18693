// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.LogLines;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.Plugins;
import a6runner.spi.Settings;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HeaderRulesTest {

    private final PluginVersion plugin = Plugins.version(new TestFilter("p"), new Settings(key -> null));

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"connection", "Content-Length", "TRANSFER-ENCODING"})
    void dropsWhatApisixWouldBreakWithOneWarning(String name) {
        try (LogLines log = new LogLines()) {
            assertThat(HeaderRules.allowed(name, plugin)).isFalse();
            assertThat(HeaderRules.allowed(name, plugin)).isFalse();
            assertThat(log.with("WARN plugin p")).hasSize(1);
        }
        assertThatThrownBy(() -> HeaderRules.require(name)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("name: ");
        assertThatThrownBy(() -> HeaderRules.requireFromRequest(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "content-type", "x", "connections", "Set-Cookie"})
    void allowsTheOthers(String name) {
        assertThat(HeaderRules.allowed(name, plugin)).isTrue();
        assertThatCode(() -> HeaderRules.require(name)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Location", "server", "www-authenticate", "content-encoding", "Content-Type", "content-location", "content-language"})
    void refusesResponseHeadersThatApisixIgnoresFromTheRequestPhase(String name) {
        assertThatThrownBy(() -> HeaderRules.requireFromRequest(name)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
        assertThatCode(() -> HeaderRules.require(name)).doesNotThrowAnyException();
    }

    @Test
    void knowsWhichStatusesApisixSends() {
        assertThat(IntStream.of(200, 204, 304, 401, 443, 445, 503, 999)).allMatch(HeaderRules::sendable);
        assertThat(IntStream.of(Integer.MIN_VALUE, -1, 0, 1, 100, 101, 199, 444, 499, 1_000, Integer.MAX_VALUE)).noneMatch(HeaderRules::sendable);
    }

    @Test
    void refusesANullValue() {
        assertThatThrownBy(() -> HeaderRules.requireValue("x", null)).hasMessage("value of x: null (expected: a text)");
    }
}
