// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.upgrades;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

import static org.assertj.core.api.Assertions.assertThat;

/** A runner that is killed with SIGKILL in the midst of an upgrade: the next one serves what the folder holds, and finds nothing in its way. */
final class KilledRunnerIT {

    private static final String CHANGING = "changing";
    private static final String STEADY = "steady";
    private static final String HEADER = "x-build";
    private static final String REFUSED = "SERVICE_UNAVAILABLE";

    private final Path folder = Folder.createShort();
    private final Path deploy = folder.resolve("deploy");
    private final Path data = folder.resolve("data");
    private final Path hold = folder.resolve("hold");
    private final Path jar = deploy.resolve(CHANGING + ".jar");
    /** Their bytes are always the same, so that what is kept by content stays bounded. */
    private final List<Build> builds = List.of(build(CHANGING, "1.0.0", "a"), build(CHANGING, "1.0.1", "b"), build(CHANGING, "1.0.1", "c"));

    /** A jar, and how its plugin answers. */
    private record Build(String name, byte[] bytes) {}

    /** Sets a header to its build. At a point of its life that the file named in the bundle names, it waits for ever. */
    @Component(service = PluginFilter.class)
    public static final class Stubborn implements ConfiguredFilter<String> {

        private static final String BUILD = read("build");

        @Activate
        public Stubborn() {
            reach("activating");
        }

