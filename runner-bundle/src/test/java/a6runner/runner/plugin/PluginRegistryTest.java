// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.fake.FakePrepareCall;
import a6runner.runner.fake.LogLines;
import a6runner.runner.fake.ParsingFilter;
import a6runner.runner.fake.PluginFramework;
import a6runner.runner.fake.TestFilter;
import a6runner.spi.PluginCheckException;
import a6runner.spi.PluginLifecycle.Offer;
import a6runner.spi.PluginLifecycle.Part;
import a6runner.spi.Settings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceRegistration;

import static a6runner.runner.fake.Await.failure;
import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static a6runner.runner.fake.PluginFramework.register;
import static a6runner.runner.fake.PluginFramework.registerLazily;
import static org.assertj.core.api.Assertions.assertThat;

class PluginRegistryTest {

    private static final long DAY = 24 * 3_600_000;

    private final LogLines log = new LogLines();
    private final CountDownLatch release = new CountDownLatch(1);
    private PluginFramework framework;
    private volatile long now = 1_000_000_000_000L;
    private ConfTable confs;
    private PluginRegistry registry;

    private void start(String... settings) {
        framework = new PluginFramework(settings);
        Settings inForce = new Settings(framework.context()::getProperty);
        confs = new ConfTable(inForce, () -> now);
        registry = new PluginRegistry(framework.context(), inForce, confs);
        registry.open();
    }

    @AfterEach
    void close() {
        release.countDown();
        registry.close();
        framework.close();
        log.close();
    }

    private Bundle held(String symbolicName, String version) {
        Bundle bundle = framework.bundle(symbolicName, version);
        registry.hold(bundle);
        return bundle;
    }

    private void switchOver(Collection<Bundle> in, Collection<Bundle> out) {
        registry.switchOver(in.stream().collect(Collectors.toMap(bundle -> bundle, bundle -> Part.ALL)), out);
    }

    private PluginFilter serving(String name) {
        PluginVersion version = registry.snapshot().find(name);
        return version == null ? null : version.filter();
    }

    private void awaitServing(PluginFilter filter) {
        until(filter.name() + " serves", () -> serving(filter.name()) == filter);
    }

    private List<String> offers(Bundle bundle) {
        return value(registry.check(bundle, Part.ALL)).offers().stream().map(Offer::name).toList();
    }

    private String refusal(Bundle bundle) {
        Throwable failure = failure(registry.check(bundle, Part.ALL));
        assertThat(failure).isInstanceOf(PluginCheckException.class);
        return failure.getMessage();
    }

    private String refusedConfs(Bundle bundle) {
        return value(registry.check(bundle, Part.ALL)).refusedConfs();
    }

    // ---- coming and going

    @Test
    void servesWhatIsRegisteredBeforeAndAfterItOpens() {
        framework = new PluginFramework();
        TestFilter before = new TestFilter("before");
        register(framework.bundle("one", "1.0"), before);
        Settings settings = new Settings(framework.context()::getProperty);
        registry = new PluginRegistry(framework.context(), settings, new ConfTable(settings, () -> now));
        assertThat(registry.snapshot().names()).isEmpty();
        registry.open();
        awaitServing(before);
        TestFilter after = new TestFilter("after");
        register(framework.context().getBundle(), after);
        awaitServing(after);
        assertThat(registry.snapshot().names()).containsExactly("after", "before");
    }

    @Test
    void givesUpAPluginThatIsUnregistered() {
        start();
        TestFilter filter = new TestFilter("p");
        ServiceRegistration<PluginFilter> registration = register(framework.bundle("one", "1.0"), filter);
        awaitServing(filter);
        PluginVersion version = registry.snapshot().find("p");
        registration.unregister();
        assertThat(serving("p")).isNull();
        assertThat(version.workers().tryRun(() -> {})).as("its threads end").isFalse();
    }

    @Test
    void servesNothingOnceItIsClosed() {
        start();
        TestFilter filter = new TestFilter("p");
        register(framework.bundle("one", "1.0"), filter);
        awaitServing(filter);
        registry.close();
        assertThat(registry.snapshot().names()).isEmpty();
    }

