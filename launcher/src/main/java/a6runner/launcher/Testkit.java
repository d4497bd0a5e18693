// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Calls the testkit's commands, {@code call} and {@code dev}, which lie in {@code lib/testkit} and off the class path of a runner. */
final class Testkit {

    private static final String CALL = "a6runner.testkit.call.Call";
    private static final String DEV = "a6runner.testkit.dev.Dev";

    private Testkit() {
    }

    /** Runs the one-shot client with these arguments and gives its exit code. */
    static int call(Distribution distribution, List<String> arguments, Map<String, String> environment) {
        return run(distribution, CALL, new Class<?>[] {String[].class, PrintStream.class, PrintStream.class, Map.class},
                arguments.toArray(new String[0]), System.out, System.err, environment);
    }

    /** Runs the dev gateway until the process ends, or gives its exit code. */
    static int dev(Distribution distribution, List<String> arguments, Map<String, String> places, Callable<Map<String, String>> runner) {
        return run(distribution, DEV, new Class<?>[] {String[].class, Map.class, PrintStream.class, PrintStream.class, Callable.class},
                arguments.toArray(new String[0]), places, System.out, System.err, runner);
    }

    private static int run(Distribution distribution, String command, Class<?>[] types, Object... arguments) {
        try (URLClassLoader loader = new URLClassLoader("testkit", urls(distribution.testkitJars()), Testkit.class.getClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            return (int) loader.loadClass(command).getMethod("run", types).invoke(null, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw Refusal.failed(command.replaceFirst(".*\\.", "").toLowerCase(java.util.Locale.ROOT) + ": " + Core.oneLine(e.getCause()));
        } catch (ReflectiveOperationException | IOException e) {
            throw Refusal.failed("the distribution is incomplete: no " + command + " in lib/testkit (" + Core.oneLine(e) + ")");
        }
    }

    private static URL[] urls(List<Path> jars) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        return urls.toArray(new URL[0]);
    }
}
