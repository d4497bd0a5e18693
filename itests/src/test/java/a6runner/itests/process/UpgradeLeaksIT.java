// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Container;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

import static org.assertj.core.api.Assertions.assertThat;

/** Hundreds of upgrades under calls, in this JVM: classes, threads, files and heap stay level, and each old version's class loader is freed. */
final class UpgradeLeaksIT {

    private static final String GREETING = "test.greeting";
    private static final int WARM_UP = 60;
    private static final int UPGRADES = Integer.getInteger("a6runner.upgrades", 300);
    /** A tenth of what an uninstall leaves behind in Felix 7.0.5, for each upgrade, and what the log of this JVM keeps. */
    private static final long HEAP_PER_UPGRADE = 2_500;

    /** Stops with status 201; has a configuration, as that is where Felix leaks. */
    @Component(name = "test.greeting")
    public static final class GreetingOne implements PluginFilter {

        private final byte[] weight = new byte[100_000];

        @Activate
        public GreetingOne() {
            Arrays.fill(weight, (byte) 1);
        }

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(200 + weight[0]);
        }
    }

    /** Stops with status 202. */
    @Component(name = "test.greeting")
    public static final class GreetingTwo implements PluginFilter {

        @Override
        public String name() {
            return "greeting";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setStatusCode(202);
        }
    }

    private record Usage(long heap, int classes, long unloaded, int threads, long files, long metaspace) {

        static Usage now() {
            for (int i = 0; i < 5; i++) {
                System.gc();
            }
            var classes = ManagementFactory.getClassLoadingMXBean();
            long metaspace = ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getName().equals("Metaspace")).mapToLong(pool -> pool.getUsage().getUsed())
                    .sum();
            try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
                return new Usage(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), classes.getLoadedClassCount(), classes.getUnloadedClassCount(),
                        ManagementFactory.getThreadMXBean().getThreadCount(), files.count(), metaspace);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String toString() {
            return "heap " + heap / 1024 + " kB, classes " + classes + " (unloaded " + unloaded + "), threads " + threads + ", files " + files + ", metaspace "
                    + metaspace / 1024 + " kB";
        }
    }

    @TempDir
    private Path dir;

    private static int greeting(A6Client apisix) {
        try {
            return Calls.call(apisix, "greeting", "{}") instanceof Reply.Stop stop ? stop.action().status() : -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void hundredsOfUpgradesLeaveNothingBehind() throws IOException {
        Path deploy = Files.createDirectory(dir.resolve("deploy"));
        byte[][] versions = {TestBundle.of(GREETING, "1.0.0", GreetingOne.class).bytes(), TestBundle.of(GREETING, "2.0.0", GreetingTwo.class).bytes()};
        Files.writeString(deploy.resolve(GREETING + ".cfg"), "a = 1");
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        try (Container runner = Container.start(Container.core(), Container.deployer(deploy)); A6Client apisix = runner.connect()) {
            upgrade(0, WARM_UP, versions, deploy, runner, apisix, loaders);
            awaitDrained(runner);
            Usage before = Usage.now();
            int kept = runner.log().size();
            upgrade(WARM_UP, WARM_UP + UPGRADES, versions, deploy, runner, apisix, loaders);
            awaitDrained(runner);
            Await.within(Await.DEADLINE, () -> alive(loaders) + " class loaders of old versions", () -> {
                System.gc();
                return alive(loaders) <= 1;
            });
            Usage after = Usage.now();
            System.out.println("before " + UPGRADES + " upgrades: " + before);
            System.out.println("after: " + after);
            assertThat(after.classes()).as("each version has a class at least; some of the JDK's come late").isLessThan(before.classes() + UPGRADES / 2);
            assertThat(runner.log()).as("what was freed is no leak").noneMatch(line -> line.contains("is still in memory"));
            assertThat(after.unloaded() - before.unloaded()).isGreaterThanOrEqualTo(UPGRADES - 2);
            assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 8);
            assertThat(after.files()).isLessThanOrEqualTo(before.files() + 4);
            long log = (runner.log().size() - kept) * 400L;
            assertThat(after.heap() - before.heap() - log).isLessThan(500_000 + UPGRADES * HEAP_PER_UPGRADE);
            assertThat(Arrays.stream(runner.context().getBundles()).filter(bundle -> bundle.getLocation().startsWith("a6runner-plugin:"))).hasSizeLessThanOrEqualTo(4);
        }
    }

    private static void upgrade(int from, int to, byte[][] versions, Path deploy, Container runner, A6Client apisix, List<WeakReference<ClassLoader>> loaders)
            throws IOException {
        for (int i = from; i < to; i++) {
            int expected = 201 + i % 2;
            Path part = Files.write(deploy.resolve(".part"), versions[i % 2]);
            Files.move(part, deploy.resolve(GREETING + ".jar"), StandardCopyOption.ATOMIC_MOVE);
            Await.within(Await.DEADLINE, () -> "greeting " + expected + " in " + runner.log(), () -> greeting(apisix) == expected);
            for (Bundle bundle : runner.context().getBundles()) {
                if (bundle.getLocation().startsWith("a6runner-plugin:") && bundle.getState() == Bundle.ACTIVE) {
                    BundleWiring wiring = bundle.adapt(BundleWiring.class);
                    ClassLoader loader = wiring == null ? null : wiring.getClassLoader();
                    if (loader != null && loaders.stream().noneMatch(known -> known.refersTo(loader))) {
                        loaders.add(new WeakReference<>(loader));
                    }
                }
            }
        }
    }

    /** Until one bundle serves and none is on its way out. */
    private static void awaitDrained(Container runner) {
        Await.within(Await.DEADLINE, () -> Arrays.toString(runner.context().getBundles()), () -> Arrays.stream(runner.context().getBundles())
                .filter(bundle -> bundle.getLocation().startsWith("a6runner-plugin:") && bundle.adapt(BundleWiring.class) != null).count() == 1);
    }

    private static long alive(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }
}
