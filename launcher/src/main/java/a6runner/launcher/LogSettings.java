// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.log.LogPlan;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeMap;

/** Makes of the settings what is logged and where. */
final class LogSettings {

    private LogSettings() {
    }

    /**
     * The plan. APISIX writes all that a runner prints into its error log, as a warning: what is no fault has no place there, unless it is asked for.
     *
     * @param managed whether stdout goes into APISIX's error log
     */
    static LogPlan plan(ResolvedSettings settings, Distribution distribution, boolean managed) {
        LogPlan.RotatedFile file = file(settings, distribution);
        Level root = level(settings.text(Setting.LOG_LEVEL));
        if (managed && file == null && settings.where(Setting.LOG_LEVEL).isEmpty()) {
            root = Level.WARN;
        }
        TreeMap<String, Level> loggers = new TreeMap<>();
        settings.startingWith(Setting.LEVEL_OF).forEach((key, value) -> loggers.put(key.substring(Setting.LEVEL_OF.length()), level(value)));
        String stdout = settings.text(Setting.LOG_STDOUT);
        if (file == null && !stdout.equals("auto")) {
            // Without a file it is all one: what doesn't go to stdout needn't be logged, and a level that is changed later is to be seen there.
            Level least = level(stdout);
            return new LogPlan(least.isGreaterOrEqual(root) ? least : root, loggers, least == Level.OFF ? Level.OFF : Level.TRACE, managed, null);
        }
        Level onStdout = stdout.equals("auto") ? managed && file != null ? Level.WARN : Level.TRACE : level(stdout);
        return new LogPlan(root, loggers, onStdout, managed, file);
    }

    private static Level level(String text) {
        return Level.toLevel(text, Level.INFO);
    }

    private static LogPlan.RotatedFile file(ResolvedSettings settings, Distribution distribution) {
        if (settings.text(Setting.LOG_FILE).isEmpty()) {
            return null;
        }
        Path path = Folders.resolve(settings, Setting.LOG_FILE, distribution);
        String where = settings.where(Setting.LOG_FILE).orElse(Setting.LOG_FILE.key());
        if (path.toString().matches(".*[%\\\\].*")) {
            throw Refusal.wrong(where + ": the log file's path must have no % and no backslash in it: " + path);
        }
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw Refusal.wrong(where + ": the log file's folder doesn't exist: " + folder);
        }
        try {
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
        } catch (IOException e) {
            throw Refusal.wrong(where + ": the log file can't be written by " + Folders.user() + ": " + path);
        }
        long bytes = Settings.parseBytes(settings.text(Setting.LOG_FILE_SIZE));
        return new LogPlan.RotatedFile(path, bytes, Integer.parseInt(settings.text(Setting.LOG_FILE_COUNT)));
    }
}
