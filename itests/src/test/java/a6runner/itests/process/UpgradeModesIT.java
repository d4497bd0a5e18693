// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

import static org.assertj.core.api.Assertions.assertThat;

/** Upgrades that differ from dropping a bundle: in place of the old version, by a configuration, of a plain jar, with a runner that is killed amid. */
final class UpgradeModesIT {

    private static final String GREETING = "test.greeting";

    private RunnerProcess runner;
    private A6Client apisix;

    /** Stops with status 201, and holds what only one may hold at a time, as a port is. */
    @Component
    public static final class HolderOne implements PluginFilter {

        @Activate
        public HolderOne() {
            if (System.getProperties().putIfAbsent("a6runner.test.held", "yes") != null) {
                throw new IllegalStateException("it is held already");
            }
        }

        @Deactivate
        void close() {
            System.getProperties().remove("a6runner.test.held");
        }

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(201);
        }
    }

    /** The same with status 202. */
    @Component
    public static final class HolderTwo implements PluginFilter {

        @Activate
        public HolderTwo() {
            if (System.getProperties().putIfAbsent("a6runner.test.held", "yes") != null) {
                throw new IllegalStateException("it is held already");
            }
        }

        @Deactivate
        void close() {
            System.getProperties().remove("a6runner.test.held");
        }

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(202);
        }
    }

    /** Can't be activated. */
    @Component
    public static final class Broken implements PluginFilter {

        @Activate
        public Broken() {
            throw new IllegalStateException("out of greetings");
        }

        @Override
        public String name() {
            return "greeting";
        }
    }

    /** Stops with the status of its configuration. */
    @Component(name = GREETING)
    public static final class Configured implements PluginFilter {

        /** What it is configured by. */
        public @interface Config {
            int status() default 200;
        }

        private final int status;

        @Activate
        public Configured(Config config) {
            status = config.status();
        }

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(status);
        }
    }

    /** Stops with a status that says by how many ways it gets at a class that isn't for plugins. */
    @Component
    public static final class Island implements PluginFilter {

        private static final String[] FOREIGN = {"a6runner.launcher.Main", "a6runner.spi.Settings", "a6runner.runner.RunnerCallService", "a6runner.deployer.Deployer",
            "ch.qos.logback.classic.Logger", "org.apache.felix.framework.Felix", "io.netty.buffer.ByteBuf"};

        private final int atActivation = ways();

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(210 + atActivation + ways());
        }

        private int ways() {
            int ways = 0;
            for (ClassLoader loader : new ClassLoader[] {getClass().getClassLoader(), Thread.currentThread().getContextClassLoader()}) {
                for (String name : FOREIGN) {
                    try {
                        Class.forName(name, false, loader);
                        ways++;
                    } catch (ClassNotFoundException e) {
                        continue; // as it shall be
                    }
                }
            }
            return ways;
        }
    }

    private static final TestBundle ONE = TestBundle.of(GREETING, "1.0.0", HolderOne.class);
    private static final TestBundle TWO = TestBundle.of(GREETING, "2.0.0", HolderTwo.class);

    private void start(RunnerProcess.Starter starter) {
        runner = starter.start();
        apisix = runner.connect();
    }

    @AfterEach
    void stop() throws IOException {
        if (apisix != null) {
            apisix.close();
            runner.close();
        }
    }

    private int greeting() {
        try {
            Reply reply = Calls.call(apisix, "greeting", "{}");
            return reply instanceof Reply.Stop stop ? stop.action().status() : ((Reply.ErrorReply) reply).code();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitGreeting(int status) {
        Await.within(Await.DEADLINE, () -> "greeting " + status + " in: " + runner.log(), () -> greeting() == status);
    }

    @Test
    void whatCannotStandBesideItselfIsReplacedAndNoCallIsRefused() {
        start(Distribution.packed().runner().deploying(ONE).setting("upgrade", "replace"));
        awaitGreeting(201);
        Set<Integer> seen = new ConcurrentSkipListSet<>();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> caller = CompletableFuture.runAsync(() -> {
            try (A6Client connection = runner.connect()) {
                long token = Calls.prepare(connection, "greeting", "{}");
                while (!done.get()) {
                    Reply reply = Calls.call(connection, token).reply();
                    seen.add(reply instanceof Reply.Stop stop ? stop.action().status() : -1);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        TWO.copyTo(runner.deploy());
        awaitGreeting(202);
        TestBundle.of(GREETING, "3.0.0", Broken.class).copyTo(runner.deploy());
        assertThat(runner.awaitLog(GREETING + ".jar: not deployed")).contains("out of greetings", "2.0.0 keeps serving");
        awaitGreeting(202);
        ONE.copyTo(runner.deploy());
        awaitGreeting(201);
        done.set(true);
        caller.join();
        assertThat(seen).containsExactly(201, 202);
    }

    @Test
    void whatCannotStandBesideItselfIsRefusedSideBySide() {
        start(Distribution.packed().runner().deploying(ONE));
        awaitGreeting(201);
        TWO.copyTo(runner.deploy());
        assertThat(runner.awaitLog(GREETING + ".jar: not deployed")).contains("HolderTwo threw java.lang.IllegalStateException: it is held already", "1.0.0 keeps serving");
        assertThat(greeting()).isEqualTo(201);
    }

    @Test
    void aChangedConfigurationFileIsAnUpgrade() throws IOException {
        start(Distribution.packed().runner().deploying(TestBundle.of(GREETING, "1.0.0", Configured.class)));
        awaitGreeting(200);
        Path config = runner.deploy().resolve(GREETING + ".cfg");
        Files.writeString(config, "status = 207");
        awaitGreeting(207);
        Files.writeString(config, "status = 208");
        awaitGreeting(208);
        Files.delete(config);
        awaitGreeting(200);
    }

    @Test
    void aPlainJarServes() throws IOException {
        start(Distribution.packed().runner().deploying("noop"));
        TestBundle bundle = TestBundle.of(GREETING, "1.0.0", HolderOne.class);
        try (var in = new java.util.jar.JarInputStream(bundle.stream()); var out = new java.util.zip.ZipOutputStream(Files.newOutputStream(
                runner.deploy().resolve("plain-1.0.jar")))) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().endsWith(".class")) {
                    out.putNextEntry(new java.util.zip.ZipEntry(entry.getName()));
                    in.transferTo(out);
                }
            }
        }
        awaitGreeting(201);
        runner.awaitLog("plain-1.0.jar: active (plain 1.0.0, plugins: greeting)");
    }

    @Test
    void aPluginGetsAtNothingOfTheRunners() throws IOException {
        start(Distribution.packed().runner().deploying(TestBundle.of(GREETING, "1.0.0", Island.class)).setting("plugin.greeting.execution", "worker"));
        awaitGreeting(210);
        apisix.close();
        runner.close();
        start(Distribution.packed().runner().deploying(TestBundle.of(GREETING, "1.0.0", Island.class)).setting("plugin.greeting.execution", "event-loop"));
        awaitGreeting(210);
    }

    private static void awaitStatus(Path file, String... parts) {
        Await.within(Await.DEADLINE, () -> List.of(parts) + " in " + file, () -> {
            String status = Files.exists(file) ? Files.readString(file) : "";
            return Stream.of(parts).allMatch(status::contains);
        });
    }

    @Test
    void aRunnerThatIsKilledAmidUpgradesServesAfterwardsWhatTheFolderHolds() throws IOException {
        Path folder = Folder.createShort();
        Path deploy = Files.createDirectory(folder.resolve("deploy"));
        try {
            for (int i = 0; i < 3; i++) {
                (i % 2 == 0 ? ONE : TWO).copyTo(deploy);
                start(Distribution.packed().runner().findingItsData().setting("data.dir", folder.resolve("data").toString()).options("--deploy", deploy.toString()));
                awaitGreeting(201 + i % 2);
                (i % 2 == 0 ? TWO : ONE).version("9.0." + i).copyTo(deploy);
                Await.within(Await.DEADLINE, () -> "a second copy in the store", () -> Folder.jars(folder.resolve("data").resolve("store")).size() > 0);
                runner.kill();
                runner.process().onExit().join();
                apisix.close();
                runner.close();
                start(Distribution.packed().runner().findingItsData().setting("data.dir", folder.resolve("data").toString()).options("--deploy", deploy.toString()));
                assertThat(greeting()).as("the first call already").isEqualTo(202 - i % 2);
                awaitStatus(deploy.resolve(GREETING + ".jar.status"), "state: ACTIVE", "9.0." + i); // calls come first
                apisix.close();
                runner.close();
            }
        } finally {
            Folder.delete(folder);
        }
    }
}
