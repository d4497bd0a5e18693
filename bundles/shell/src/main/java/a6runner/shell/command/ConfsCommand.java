// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandFailure;
import a6runner.spi.CommandTable;
import a6runner.spi.CommandTable.Cell;
import a6runner.spi.Json;
import a6runner.spi.PrepareCall.Entry;
import a6runner.spi.RunnerView;
import a6runner.spi.RunnerView.Conf;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** {@code confs [TOKEN]}: the confs that APISIX holds tokens for; one with the values of its plugins, secrets masked. */
public final class ConfsCommand {

    private static final int SHOWN = 1_000;

    private final Inside inside;

    ConfsCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("lists the confs that APISIX holds tokens for, those last used first")
    public String confs(@Descriptor("as JSON") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json) {
        List<Conf> all = sorted();
        CommandTable table = new CommandTable("token", "key", "plugins", "missing", "last used", "state");
        Instant now = Instant.now();
        all.stream().limit(SHOWN).forEach(conf -> table.row(conf.token(), conf.key(), conf.entries().stream().map(Entry::name).toList(), conf.missing(),
                age(conf.lastUsed(), now), state(conf)));
        String more = all.size() > SHOWN ? "\nand " + (all.size() - SHOWN) + " more; confs TEXT shows those whose key contains it" : "";
        return json ? table.json() : table.isEmpty() ? "APISIX has sent no conf yet." : table.text() + more;
    }

    @Descriptor("lists the confs that APISIX holds tokens for; shows what those say that are meant, secrets masked")
    public String confs(@Descriptor("as JSON") @Parameter(names = "--json", presentValue = "true", absentValue = "false") boolean json,
            @Descriptor("TOKEN: a token, or a part of a key such as route#1") String token) {
        List<Conf> meant = sorted().stream().filter(conf -> token.equals(Long.toString(conf.token())) || conf.key().contains(token)).limit(SHOWN).toList();
        if (meant.isEmpty()) {
            throw new CommandFailure("no conf has the token " + token + ", or that in its key; confs lists them");
        }
        Instant now = Instant.now();
        return json ? Json.of(meant.stream().map(conf -> object(conf, now)).toList())
                : meant.stream().map(conf -> text(conf, now)).collect(Collectors.joining("\n\n"));
    }

    private List<Conf> sorted() {
        return inside.require(RunnerView.class).confs().stream()
                .sorted(Comparator.comparing(Conf::lastUsed).reversed().thenComparing(Conf::key).thenComparing(Conf::token)).toList();
    }

    private static Cell age(Instant then, Instant now) {
        return Cell.age(Math.max(0, Duration.between(then, now).toSeconds()));
    }

    private static String state(Conf conf) {
        return conf.superseded() ? "superseded" : "current";
    }

    private static String text(Conf conf, Instant now) {
        StringBuilder text = new StringBuilder(conf.key()).append("\n  token: ").append(conf.token()).append("\n  state: ").append(state(conf))
                .append("\n  came: ").append(age(conf.created(), now).text()).append(" ago\n  last used: ").append(age(conf.lastUsed(), now).text()).append(" ago");
        for (Entry entry : conf.entries()) {
            text.append("\n  ").append(entry.name()).append(conf.missing().contains(entry.name()) ? " (missing)" : "").append(": ").append(Masks.text(entry.value()));
        }
        return text.toString();
    }

    /** All of a conf, its values masked. */
    static Map<String, Object> object(Conf conf, Instant now) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("token", conf.token());
        object.put("key", conf.key());
        object.put("state", state(conf));
        object.put("created", conf.created().toString());
        object.put("last_used", age(conf.lastUsed(), now).value());
        object.put("missing", conf.missing());
        object.put("plugins", conf.entries().stream().map(entry -> {
            Map<String, Object> plugin = new LinkedHashMap<>();
            plugin.put("name", entry.name());
            plugin.put("value", Masks.text(entry.value()));
            return plugin;
        }).toList());
        return object;
    }
}