        static String read(String file) {
            try (InputStream in = Stubborn.class.getResourceAsStream("/" + file)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void reach(String point) {
            try {
                Path hold = Path.of(read("hold"));
                if (Files.exists(hold) && Files.readString(hold).equals(BUILD + " is " + point)) {
                    System.out.println(BUILD + " is " + point);
                    new CountDownLatch(1).await();
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public String name() {
            return read("name");
        }

        @Override
        public String parseConf(String conf) {
            reach("parsing");
            return conf;
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            request.setHeader(HEADER, BUILD);
            chain.filter(request, response);
        }

        @Deactivate
        void stop() {
            reach("stopping");
        }
    }

    private Build build(String plugin, String version, String name) {
        TestBundle bundle = TestBundle.of("test." + plugin, version, Stubborn.class).resource("name", plugin).resource("build", name).resource("hold", hold.toString());
        return new Build(name, bundle.bytes());
    }

    @AfterEach
    void clean() {
        Folder.delete(folder);
    }

    private RunnerProcess start() {
        return Distribution.packed().runner().at(folder.resolve("s")).findingItsData().setting("data.dir", data.toString()).options("--deploy", deploy.toString()).start();
    }

    /** How a plugin answers: its build, or the error's name. */
    private static String answer(A6Client apisix, String plugin) throws IOException {
        long token = apisix.prepare("route/" + plugin + "#1", Entry.list(plugin, "{}"));
        Reply reply = apisix.call(new HttpReqCall.Req(1, new byte[] {127, 0, 0, 1}, 0, Text.of("/"), List.of(), List.of(), token), ExtraInfoAnswers.none()).reply();
        if (reply instanceof Reply.Rewrite rewrite) {
            return rewrite.action().headers().stream().filter(entry -> entry.isNamed(HEADER)).map(entry -> entry.value().toString()).collect(Collectors.joining(","));
        }
        return reply instanceof Reply.ErrorReply error ? error.codeName() : reply.toString();
    }

    private static void awaitAnswer(RunnerProcess runner, A6Client apisix, String build) {
        Await.within(Await.DEADLINE, () -> build + " in: " + runner.log(), () -> answer(apisix, CHANGING).equals(build));
    }

    /** Brings an upgrade to the moment at which the runner is killed. */
    private interface Moment {
        void reach(RunnerProcess runner, A6Client apisix, Build from, Build to) throws IOException;
    }

    private void writeHalf(Build to) throws IOException {
        Files.write(jar, Arrays.copyOf(to.bytes(), to.bytes().length / 2));
    }

    /** So many calls after the file is complete: before it is read, while the bundle comes up, or when it serves. */
    private Moment calls(int count) {
        return (runner, apisix, from, to) -> {
            Files.write(jar, to.bytes());
            for (int i = 0; i < count; i++) {
                assertThat(answer(apisix, CHANGING)).as("answer during the upgrade").isIn(from.name(), to.name());
            }
        };
    }

    /** The new build on its way in, which waits for ever; the old one serves meanwhile. */
    private Moment comingBuildIs(String point) {
        return (runner, apisix, from, to) -> {
            hold(runner, to, to, point);
            assertThat(answer(apisix, CHANGING)).as("answer while the new build is %s", point).isEqualTo(from.name());
        };
    }

    /** The old build on its way out, which waits for ever; the new one serves already. */
    private Moment leavingBuildIs(String point) {
        return (runner, apisix, from, to) -> {
            hold(runner, from, to, point);
            assertThat(answer(apisix, CHANGING)).as("answer while the old build is %s", point).isEqualTo(to.name());
        };
    }

    private void hold(RunnerProcess runner, Build held, Build to, String point) throws IOException {
        String line = held.name() + " is " + point;
        Files.writeString(hold, line);
        Files.write(jar, to.bytes());
        runner.awaitLog(line);
    }

    /** What a runner left in the data folder, but for the living one's own bundles and copies that were under way, which go with a start an hour later. */
    private Set<String> leftovers(RunnerProcess runner) throws IOException {
        String living = "cache-" + runner.process().pid() + "-";
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(Files::isRegularFile).map(file -> data.relativize(file).toString()).filter(file -> !file.startsWith(living) && !file.endsWith(".part"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void theNextRunnerServesWhatTheFolderHolds() throws IOException {
        List<Moment> moments = List.of(calls(0), comingBuildIs("activating"), calls(30), comingBuildIs("parsing"), calls(150), leavingBuildIs("stopping"));
        Files.createDirectories(deploy);
        Files.write(jar, builds.get(0).bytes());
        Files.write(deploy.resolve(STEADY + ".jar"), build(STEADY, "1.0.0", "s").bytes());
        RunnerProcess runner = start();
        int bounded = 0;
        try {
            for (int round = 0; round < moments.size(); round++) {
                Build from = builds.get(round % builds.size());
                Build to = builds.get((round + 1) % builds.size());
                try (A6Client apisix = runner.connect()) {
                    assertThat(answer(apisix, CHANGING)).as("the first answer in round %d", round).isEqualTo(from.name());
                    assertThat(answer(apisix, STEADY)).as("the first answer of the plugin that stays, in round %d", round).isEqualTo("s");
                    moments.get(round).reach(runner, apisix, from, to);
                }
                runner = restart(runner);
                if (round == builds.size()) {
                    RunnerProcess running = runner;
                    Await.until("the last file that a start writes", () -> leftovers(running).stream().anyMatch(file -> file.endsWith("/offers")));
                    bounded = leftovers(runner).size(); // each content has been here
                }
            }
            try (A6Client apisix = runner.connect()) {
                assertThat(answer(apisix, CHANGING)).as("the first answer at last").isEqualTo(builds.get(moments.size() % builds.size()).name());
            }
            assertThat(leftovers(runner)).as("left in the data folder").hasSizeLessThanOrEqualTo(bounded);
        } finally {
            runner.close();
        }
    }

    @Test
    void aFileThatWasHalfWrittenServesOnceItIsComplete() throws IOException {
        Files.createDirectories(deploy);
        Files.write(jar, builds.get(0).bytes());
        RunnerProcess runner = start();
        try {
            try (A6Client apisix = runner.connect()) {
                awaitAnswer(runner, apisix, "a");
                writeHalf(builds.get(1));
                assertThat(answer(apisix, CHANGING)).isEqualTo("a");
            }
            runner = restart(runner);
            try (A6Client apisix = runner.connect()) {
                assertThat(answer(apisix, CHANGING)).as("the first answer, with half a file in the folder").isEqualTo(REFUSED);
                byte[] bytes = builds.get(1).bytes();
                Files.write(jar, Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length), StandardOpenOption.APPEND);
                awaitAnswer(runner, apisix, "b");
            }
        } finally {
            runner.close();
        }
    }

    /** Kills it without any grace and starts another one over the same folders. */
    private RunnerProcess restart(RunnerProcess runner) throws IOException {
        runner.kill();
        runner.awaitEnd();
        runner.close();
        Files.deleteIfExists(hold);
        return start();
    }
}
