// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.fake.ParsingFilter;
import a6runner.runner.fake.PluginFramework;
import a6runner.runner.fake.TestFilter;
import a6runner.spi.PluginLifecycle.Observer;
import a6runner.spi.PluginLifecycle.Part;
import a6runner.spi.PluginLifecycle.Pin;
import a6runner.spi.PrepareCall.Entry;
import a6runner.spi.RunnerView;
import a6runner.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;

import static a6runner.runner.fake.Await.value;
import static a6runner.runner.fake.PluginFramework.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Which version confs get that name one, and what the deployer is told of it. */
class PinsTest {

    private static final long DAY = 24 * 3_600_000;

    private final PluginFramework framework = new PluginFramework();
    private final AtomicInteger told = new AtomicInteger();
    private volatile long now = 1_000_000_000_000L;
    private ConfTable confs;
    private PluginRegistry registry;

    @BeforeEach
    void start() {
        Settings settings = new Settings(framework.context()::getProperty);
        confs = new ConfTable(settings, () -> now);
        registry = new PluginRegistry(framework.context(), settings, confs);
        registry.open();
        registry.observe(new Observer() {
            @Override
            public void pinsChanged() {
                told.incrementAndGet();
            }

            @Override
            public void worse(Bundle bundle, String why) {
                throw new AssertionError("nothing is tried");
            }
        });
        registry.settle();
    }

    @AfterEach
    void close() {
        registry.close();
        framework.close();
    }

    private Bundle bundle(String version, PluginFilter filter) {
        Bundle bundle = framework.bundle("test.jwt", version);
        registry.hold(bundle);
        register(bundle, filter);
        value(registry.check(bundle, Part.ALL));
        return bundle;
    }

    private PreparedConf prepare(String key, String name) {
        return prepare(key, name, "");
    }

    private PreparedConf prepare(String key, String name, String value) {
        PreparedConf conf = confs.prepare(key, List.of(new Entry(name, value)));
        registry.notice(conf);
        return conf;
    }

    private static ParsingFilter refusing(String value) {
        return new ParsingFilter("jwt", conf -> {
            if (conf.equals(value)) {
                throw new IllegalArgumentException("it is " + value);
            }
            return conf;
        });
    }

    private PluginFilter found(String name) {
        PluginVersion version = registry.snapshot().find(name);
        return version == null ? null : version.filter();
    }

    @Test
    void confsGetTheVersionThatTheyPin() {
        TestFilter one = new TestFilter("jwt");
        TestFilter two = new TestFilter("jwt");
        Bundle first = bundle("1.2.0", one);
        registry.switchOver(Map.of(first, Part.ALL), List.of());
        assertThat(found("jwt@1")).isSameAs(one);
        Bundle second = bundle("2.0.0", two);
        registry.switchOver(Map.of(second, Part.ALL, first, Part.PINNED), List.of());
        assertThat(found("jwt")).isSameAs(two);
        assertThat(found("jwt@1.2")).isSameAs(one);
        assertThat(found("jwt@[1.0,3.0)")).as("the newest that satisfies it").isSameAs(two);
        assertThat(found("jwt@3")).isNull();
        assertThat(registry.view()).extracting(RunnerView.Plugin::version, RunnerView.Plugin::state)
                .containsExactlyInAnyOrder(tuple("2.0.0", RunnerView.PluginState.SERVING),
                        tuple("1.2.0", RunnerView.PluginState.PINNED));
        registry.switchOver(Map.of(first, Part.ALL, second, Part.PINNED), List.of());
        assertThat(found("jwt")).as("called back: not the highest version, but the one that is to get all calls").isSameAs(one);
        registry.disable("jwt", true);
        assertThat(found("jwt@2")).isNull();
    }

