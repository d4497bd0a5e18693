// SPDX-License-Identifier: Apache-2.0
package a6runner.itests;

import a6runner.testkit.A6Client;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.nat.internal.NativeTestContainer;
import org.ops4j.pax.exam.spi.PaxExamRuntime;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.slf4j.LoggerFactory;

/**
 * The core's bundles in a real framework in this JVM, by Pax Exam's native container, with a socket of its own. Plugins come and go by the very steps that
 * the deployer takes, or by the deployer itself where that is an option.
 *
 * <pre>{@code
 * try (Container container = Container.start(core(), plugin("noop"), setting("call.timeout", "1s"));
 *         A6Client apisix = container.connect()) {
 *     Bundle hello = container.install(TestBundle.of("test.hello", "1.0.0", Hello.class));
 *     ...
 * }
 * }</pre>
 */
public final class Container implements AutoCloseable {

    /** How long a test's client waits for a frame. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Path BUNDLES = Path.of("target", "bundles");
    private static final String LIFECYCLE = "a6runner.spi.PluginLifecycle";
    private static final String SOCKET_SERVICE = "a6runner.protocol.socket.UnixSocketServer";

    private record Plugin(String name) implements Option {}

    private final Path folder;
    private final Log log = new Log();
    private final NativeTestContainer container;

    private Container(Path folder, NativeTestContainer container) {
        this.folder = folder;
        this.container = container;
    }

    // ---- options

    /** What every runner has: framework, Declarative Services, Netty, api, protocol, runner. */
    public static Option core() {
        return CoreOptions.composite(felix(), scr(), netty(), api(), protocol(), runner());
    }

    /** The framework's own settings, as the launcher has them; org.slf4j comes from this JVM. */
    public static Option felix() {
        List<Option> options = new ArrayList<>();
        for (String version : List.of("1.7.36", "2.0.20")) {
            for (String name : List.of("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi")) {
                options.add(CoreOptions.systemPackage(name + ";version=\"" + version + '"'));
            }
        }
        options.add(CoreOptions.frameworkProperty("org.osgi.framework.bsnversion").value("multiple"));
        options.add(CoreOptions.frameworkProperty("felix.log.level").value("2"));
        // This JVM's class path has the api and the testkit: no bundle shall get at them. But the JDK puts calls of its flight recorder into Netty's classes.
        options.add(CoreOptions.frameworkProperty("felix.bootdelegation.implicit").value("false"));
        options.add(CoreOptions.bootDelegationPackage("jdk.jfr.*"));
        options.add(CoreOptions.cleanCaches(true));
        options.add(CoreOptions.systemTimeout(Await.DEADLINE.toMillis()));
        return CoreOptions.composite(options.toArray(new Option[0]));
    }

    /** Declarative Services, and the configurations that components may have. */
    public static Option scr() {
        return bundles("org.osgi.util.function", "org.osgi.util.promise", "org.osgi.service.component", "org.apache.felix.scr", "org.apache.felix.configadmin");
    }

    /** Netty with its native part for either processor. */
    public static Option netty() {
        return CoreOptions.composite(
                bundles("netty-common", "netty-buffer", "netty-resolver", "netty-transport", "netty-transport-native-unix-common",
                        "netty-transport-classes-epoll"),
                CoreOptions.bundle(url("netty-transport-native-epoll-linux-x86_64")).noStart(),
                CoreOptions.bundle(url("netty-transport-native-epoll-linux-aarch_64")).noStart());
    }

    public static Option api() {
        return bundles("a6runner-api");
    }

    public static Option protocol() {
        return bundles("a6runner-protocol");
    }

    public static Option runner() {
        return bundles("a6runner-runner");
    }

    /** The deployer, which looks after this folder; it alone says when calls may be served. */
    public static Option deployer(Path deploy) {
        return CoreOptions.composite(bundles("a6runner-deployer"), setting("deploy.dir", deploy.toString()));
    }

    /** A plugin that comes with the runner: {@code noop}, {@code add-header}, {@code stop-request}, {@code rewrite-request}. */
    public static Option plugin(String name) {
        return new Plugin(name);
    }

    /** A setting by its key. */
    public static Option setting(String key, String value) {
        return CoreOptions.frameworkProperty("a6runner." + key).value(value);
    }

    private static Option bundles(String... names) {
        return CoreOptions.composite(Arrays.stream(names).map(name -> CoreOptions.bundle(url(name))).toArray(Option[]::new));
    }

    private static String url(String name) {
        return "reference:" + jar(name).toAbsolutePath().toUri().toString().replace("file:///", "file:/");
    }

    private static Path jar(String name) {
        return BUNDLES.resolve(name + ".jar");
    }

    // ---- life

