// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.deployer.leaks.LeakWatch;
import a6runner.deployer.leaks.LeakWatch.Leak;
import a6runner.spi.CommandFailure;
import a6runner.spi.CommandTable;
import a6runner.spi.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The command {@code a6:leaks}: versions that were stopped and are still in memory, and what holds them. Any thread. */
public final class LeaksCommand {

    private final LeakWatch leaks;

    LeaksCommand(LeakWatch leaks) {
        this.leaks = leaks;
    }

    /** The same as JSON, for {@code --json}, which is the only option. */
    public String leaks(String option) {
        if (!option.equals(DeploysCommand.JSON)) {
            throw new CommandFailure(CommandFailure.USAGE, option + " (expected: " + DeploysCommand.JSON + " or nothing)");
        }
        List<Map<String, Object>> all = leaks.leaks().stream().map(leak -> {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("bundle", leak.bundle());
            object.put("file", leak.file());
            object.put("stopped", leak.stopped().toString());
            object.put("holders", leak.holders());
            return object;
        }).toList();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("since_start", leaks.leaked());
        object.put("leaks", all);
        return Json.of(object);
    }

    /** A line for each version. */
    public String leaks() {
        List<Leak> all = leaks.leaks();
        String count = leaks.leaked() + " since the start";
        if (all.isEmpty()) {
            return "No version that was stopped has outlived a full collection (" + count + ").";
        }
        CommandTable table = new CommandTable("bundle", "file", "stopped", "held by");
        all.forEach(leak -> table.row(leak.bundle(), leak.file(), leak.stopped().toString(), leak.says()));
        return table.text() + "\n" + count;
    }

    @Override
    public String toString() {
        return "names what keeps versions of plugins in memory that were stopped, once a full collection has passed; --json";
    }
}
