// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.spi.PluginLifecycle.Part;
import a6runner.spi.PrepareCall.Entry;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Has the plugins of a bundle parse the current confs of the calls that it is to get. Any thread; the parsing is the plugins' workers'. */
final class ConfCheck {

    private static final int LISTED = 5;

    private final Settings settings;
    private final ConfTable confs;

    ConfCheck(Settings settings, ConfTable confs) {
        this.settings = settings;
        this.confs = confs;
    }

    private record Asked(PluginVersion version, PreparedConf conf, ParsedConf parsed) {

        boolean refused() {
            return !parsed.done() || parsed.failure() != null;
        }

        String sentence(long unusedSeconds) {
            Throwable failure = parsed.done() ? parsed.failure() : null;
            return conf.key() + " (last used " + unusedSeconds + " s ago): " + (failure == null ? "not parsed yet (activate.timeout)"
                    : failure.getMessage() == null ? failure.toString() : failure.getMessage());
        }
    }

    /** Completes with a sentence about the confs that are refused, empty if none is. */
    CompletionStage<String> parse(List<PluginVersion> versions, Part part) {
        List<Asked> asked = new ArrayList<>();
        Map<String, PluginVersion> byName = new HashMap<>();
        versions.forEach(version -> byName.put(version.name(), version));
        for (PreparedConf conf : confs.current(PluginRegistry.CURRENT_SECONDS)) {
            for (Entry entry : conf.content().entries()) {
                PluginVersion version = meant(byName, entry.name(), part);
                ParsedConf parsed = version == null ? null : version.parseQuietly(entry.value());
                if (parsed != null) {
                    asked.add(new Asked(version, conf, parsed));
                }
            }
        }
        return CompletableFuture.allOf(asked.stream().map(one -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            one.parsed.whenDone(() -> done.complete(null));
            return done;
        }).toArray(CompletableFuture<?>[]::new)).orTimeout(settings.nanos(Setting.ACTIVATE_TIMEOUT), TimeUnit.NANOSECONDS).handle((done, timeout) -> {
            List<Asked> refused = asked.stream().filter(Asked::refused).toList();
            return refused.isEmpty() ? "" : refusal(refused);
        });
    }

    /** Which of the plugins a call that names it so may get; null if none. */
    private static PluginVersion meant(Map<String, PluginVersion> byName, String name, Part part) {
        PluginVersion exact = byName.get(name);
        if (exact != null) {
            return part == Part.PINNED ? null : exact;
        }
        PluginVersion version = byName.get(VersionPin.plugin(name));
        try {
            return version != null && VersionPin.of(name).versions().includes(version.bundle().getVersion()) ? version : null;
        } catch (IllegalArgumentException e) {
            return null; // Calls by this name are refused, whatever is deployed.
        }
    }

    private String refusal(List<Asked> refused) {
        long now = confs.nowSeconds();
        return refused.get(0).version + " refuses " + (refused.size() == 1 ? "a current conf: " : refused.size() + " current confs: ")
                + refused.stream().limit(LISTED).map(one -> one.sentence(now - confs.lastUsed(one.conf))).collect(Collectors.joining("; "))
                + (refused.size() > LISTED ? "; and " + (refused.size() - LISTED) + " more" : "");
    }
}