    @Test
    void logsAPluginThatCantBeActivatedAndServesTheOthers() {
        start();
        Bundle bundle = framework.bundle("one", "1.0");
        register(bundle, new TestFilter(null));
        registerLazily(bundle, () -> {
            throw new IllegalStateException("of the constructor");
        });
        TestFilter good = new TestFilter("good");
        register(bundle, good);
        awaitServing(good);
        until("both logged", () -> log.with("ERROR", "can't be activated").size() == 2);
        assertThat(log.with("ERROR one", "name() returned null")).hasSize(1);
        assertThat(log.with("ERROR one", "its constructor or its @Activate method threw")).hasSize(1);
    }

    @Test
    void forgetsAPluginThatGoesWhileItIsActivated() {
        start();
        CountDownLatch began = new CountDownLatch(1);
        TestFilter filter = new TestFilter("p");
        ServiceRegistration<PluginFilter> registration = registerLazily(framework.bundle("one", "1.0"), () -> {
            began.countDown();
            latch(release);
            return filter;
        });
        latch(began);
        CompletableFuture<Void> unregistered = CompletableFuture.runAsync(registration::unregister);
        TestFilter other = new TestFilter("other");
        register(framework.bundle("two", "1.0"), other);
        awaitServing(other);
        release.countDown();
        value(unregistered);
        assertThat(serving("p")).isNull();
    }

    // ---- candidates

    @Test
    void doesNotShowACandidateUntilItIsSwitched() {
        start();
        Bundle bundle = held("one", "1.0");
        TestFilter p = new TestFilter("p");
        TestFilter q = new TestFilter("q");
        register(bundle, p);
        register(bundle, q);
        assertThat(offers(bundle)).containsExactlyInAnyOrder("p", "q");
        assertThat(registry.snapshot().names()).isEmpty();
        switchOver(List.of(bundle), List.of());
        assertThat(serving("p")).isSameAs(p);
        assertThat(serving("q")).isSameAs(q);
    }

    @Test
    void activatesACandidateOnce() {
        start();
        Bundle bundle = held("one", "1.0");
        List<String> made = new CopyOnWriteArrayList<>();
        registerLazily(bundle, () -> {
            made.add(Thread.currentThread().getName());
            return new TestFilter("p");
        });
        offers(bundle);
        offers(bundle);
        switchOver(List.of(bundle), List.of());
        assertThat(made).hasSize(1).allMatch(thread -> thread.startsWith("a6runner-activate-one"));
    }

    @Test
    void offersNothingForABundleWithoutPlugins() {
        start();
        assertThat(offers(held("one", "1.0"))).isEmpty();
    }

