// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What is logged, and where to.
 *
 * @param root the least level that is logged
 * @param loggers the least level of single loggers, by their names
 * @param stdout the least level that goes to stdout; {@link Level#OFF} for nothing
 * @param terse whether stdout gets an event's bare bones on one line, as it is put into somebody else's log
 * @param file what is logged to besides; null for nothing
 */
public record LogPlan(Level root, Map<String, Level> loggers, Level stdout, boolean terse, RotatedFile file) {

    /**
     * A log file that is renamed when it gets too long.
     *
     * @param bytes how long it may get
     * @param kept how many older ones are kept, as {@code PATH.1} and so on, the newest first
     */
    public record RotatedFile(Path path, long bytes, int kept) {
    }

    /** Until the settings are known. */
    static final LogPlan DEFAULT = new LogPlan(Level.INFO, Map.of(), Level.TRACE, false, null);

    /** Where logged lines go, for the operator. */
    String destination() {
        if (file == null) {
            return stdout == Level.OFF ? "nowhere (log.stdout = off, and no log.file)" : "stdout";
        }
        return stdout == Level.OFF ? file.path.toString() : file.path + ", and stdout" + (stdout.isGreaterOrEqual(root) && stdout != root ? " from "
                + stdout.toString().toLowerCase(Locale.ROOT) + " on" : "");
    }
}
