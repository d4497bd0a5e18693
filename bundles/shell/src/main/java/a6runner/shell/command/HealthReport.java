// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandResult;
import a6runner.spi.HealthCheck;
import a6runner.spi.HealthCheck.Health;
import a6runner.spi.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether the runner serves as it should. That it can be asked at all is liveness; readiness is what each {@link HealthCheck} says, and that those are there
 * without which nothing is served. Immutable.
 */
public final class HealthReport {

    /** Exit code: it lives, and doesn't serve as it should. */
    static final int NOT_READY = 10;

    private static final List<String> EXPECTED = List.of(HealthCheck.SOCKET, HealthCheck.DEPLOY);

    private final Map<String, Health> all = new TreeMap<>();
    private final boolean ready;

    private HealthReport(Collection<HealthCheck> checks) {
        EXPECTED.forEach(name -> all.put(name, new Health(false, "not there yet, or no more")));
        for (HealthCheck check : checks) {
            try {
                all.put(check.name(), check.look());
            } catch (RuntimeException e) {
                all.put(check.name(), new Health(false, "could not be asked: " + e));
            }
        }
        ready = all.values().stream().allMatch(Health::well);
    }

    /** One line and an exit code: 0 if it is ready, or is asked only whether it lives; else {@link #NOT_READY}. */
    public static CommandResult of(Collection<HealthCheck> checks, boolean live, boolean json) {
        if (live) {
            return new CommandResult(0, json ? Json.of(Map.of("live", true)) : "live");
        }
        HealthReport report = new HealthReport(checks);
        return new CommandResult(report.ready ? 0 : NOT_READY, json ? report.json() : report.text());
    }

    private String text() {
        List<String> parts = new ArrayList<>();
        all.forEach((name, health) -> {
            if (ready || !health.well()) {
                parts.add(name + ": " + health.says());
            }
        });
        return (ready ? "ready (" : "not ready (") + String.join("; ", parts).replaceAll("\\p{Cntrl}", "?") + ")";
    }

    private String json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("live", true);
        object.put("ready", ready);
        all.forEach((name, health) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("well", health.well());
            one.put("says", health.says());
            object.put(name, one);
        });
        return Json.of(object);
    }
}
