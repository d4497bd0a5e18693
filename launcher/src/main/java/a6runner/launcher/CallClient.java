// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Calls the testkit's one-shot client, which lies in {@code lib/call} and off the class path of a runner. */
final class CallClient {

    private static final String CLIENT = "a6runner.testkit.call.Call";

    private CallClient() {
    }

    /** Runs the client with these arguments and gives its exit code. */
    static int run(Distribution distribution, List<String> arguments, Map<String, String> environment) {
        try (URLClassLoader loader = new URLClassLoader("call", urls(distribution.callJars()), CallClient.class.getClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            Method run = loader.loadClass(CLIENT).getMethod("run", String[].class, PrintStream.class, PrintStream.class, Map.class);
            return (int) run.invoke(null, arguments.toArray(new String[0]), System.out, System.err, environment);
        } catch (InvocationTargetException e) {
            throw Refusal.failed("call: " + Core.oneLine(e.getCause()));
        } catch (ReflectiveOperationException | IOException e) {
            throw Refusal.failed("the distribution is incomplete: no " + CLIENT + " in lib/call (" + Core.oneLine(e) + ")");
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
