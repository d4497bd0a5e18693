// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.dev;

import a6runner.testkit.gateway.CallTrace;
import a6runner.testkit.gateway.ExtPlugin;
import a6runner.testkit.gateway.Gateway;
import a6runner.testkit.gateway.Route;
import a6runner.testkit.gateway.RoutesFileException;
import a6runner.testkit.text.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import static java.util.stream.Collectors.joining;

/** What the launcher calls for {@code a6runner dev}; what the two say to each other is of the JDK's types, for they have not the same class loader. */
public final class Dev {

    private static final int FAILED = 1;
    private static final int WRONG = 2;

    private final PrintStream out;
    private final PrintStream err;

    private Dev(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Checks what can be checked, has the runner started, and serves until the process ends. Returns the exit code only where something is wrong, or after
     * the help text.
     *
     * @param words the command line without {@code dev} and without the runner's options
     * @param places {@code home}: the distribution's folder; {@code address}: where the runner will listen
     * @param runner starts the runner and gives its {@code deploy} and {@code data} folders and {@code pid}; what it throws goes to the caller
     */
    public static int run(String[] words, Map<String, String> places, PrintStream out, PrintStream err, Callable<Map<String, String>> runner)
            throws Exception {
        return new Dev(out, err).run(words, places, runner);
    }

    private int run(String[] words, Map<String, String> places, Callable<Map<String, String>> runner) throws Exception {
        DevOptions options;
        RoutesWatch routes;
        Gateway gateway;
        try {
            options = DevOptions.parse(words, Path.of(places.get("home"), "conf", "apisix.yaml"));
        } catch (UsageException e) {
            return wrong(e.getMessage());
        }
        if (options.help) {
            out.print(DevHelp.TEXT);
            return 0;
        }
        List<CallTrace.Observer> observers = new ArrayList<>(List.of(new CallPrinter(this::say, options.verbose)));
        try {
            routes = new RoutesWatch(options.routes, this::say);
            if (options.record != null) {
                observers.add(new Recorder(options.record));
            }
        } catch (RoutesFileException e) {
            return wrong("the routes are no good:\n" + e.getMessage());
        } catch (NoSuchFileException e) {
            return wrong("there is no such file or folder: " + e.getMessage());
        } catch (IOException e) {
            return wrong("can't read the routes, or write the record: " + e);
        }
        try {
            gateway = new Gateway(new Gateway.Setup(InetAddress.getByName("127.0.0.1"), options.port, socket(places), routes,
                    trace -> observers.forEach(observer -> observer.done(trace)), options.responseHeaders));
        } catch (BindException e) {
            return wrong("port " + options.port + " of 127.0.0.1 is taken (--port N says another one, --port 0 any that is free)");
        }
        try (gateway) {
            Map<String, String> runs = runner.call();
            gateway.start();
            routes.start();
            welcome(options, gateway.port(), routes.get().routes(), runs);
            if (options.watch != null) {
                TargetWatch watch = new TargetWatch(options.watch, Path.of(runs.get("deploy")), this::say);
                watch.start();
            }
            new CountDownLatch(1).await();
        }
        return FAILED;
    }

    private static Path socket(Map<String, String> places) {
        return Path.of(places.get("address").replaceFirst("^unix:", ""));
    }

    private void welcome(DevOptions options, int port, List<Route> routes, Map<String, String> runs) {
        say("a6runner dev: http://127.0.0.1:" + port + ", routes " + options.routes + ", runner's pid " + runs.get("pid") + ", deploy folder " + runs.get("deploy"));
        for (Route route : routes) {
            String methods = route.methods().isEmpty() ? "" : " " + route.methods().stream().sorted().collect(joining("|"));
            String plugins = route.extPlugins().values().stream().map(Dev::plugins).collect(joining(", "));
            say("  " + String.join(" ", route.uris()) + methods + "  " + (plugins.isEmpty() ? "no ext-plugin" : plugins)
                    + (route.upstream() == null ? "" : ", then " + route.upstream()));
        }
        if (runs.containsKey("data")) {
            say("a6runner shell --data " + runs.get("data") + " looks inside.");
        }
        say("Ctrl-C ends it.");
    }

    private static String plugins(ExtPlugin plugin) {
        return plugin.phase().shortName() + " " + plugin.names();
    }

    private int wrong(String message) {
        err.println("a6runner dev: " + message);
        return WRONG;
    }

    /** Prints a line, or several that belong together. */
    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