    @Test
    void aPluginWhoseVeryNameItIsComesFirst() {
        TestFilter odd = new TestFilter("jwt@1.2");
        TestFilter jwt = new TestFilter("jwt");
        Bundle bundle = framework.bundle("test.odd", "5.0.0");
        registry.hold(bundle);
        register(bundle, odd);
        value(registry.check(bundle, Part.ALL));
        registry.switchOver(Map.of(bundle, Part.ALL, bundle("1.2.0", jwt), Part.ALL), List.of());
        assertThat(found("jwt@1.2")).isSameAs(odd);
        assertThat(found("jwt@1.2.0")).isSameAs(jwt);
    }

    @Test
    void callsWaitForAVersionUntilTheDeployerSaysThatThereIsNone() {
        registry.switchOver(Map.of(bundle("2.0.0", new TestFilter("jwt")), Part.ALL), List.of());
        PreparedConf conf = prepare("route#1#x#1", "jwt@1");
        assertThat(told).hasValue(1);
        assertThat(registry.snapshot().awaits(conf)).isTrue();
        assertThat(registry.pins()).singleElement().satisfies(pin -> {
            assertThat(pin.symbolicName()).isEqualTo("test.jwt");
            assertThat(pin.confs()).containsExactly("route#1#x#1");
            assertThat(pin.versions()).hasToString("[1.0.0,2.0.0)");
        });
        registry.unsatisfiable(List.of("jwt@1"));
        assertThat(registry.snapshot().awaits(conf)).isFalse();
        assertThat(registry.snapshot().lacksVersion("jwt@1")).isTrue();
        assertThat(registry.snapshot().insteadOf("jwt@1")).isEqualTo("There are: 2.0.0.");
        assertThat(registry.snapshot().insteadOf("jwt@x")).isEqualTo("What stands behind the @, \"x\" is neither a version, such as 1.2, nor a range of versions, such as [1.0,2.0)."
                + " There are: 2.0.0.");
        registry.unsatisfiable(List.of());
        registry.switchOver(Map.of(bundle("1.0.0", new TestFilter("jwt")), Part.PINNED), List.of());
        assertThat(registry.snapshot().awaits(conf)).isFalse();
        prepare("route#2#x#1", "jwt@1");
        assertThat(told).as("nothing new").hasValue(1);
        assertThat(registry.snapshot().awaits(prepare("route#2#x#1", "other@1"))).as("no version of it is there at all").isFalse();
    }

    @Test
    void aPinLastsAsLongAsACurrentConfHasItAndAMomentLonger() {
        registry.switchOver(Map.of(bundle("1.0.0", new TestFilter("jwt")), Part.ALL), List.of());
        prepare("route#1#x#1", "jwt@1");
        prepare("route#1#x#2", "jwt");
        assertThat(registry.pins()).extracting(Pin::name).as("another worker may still use it").containsExactly("jwt@1");
        now += 11_000;
        assertThat(registry.pins()).isEmpty();
        int before = told.get();
        registry.tendPins();
        assertThat(told).hasValue(before + 1);
        prepare("route#2#x#1", "jwt@[1,2)");
        now += DAY;
        assertThat(registry.pins()).hasSize(1);
        now += 1_000;
        assertThat(registry.pins()).isEmpty();
    }

    @Test
    void aVersionIsCheckedByTheConfsThatItWouldGet() {
        ParsingFilter old = refusing("new");
        ParsingFilter next = refusing("old");
        Bundle first = framework.bundle("test.jwt", "1.0.0");
        registry.hold(first);
        register(first, old);
        Bundle second = framework.bundle("test.jwt", "2.0.0");
        registry.hold(second);
        register(second, next);
        prepare("route#1#x#1", "jwt@1", "old");
        prepare("route#2#x#1", "jwt", "new");
        assertThat(value(registry.check(second, Part.ALL)).refusedConfs()).as("the old conf is another version's").isEmpty();
        assertThat(value(registry.check(first, Part.PINNED)).refusedConfs()).as("the new conf is another version's").isEmpty();
        assertThat(value(registry.check(first, Part.ALL)).refusedConfs()).contains("route#2#x#1");
        prepare("route#3#x#1", "jwt@[1.0,3.0)", "old");
        assertThat(value(registry.check(second, Part.ALL)).refusedConfs()).contains("route#3#x#1").doesNotContain("route#1#x#1");
    }
}