    /** Starts all that the options name, and returns when the socket is open, plugins serve, and calls need not wait. */
    public static Container start(Option... options) {
        Path folder = Folder.createShort();
        List<Option> all = new ArrayList<>(List.of(CoreOptions.workingDirectory(folder.resolve("pax").toString()),
                setting("listen.address", "unix:" + folder.resolve("s")), setting("data.dir", folder.toString())));
        List<String> plugins = new ArrayList<>();
        for (Option option : options) {
            if (option instanceof Plugin plugin) {
                plugins.add(plugin.name());
            } else {
                all.add(option);
            }
        }
        Container started;
        try {
            started = new Container(folder, (NativeTestContainer) PaxExamRuntime.createContainer(PaxExamRuntime.createServerSystem(all.toArray(new Option[0]))));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        try {
            started.begin(plugins);
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
        return started;
    }

    private void begin(List<String> plugins) {
        log.open();
        container.start();
        Await.until("the socket of " + folder, () -> service(SOCKET_SERVICE) != null && Files.exists(socket()));
        for (String name : plugins) {
            try (InputStream jar = Files.newInputStream(jar("a6runner-plugin-" + name))) {
                install(name, jar);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        if (Arrays.stream(context().getBundles()).noneMatch(bundle -> "a6runner.deployer".equals(bundle.getSymbolicName()))) {
            lifecycle("settled");
        }
    }

    /** Stops the framework; the folder of the socket goes too. */
    @Override
    public void close() {
        try {
            if (container.getSystemBundle() != null) {
                container.stop();
            }
        } finally {
            log.close();
            Folder.delete(folder);
        }
    }

    // ---- what a test does with it

    public Path socket() {
        return folder.resolve("s");
    }

    /** A connection as APISIX opens one. */
    public A6Client connect() {
        try {
            return A6Client.connect(socket(), PATIENCE);
        } catch (IOException e) {
            throw new AssertionError("The runner can't be reached.", e);
        }
    }

    /** Installs a plugin bundle and returns when it serves, in place of an older version if there is one. */
    public Bundle install(TestBundle bundle) {
        return install(bundle.symbolicName() + "-" + System.nanoTime(), bundle.stream());
    }

    private Bundle install(String location, InputStream jar) {
        try {
            Bundle bundle = context().installBundle(location, jar);
            lifecycle("hold", bundle);
            bundle.start();
            Object check = ((CompletionStage<?>) lifecycle("check", bundle)).toCompletableFuture().get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (((List<?>) check.getClass().getMethod("offers").invoke(check)).isEmpty()) {
                throw new IllegalStateException(bundle + " offers no plugin");
            }
            lifecycle("switchOver", List.of(bundle), List.of());
            return bundle;
        } catch (IllegalStateException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("can't install " + location, e);
        }
    }

    /** Takes a plugin bundle out of service, waits until no call runs in it, and uninstalls it. */
    public void uninstall(Bundle bundle) {
        try {
            lifecycle("switchOver", List.of(), List.of(bundle));
            ((CompletionStage<?>) lifecycle("drained", bundle)).toCompletableFuture().get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            bundle.uninstall();
            lifecycle("forget", bundle);
        } catch (Exception e) {
            throw new IllegalStateException("can't uninstall " + bundle, e);
        }
    }

    /** Uninstalls a bundle as anybody may, without a word to the runner. */
    public void uninstallAtOnce(Bundle bundle) {
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            throw new IllegalStateException("can't uninstall " + bundle, e);
        }
    }

    /** The system bundle's context. */
    public BundleContext context() {
        return container.getSystemBundle().getBundleContext();
    }

    /** A service by its name, null if there is none; of a class that this JVM's class path may know too, and yet another one. */
    public Object service(String name) {
        BundleContext context = context();
        try {
            ServiceReference<?>[] references = context.getAllServiceReferences(name, null);
            return references == null ? null : context.getService(references[0]);
        } catch (org.osgi.framework.InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What was logged in this JVM since the start, from info on: level and message, and the first line of an exception. */
    public List<String> log() {
        return log.lines;
    }

    /** Waits for a line in the log that contains all of these. */
    public String awaitLog(String... parts) {
        List<String> found = new ArrayList<>();
        Await.within(Await.DEADLINE, () -> "a line with " + Arrays.toString(parts) + " in " + log(),
                () -> log().stream().filter(line -> Arrays.stream(parts).allMatch(line::contains)).limit(1).allMatch(found::add) && !found.isEmpty());
        return found.get(0);
    }

    /** Calls a6runner.spi.PluginLifecycle, whose class in the framework is another than this JVM's. */
    private Object lifecycle(String method, Object... arguments) {
        Object service = service(LIFECYCLE);
        if (service == null) {
            throw new IllegalStateException("there is no " + LIFECYCLE);
        }
        try {
            return Arrays.stream(service.getClass().getMethods())
                    .filter(candidate -> candidate.getName().equals(method) && takes(candidate.getParameterTypes(), arguments))
                    .findFirst()
                    .orElseThrow()
                    .invoke(service, arguments);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(method + " failed", e.getCause() == null ? e : e.getCause());
        }
    }

    private static boolean takes(Class<?>[] types, Object... arguments) {
        return types.length == arguments.length && IntStream.range(0, types.length).allMatch(i -> types[i].isInstance(arguments[i]));
    }

    /** Keeps what is logged. */
    private static final class Log extends AppenderBase<ILoggingEvent> {

        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

        void open() {
            setContext(root.getLoggerContext());
            start();
            root.addAppender(this);
        }

        void close() {
            root.detachAppender(this);
            stop();
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
                String thrown = event.getThrowableProxy() == null ? "" : " | " + event.getThrowableProxy().getClassName() + ": " + event.getThrowableProxy().getMessage();
                lines.add(event.getLevel() + " " + event.getFormattedMessage() + thrown);
            }
        }
    }
}
