// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsTemplateTest {

    private static final Path FILE = Path.of("src/distribution/conf/a6runner.properties");

    @Test
    void theFileThatIsShippedIsCurrent() throws IOException {
        if (Boolean.getBoolean("settings.write")) {
            Files.writeString(FILE, SettingsTemplate.text());
        }
        assertThat(Files.readString(FILE))
                .as("%s, which mvn -f launcher/pom.xml test -Dtest=SettingsTemplateTest -Dsettings.write=true writes anew", FILE)
                .isEqualTo(SettingsTemplate.text());
    }

    @Test
    void hasEachKeyOnceAndAllOfThemCommentedOut() {
        assertThat(SettingsTemplate.text().lines()).allMatch(line -> line.isEmpty() || line.startsWith("#"));
        for (Setting setting : Setting.values()) {
            assertThat(SettingsTemplate.text().lines().filter(line -> line.startsWith("#" + setting.key() + " ="))).hasSize(1);
        }
    }

    @Test
    void itsDefaultsAreAcceptedWhenTheCommentSignIsTakenAway(@TempDir Path folder) throws IOException {
        String active = SettingsTemplate.text().replaceAll("(?m)^#([a-z.-]+ =.*)$", "$1");
        Path file = Files.writeString(folder.resolve("a6runner.properties"), active);
        ResolvedSettings settings = ResolvedSettings.resolve(CommandLine.parse("--config", file.toString()), Map.of(), new Distribution(folder), folder);
        for (Setting setting : Setting.values()) {
            assertThat(settings.text(setting)).isEqualTo(setting.defaultValue());
        }
    }
}