    @Test
    void switchesAllAtOnce() {
        start();
        Bundle old = held("one", "1.0");
        register(old, new TestFilter("p"));
        register(old, new TestFilter("q"));
        offers(old);
        switchOver(List.of(old), List.of());
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                PluginSnapshot snapshot = registry.snapshot();
                assertThat(snapshot.find("p").bundle()).isSameAs(snapshot.find("q").bundle());
            }
        });
        Bundle serving = old;
        for (int i = 1; i <= 50; i++) {
            Bundle next = held("one", "1." + i);
            register(next, new TestFilter("q"));
            register(next, new TestFilter("p"));
            offers(next);
            switchOver(List.of(next), List.of(serving));
            assertThat(registry.snapshot().find("p").bundle()).isSameAs(next);
            serving = next;
        }
        done.set(true);
        value(reader);
    }

    @Test
    void takesABundleOutWithoutAnother() {
        start();
        Bundle bundle = held("one", "1.0");
        register(bundle, new TestFilter("p"));
        offers(bundle);
        switchOver(List.of(bundle), List.of());
        switchOver(List.of(), List.of(bundle));
        assertThat(registry.snapshot().names()).isEmpty();
        register(bundle, new TestFilter("late"));
        assertThat(offers(bundle)).as("still held").contains("late");
        assertThat(registry.snapshot().names()).isEmpty();
    }

    @Test
    void servesAPluginThatIsRegisteredBetweenCheckAndSwitch() {
        start();
        Bundle bundle = held("one", "1.0");
        register(bundle, new TestFilter("p"));
        assertThat(offers(bundle)).containsExactly("p");
        TestFilter late = new TestFilter("late");
        register(bundle, late);
        switchOver(List.of(bundle), List.of());
        assertThat(serving("p")).isNotNull();
        awaitServing(late);
    }

    @Test
    void servesAPluginThatIsRegisteredAfterTheSwitch() {
        start();
        Bundle bundle = held("one", "1.0");
        switchOver(List.of(bundle), List.of());
        TestFilter late = new TestFilter("late");
        register(bundle, late);
        awaitServing(late);
    }

    @Test
    void doesNotServeAPluginThatIsActivatedOnlyAfterItsBundleWasTakenOut() {
        start();
        Bundle bundle = framework.bundle("one", "1.0");
        TestFilter first = new TestFilter("first");
        register(bundle, first);
        awaitServing(first);
        CompletableFuture<Void> made = new CompletableFuture<>();
        CountDownLatch began = new CountDownLatch(1);
        registerLazily(bundle, () -> {
            began.countDown();
            latch(release);
            return new TestFilter("late") {
                @Override
                public Boolean requiredRespBody() {
                    made.complete(null); // the last that is asked of it
                    return false;
                }
            };
        });
        latch(began);
        switchOver(List.of(), List.of(bundle));
        release.countDown();
        value(made);
        assertThat(offers(bundle)).contains("late");
        assertThat(registry.snapshot().names()).isEmpty();
    }

    @Test
    void inheritsThePlaceOfTheVersionBefore() {
        start();
        Bundle old = held("one", "1.0");
        register(old, new TestFilter("p"));
        offers(old);
        switchOver(List.of(old), List.of());
        Placement before = registry.snapshot().find("p").placement();
        for (int i = 0; i < 1_000; i++) {
            before.ranOnWorker(1_000);
        }
        assertThat(before.onLoop()).isTrue();
        Bundle next = held("one", "1.1");
        register(next, new TestFilter("p"));
        offers(next);
        switchOver(List.of(next), List.of(old));
        assertThat(registry.snapshot().find("p").placement()).isNotSameAs(before);
        assertThat(registry.snapshot().find("p").placement().onLoop()).isTrue();
    }

    @Test
    void hasCallsWaitForAPluginThatIsReplaced() {
        start();
        PreparedConf conf = confs.prepare("route#1#pre#7", FakePrepareCall.conf("p=1"));
        Bundle old = held("one", "1.0");
        register(old, new TestFilter("p"));
        offers(old);
        switchOver(List.of(old), List.of());
        assertThat(registry.snapshot().awaits(conf)).isFalse();
        registry.suspend(old);
        assertThat(serving("p")).isNull();
        assertThat(registry.snapshot().awaits(conf)).isTrue();
        Bundle next = held("one", "1.1");
        TestFilter filter = new TestFilter("p");
        register(next, filter);
        offers(next);
        switchOver(List.of(next), List.of(old));
        assertThat(serving("p")).isSameAs(filter);
        assertThat(registry.snapshot().awaits(conf)).isFalse();
    }

    @Test
    void putsASuspendedBundleIntoServiceAgain() {
        start();
        PreparedConf conf = confs.prepare("route#1#pre#7", FakePrepareCall.conf("p=1"));
        Bundle old = held("one", "1.0");
        ServiceRegistration<PluginFilter> registration = register(old, new TestFilter("p"));
        offers(old);
        switchOver(List.of(old), List.of());
        registry.suspend(old);
        registration.unregister();
        TestFilter again = new TestFilter("p");
        register(old, again);
        offers(old);
        assertThat(registry.snapshot().awaits(conf)).as("it is held until it is switched to").isTrue();
        switchOver(List.of(old), List.of());
        assertThat(serving("p")).isSameAs(again);
    }

    @Test
    void keepsTheNameForAPluginThatIsReplacedThoughAnotherOffersIt() {
        start();
        PreparedConf conf = confs.prepare("route#1#pre#7", FakePrepareCall.conf("p=1"));
        Bundle old = held("one", "1.0");
        register(old, new TestFilter("p"));
        offers(old);
        switchOver(List.of(old), List.of());
        registry.settle();
        Bundle other = held("other", "9.0");
        register(other, new TestFilter("p"));
        offers(other);
        switchOver(List.of(other), List.of());
        registry.suspend(old);
        assertThat(serving("p")).isNull();
        assertThat(registry.snapshot().awaits(conf)).isTrue();
        Bundle next = held("one", "1.1");
        TestFilter filter = new TestFilter("p");
        register(next, filter);
        offers(next);
        switchOver(List.of(next), List.of(old));
        assertThat(serving("p")).isSameAs(filter);
        assertThat(registry.shadowed(other)).containsEntry("p", "one 1.1.0");
        registry.suspend(next);
        switchOver(List.of(), List.of(next));
        assertThat(serving("p")).as("nobody else has it any more").isNotNull();
    }

    @Test
    void givesUpASuspendedBundle() {
        start();
        PreparedConf conf = confs.prepare("route#1#pre#7", FakePrepareCall.conf("p=1"));
        Bundle old = held("one", "1.0");
        register(old, new TestFilter("p"));
        offers(old);
        switchOver(List.of(old), List.of());
        registry.suspend(old);
        switchOver(List.of(), List.of(old));
        assertThat(registry.snapshot().awaits(conf)).isFalse();
    }

    // ---- whose name it is

    @Test
    void servesTheHighestVersionWithinOneSymbolicName() {
        start();
        TestFilter one = new TestFilter("p");
        TestFilter ten = new TestFilter("p");
        TestFilter nine = new TestFilter("p");
        register(framework.bundle("one", "1.0"), one);
        awaitServing(one);
        ServiceRegistration<PluginFilter> higher = register(framework.bundle("one", "1.10"), ten);
        awaitServing(ten);
        Bundle lower = framework.bundle("one", "1.9");
        register(lower, nine);
        TestFilter fence = new TestFilter("fence");
        register(framework.bundle("fence", "1.0"), fence);
        awaitServing(fence);
        assertThat(serving("p")).isSameAs(ten);
        offers(lower);
        higher.unregister();
        awaitServing(nine);
    }

    @Test
    void leavesANameToTheSymbolicNameThatServesItFirst() {
        start();
        registry.settle();
        TestFilter first = new TestFilter("p");
        TestFilter second = new TestFilter("p");
        TestFilter own = new TestFilter("own");
        ServiceRegistration<PluginFilter> registration = register(framework.bundle("first", "1.0"), first);
        awaitServing(first);
        Bundle other = framework.bundle("second", "9.0");
        register(other, second);
        register(other, own);
        awaitServing(own);
        until("shadowed", () -> !log.with("WARN plugin p (second 9.0.0) is shadowed: plugin p (first 1.0.0) serves that name").isEmpty());
        assertThat(serving("p")).isSameAs(first);
        assertThat(registry.shadowed(other)).containsExactly(Map.entry("p", "first 1.0.0"));
        registration.unregister();
        assertThat(registry.shadowed(other)).isEmpty();
        assertThat(serving("p")).as("nobody else has the name").isSameAs(second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a 1.0,b 1.1,c 0.9", "c 0.9,b 1.1,a 1.0", "b 1.1,a 1.0,c 0.9", "c 1.1,b 1.1"})
    void givesANameToTheHighestVersionAtTheStartWhateverComesFirst(String order) {
        start();
        for (String one : order.split(",")) {
            String[] bundle = one.split(" ");
            Bundle held = held(bundle[0], bundle[1]);
            register(held, new TestFilter("p"));
            offers(held);
            switchOver(List.of(held), List.of());
        }
        assertThat(registry.snapshot().find("p").toString()).isEqualTo("plugin p (b 1.1.0)");
        assertThat(log.with("WARN")).isEmpty();
        registry.settle();
        assertThat(log.with("is shadowed: plugin p (b 1.1.0) serves that name")).hasSize(order.split(",").length - 1);
        Bundle late = held("d", "9.0");
        register(late, new TestFilter("p"));
        offers(late);
        switchOver(List.of(late), List.of());
        assertThat(registry.snapshot().find("p").toString()).isEqualTo("plugin p (b 1.1.0)");
        assertThat(registry.shadowed(late)).containsExactly(Map.entry("p", "b 1.1.0"));
    }

    @Test
    void keepsANameThroughAnUpgrade() {
        start();
        registry.settle();
        Bundle old = held("first", "1.0");
        register(old, new TestFilter("p"));
        offers(old);
        switchOver(List.of(old), List.of());
        Bundle shadowed = held("second", "1.0");
        register(shadowed, new TestFilter("p"));
        offers(shadowed);
        switchOver(List.of(shadowed), List.of());
        Bundle next = held("first", "0.9");
        register(next, new TestFilter("p"));
        offers(next);
        switchOver(List.of(next), List.of(old));
        assertThat(registry.snapshot().find("p").bundle()).isSameAs(next);
    }

    // ---- checks

    @Test
    void saysThatAConstructorThrew() {
        start();
        Bundle bundle = held("one", "1.0");
        registerLazily(bundle, () -> {
            throw new IllegalStateException("of the constructor");
        });
        assertThat(refusal(bundle)).startsWith("one").contains("can't be activated", "its constructor or its @Activate method threw");
        switchOver(List.of(bundle), List.of());
        assertThat(registry.snapshot().names()).isEmpty();
    }

    @Test
    void saysThatAMethodThatDeclaresThrew() {
        start();
        Bundle bundle = held("one", "1.0");
        register(bundle, new TestFilter("p") {
            @Override
            public List<String> requiredVars() {
                throw new IllegalStateException("of requiredVars");
            }
        });
        assertThat(refusal(bundle)).startsWith("one").contains("can't be activated: of requiredVars");
    }

    @Test
    void saysWhatAPluginsOwnCodeThrewAndWhere() {
        start();
        Bundle bundle = held("one", "1.0");
        register(bundle, new TestFilter("p") {
            @Override
            public String name() {
                IllegalStateException thrown = new IllegalStateException("n");
                thrown.setStackTrace(new StackTraceElement[] {new StackTraceElement("java.util.List", "of", null, 1),
                        new StackTraceElement("com.example.Own", "name", "Own.java", 7)});
                throw thrown;
            }
        });
        assertThat(refusal(bundle)).startsWith("one").endsWith("can't be activated: java.lang.IllegalStateException: n, thrown at com.example.Own.name(Own.java:7)");
    }

    @Test
    void saysWhereAnActivationHangsAndInterruptsIt() {
        start("activate.timeout", "300ms");
        Bundle bundle = held("one", "1.0");
        CompletableFuture<Void> interrupted = new CompletableFuture<>();
        register(bundle, new TestFilter("p") {
            @Override
            public String name() {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    interrupted.complete(null);
                }
                return "p";
            }
        });
        assertThat(refusal(bundle)).startsWith("one").contains("hangs while it is activated, at ", PluginRegistryTest.class.getName() + "$", "(activate.timeout)");
        value(interrupted);
    }

    @Test
    void interruptsWhatIsBeingActivated() {
        start();
        Bundle bundle = held("one", "1.0");
        CompletableFuture<Void> hangs = new CompletableFuture<>();
        register(bundle, new TestFilter("p") {
            @Override
            public String name() {
                hangs.complete(null);
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("interrupted", e);
                }
                return "p";
            }
        });
        CompletionStage<?> check = registry.check(bundle, Part.ALL);
        value(hangs);
        registry.interruptActivations();
        assertThat(failure(check)).hasMessageContaining("can't be activated: interrupted");
    }

    @Test
    void refusesAVersionThatDoesNotAcceptACurrentConf() {
        start();
        confs.prepare("route#1#ext-plugin-pre-req#7", FakePrepareCall.conf("other=bad", "p=bad"));
        confs.prepare("route#2#ext-plugin-pre-req#7", FakePrepareCall.conf("p=good"));
        now += 90_000;
        Bundle bundle = held("one", "1.0");
        register(bundle, strict());
        assertThat(refusedConfs(bundle)).contains("plugin p (one 1.0.0)", "route#1#ext-plugin-pre-req#7", "conf: bad (expected: good)", "90 s").doesNotContain("route#2");
    }

    @Test
    void listsTheConfsThatAVersionDoesNotAccept() {
        start();
        for (int i = 1; i <= 50; i++) {
            confs.prepare("route#" + i + "#pre#7", FakePrepareCall.conf("p=bad" + i));
        }
        Bundle bundle = held("one", "1.0");
        register(bundle, strict());
        assertThat(refusedConfs(bundle)).contains("50 current confs", "and 45 more").hasSizeLessThan(2_000);
    }

    @Test
    void asksOnlyCurrentConfs() {
        start();
        confs.prepare("route#1#pre#7", FakePrepareCall.conf("p=bad")); // superseded at once
        confs.prepare("route#1#pre#8", FakePrepareCall.conf("p=good"));
        confs.prepare("route#2#pre#7", FakePrepareCall.conf("p=bad")); // unused for long
        now += DAY + 1_000;
        confs.prepare("route#3#pre#7", FakePrepareCall.conf("p=good", "q=bad"));
        Bundle bundle = held("one", "1.0");
        register(bundle, strict());
        assertThat(offers(bundle)).containsExactly("p");
    }

    @Test
    void logsNoConfThatACandidateRefuses() {
        start();
        confs.prepare("route#1#pre#7", FakePrepareCall.conf("p=bad"));
        Bundle bundle = held("one", "1.0");
        register(bundle, strict());
        assertThat(refusedConfs(bundle)).contains("route#1#pre#7");
        assertThat(log.with("ERROR")).isEmpty();
    }

    @Test
    void namesTheOneConfWhoseParsingHangsAmongOthers() {
        start("activate.timeout", "1500ms");
        for (int i = 1; i <= 20; i++) {
            confs.prepare("route#" + i + "#pre#7", FakePrepareCall.conf("p=" + i));
        }
        Bundle bundle = held("one", "1.0");
        register(bundle, new ParsingFilter("p", conf -> {
            if (conf.equals("7")) {
                latch(release);
            }
            return conf;
        }));
        assertThat(refusedConfs(bundle)).contains("a current conf: route#7#pre#7", "activate.timeout").doesNotContain("route#8#");
    }

    @Test
    void saysThatParsingHangs() {
        start("activate.timeout", "300ms");
        confs.prepare("route#1#pre#7", FakePrepareCall.conf("p=good"));
        Bundle bundle = held("one", "1.0");
        register(bundle, new ParsingFilter("p", conf -> {
            latch(release);
            return conf;
        }));
        assertThat(refusedConfs(bundle)).contains("plugin p (one 1.0.0)", "route#1#pre#7", "activate.timeout");
    }

    private static ParsingFilter strict() {
        return new ParsingFilter("p", conf -> {
            if (!conf.equals("good")) {
                throw new IllegalArgumentException("conf: " + conf + " (expected: good)");
            }
            return conf;
        });
    }

    // ---- the end

    @Test
    void countsABundleBusyUntilItsCallsHaveEnded() {
        start();
        Bundle bundle = held("one", "1.0");
        register(bundle, new TestFilter("p"));
        offers(bundle);
        switchOver(List.of(bundle), List.of());
        PluginVersion version = registry.snapshot().find("p");
        version.enter(3);
        switchOver(List.of(), List.of(bundle));
        assertThat(registry.busy(bundle)).isTrue();
        version.leave(3);
        assertThat(registry.busy(bundle)).isFalse();
        registry.forget(bundle);
        assertThat(version.workers().tryRun(() -> {})).isFalse();
    }

    @Test
    void forgetsParsedValuesOfConfsThatAreGone() {
        start();
        ParsingFilter filter = new ParsingFilter("p", conf -> new Object());
        register(framework.bundle("one", "1.0"), filter);
        awaitServing(filter);
        confs.prepare("route#1#pre#7", FakePrepareCall.conf("p=kept"));
        PluginVersion version = registry.snapshot().find("p");
        ParsedConf kept = version.parse("kept", "route#1");
        ParsedConf gone = version.parse("gone", "route#1");
        registry.retainParsed();
        assertThat(version.parse("kept", "route#1")).isSameAs(kept);
        assertThat(version.parse("gone", "route#1")).isNotSameAs(gone);
    }
}
