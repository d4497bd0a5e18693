// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;

/** The text of {@code conf/a6runner.properties}: every key of {@link Setting}, commented out, with its default. A test keeps the file current. */
final class SettingsTemplate {

    private static final int WIDTH = 116;

    private SettingsTemplate() {
    }

    static String text() {
        StringBuilder text = new StringBuilder();
        paragraph(text, "The settings of A6 Runner, each with its default. To change one, take away the # before its key.");
        paragraph(text, "A setting may also be given on the command line (a6runner run --set key=value) or in the environment (the variable named"
                + " beside each); the first of these wins: command line, environment, what APISIX says to the runner it starts, this file.");
        paragraph(text, "Durations have a unit: 500ms, 30s, 2m, 1h. Sizes may have one: 4096, 64kB, 16MB. Relative folders are those of the"
                + " distribution.");
        for (Setting setting : Setting.values()) {
            text.append('\n');
            paragraph(text, setting.says() + " (" + setting.variable() + ")");
            text.append('#').append((setting.key() + " = " + setting.defaultValue()).stripTrailing()).append('\n');
        }
        text.append('\n');
        paragraph(text, "For one plugin, by its name, for instance add-header. These stand in this file or after --set.");
        for (Setting.OfPlugin setting : Setting.OfPlugin.values()) {
            text.append('\n');
            paragraph(text, setting.says() + " (" + setting.kind().expected() + ")");
            text.append('#').append(setting.key("NAME")).append(" =\n");
        }
        text.append('\n');
        paragraph(text, "For one logger, by the name of a class or package: as log.level.");
        text.append('#').append(Setting.LEVEL_OF).append("LOGGER =\n");
        return text.toString();
    }

    /** Comment lines of at most {@link #WIDTH} characters. */
    private static void paragraph(StringBuilder text, String sentences) {
        StringBuilder line = new StringBuilder("#");
        for (String word : sentences.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line.setLength(1);
            }
            line.append(' ').append(word);
        }
        text.append(line).append('\n');
    }
}
