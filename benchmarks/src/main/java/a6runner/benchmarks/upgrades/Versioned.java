// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.upgrades;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;

/**
 * Adds the name of its version to a header twice: that of the class that runs, and that of the class that parsed the conf. To stand several times in one
 * chain, so that a call which saw two versions shows. With a conf that begins with {@code ask} it first asks APISIX for a variable and goes on when the
 * answer comes: a call of that kind is between two steps when an upgrade comes.
 */
@Component(service = PluginFilter.class)
public final class Versioned implements ConfiguredFilter<Versioned.Conf> {

    private static final String HEADER = "x-versions";
    private static final String VERSION = read("version");

    record Conf(String parsedBy, boolean asks) {}

    /** The text of a file in the bundle. */
    private static String read(String file) {
        try (InputStream in = Versioned.class.getResourceAsStream("/" + file)) {
            return in == null ? "unnamed" : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "versioned";
    }

    @Override
    public Conf parseConf(String conf) {
        return new Conf(VERSION, conf.startsWith("ask"));
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        Conf conf = request.conf(this);
        if (conf.asks()) {
            request.var("request_id").thenRun(() -> goOn(conf, request, response, chain));
        } else {
            goOn(conf, request, response, chain);
        }
    }

    private static void goOn(Conf conf, HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        String before = request.getHeader(HEADER);
        request.setHeader(HEADER, (before == null ? "" : before + ",") + VERSION + "," + conf.parsedBy());
        chain.filter(request, response);
    }
}
