// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.fake.TestFilter;
import a6runner.spi.Settings;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PluginSnapshotTest {

    private static PluginSnapshot of(String... names) {
        PluginVersion[] versions = new PluginVersion[names.length];
        for (int i = 0; i < names.length; i++) {
            versions[i] = Plugins.version(new TestFilter(names[i]), new Settings(key -> null));
        }
        return Plugins.snapshot(versions);
    }

    @Test
    void saysWhatIsDeployedAndWhatMayHaveBeenMeant() {
        PluginSnapshot snapshot = of("noop", "add-header", "jwt");
        assertThat(snapshot.insteadOf("add_header")).isEqualTo("Did you mean \"add-header\"? Deployed: add-header, jwt, noop.");
        assertThat(snapshot.insteadOf("AddHeader")).startsWith("Did you mean \"add-header\"?");
        assertThat(snapshot.insteadOf("JWT")).startsWith("Did you mean \"jwt\"?");
        assertThat(snapshot.insteadOf("rate-limit")).isEqualTo("Deployed: add-header, jwt, noop.");
    }

    @Test
    void saysThatNothingIsDeployed() {
        assertThat(of().insteadOf("noop")).isEqualTo("No plugin is deployed.");
    }

    @Test
    void listsAtMostTwentyNames() {
        PluginSnapshot snapshot = of(IntStream.range(10, 35).mapToObj(i -> "plugin-number-" + i).toArray(String[]::new));
        assertThat(snapshot.insteadOf("quite-another")).contains("plugin-number-29 and 5 more.").doesNotContain("plugin-number-30");
        assertThat(snapshot.names()).hasSize(25);
    }

    @Test
    void findsByTheExactName() {
        PluginSnapshot snapshot = of("noop");
        assertThat(snapshot.find("noop").name()).isEqualTo("noop");
        assertThat(snapshot.find("Noop")).isNull();
    }
}
