// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.upgrades;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;

/**
 * Adds the name of its build to a header twice: that of the class that runs, and that of the class that parsed the conf. With the conf {@link #ASK} it first
 * asks APISIX for a variable and goes on when the answer comes.
 */
@Component(service = PluginFilter.class)
public final class Versioned implements ConfiguredFilter<Versioned.Conf> {

    static final String NAME = "versioned";
    static final String HEADER = "x-builds";
    static final String PLAIN = "plain";
    static final String ASK = "ask";
    /** The file of the bundle that names the build. */
    static final String BUILD_FILE = "build";
    /** The file of the bundle that says how many of its calls have one that fails; without it none does. */
    static final String FAIL_FILE = "fail-one-in";
    private static final String BUILD = read(BUILD_FILE, "");
    private static final int FAIL_ONE_IN = Integer.parseInt(read(FAIL_FILE, "0"));

    private final AtomicInteger calls = new AtomicInteger();

    /** A conf, and the build whose class it is. */
    record Conf(String parsedBy, boolean asks) {}

    private static String read(String file, String absent) {
        try (InputStream in = Versioned.class.getResourceAsStream("/" + file)) {
            return in == null ? absent : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Conf parseConf(String conf) {
        return new Conf(BUILD, conf.equals(ASK));
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        if (FAIL_ONE_IN > 0 && calls.incrementAndGet() % FAIL_ONE_IN == 0) {
            throw new IllegalStateException("one in " + FAIL_ONE_IN);
        }
        Conf conf = request.conf(this);
        if (conf.asks()) {
            request.var("request_id").thenRun(() -> goOn(conf, request, response, chain));
        } else {
            goOn(conf, request, response, chain);
        }
    }

    private static void goOn(Conf conf, HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        String before = request.getHeader(HEADER);
        request.setHeader(HEADER, (before == null ? "" : before + ",") + BUILD + "," + conf.parsedBy());
        chain.filter(request, response);
    }
}
