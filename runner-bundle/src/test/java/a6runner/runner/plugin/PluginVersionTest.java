// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.fake.FakeBundle;
import a6runner.runner.fake.LogLines;
import a6runner.runner.fake.ParsingFilter;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.PluginVersion.Warning;
import a6runner.spi.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PluginVersionTest {

    private final Map<String, String> properties = new HashMap<>();
    private final LogLines log = new LogLines();

    @AfterEach
    void close() {
        log.close();
    }

    private PluginVersion version(PluginFilter filter) {
        return new PluginVersion(filter, FakeBundle.of("demo.bundle", "1.2.3", 7), new Settings(properties::get));
    }

    @Test
    void takesNullsForNothing() {
        PluginVersion version = version(new TestFilter("p")); // vars and bodies are null
        assertThat(version.vars()).isEmpty();
        assertThat(version.wantsBody()).isFalse();
        assertThat(version.wantsResponseBody()).isFalse();
    }

    @Test
    void asksAFilterOnceForWhatItDeclares() {
        PluginVersion version = version(new TestFilter("p").vars("a", "b").wantsBody().wantsResponseBody());
        assertThat(version.vars()).containsExactly("a", "b");
        assertThat(version.wantsBody()).isTrue();
        assertThat(version.wantsResponseBody()).isTrue();
    }

    @Test
    void refusesAFilterWithoutName() {
        assertThatThrownBy(() -> version(new TestFilter(null))).hasMessageContaining("name() returned null");
        assertThatThrownBy(() -> version(new TestFilter(""))).hasMessageContaining("name() returned an empty name");
    }

    @Test
    void isNamedByPluginBundleAndVersion() {
        assertThat(version(new TestFilter("p"))).hasToString("plugin p (demo.bundle 1.2.3)");
    }

    @Test
    void takesItsOwnSettings() {
        properties.put("a6runner.plugin.p.timeout", "250ms");
        properties.put("a6runner.plugin.p.execution", "event-loop");
        properties.put("a6runner.plugin.p.workers", "1");
        PluginVersion version = version(new TestFilter("p"));
        assertThat(version.timeoutNanos()).isEqualTo(250_000_000);
        assertThat(version.placement().onLoop()).isTrue();
        CountDownLatch end = new CountDownLatch(1);
        assertThat(version.workers().tryRun(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })).isTrue();
        assertThat(version.workers().tryRun(() -> {})).isFalse();
        end.countDown();
        PluginVersion other = version(new TestFilter("q"));
        assertThat(other.timeoutNanos()).isZero();
        assertThat(other.placement().onLoop()).isFalse();
    }

    @Test
    void countsCallsOverAllLoops() {
        PluginVersion version = version(new TestFilter("p"));
        for (int loop = 0; loop < 100; loop++) {
            version.enter(loop);
        }
        for (int loop = 0; loop < 100; loop++) {
            assertThat(version.busy()).isTrue();
            version.leave(loop);
        }
        assertThat(version.busy()).isFalse();
    }

    @Test
    void isBusyWhileAStepHoldsAWorker() {
        PluginVersion version = version(new TestFilter("p"));
        CountDownLatch go = new CountDownLatch(1);
        version.workers().tryRun(() -> latch(go));
        assertThat(version.busy()).isTrue();
        go.countDown();
        until("not busy", () -> !version.busy());
    }

    @Test
    void parsesEachValueOnceOnAWorker() {
        List<String> parsed = new CopyOnWriteArrayList<>();
        PluginVersion version = version(new ParsingFilter("p", conf -> {
            parsed.add(conf + " " + Thread.currentThread().getName());
            return conf.length();
        }));
        ParsedConf first = version.parse("abc", "route#1");
        assertThat(version.parse("abc", "route#2")).isSameAs(first);
        ParsedConf second = version.parse("", "route#1");
        until("both parsed", () -> first.done() && second.done());
        assertThat(first.value()).isEqualTo(3);
        assertThat(second.value()).isEqualTo(0);
        assertThat(first.failure()).isNull();
        assertThat(parsed).hasSize(2).allMatch(line -> line.contains(" a6runner-worker-p-"));
    }

    @Test
    void doesNotParseForAPluginThatTakesAnyConf() {
        assertThat(version(new TestFilter("p")).parse("abc", "route#1")).isNull();
    }

    @Test
    void keepsAndLogsARefusal() {
        PluginVersion version = version(new ParsingFilter("p", conf -> {
            throw new IllegalArgumentException("code: 0 (expected: 200 to 599)");
        }));
        ParsedConf refused = version.parse("{}", "route#1#pre#7");
        until("parsed", refused::done);
        assertThat(refused.failure()).hasMessage("code: 0 (expected: 200 to 599)");
        assertThat(log.with("ERROR plugin p (demo.bundle 1.2.3) refuses its conf in route#1#pre#7", "code: 0 (expected: 200 to 599)")).hasSize(1);
    }

    @Test
    void takesAnErrorForARefusalToo() {
        PluginVersion version = version(new ParsingFilter("p", conf -> {
            throw new NoClassDefFoundError("x");
        }));
        ParsedConf refused = version.parse("{}", "route#1");
        CompletableFuture<Void> done = new CompletableFuture<>();
        refused.whenDone(() -> done.complete(null));
        value(done);
        assertThat(refused.failure()).isInstanceOf(NoClassDefFoundError.class);
        ParsedConf next = version.parse("other", "route#1");
        until("the next one is parsed all the same", next::done);
    }

    @Test
    void forgetsValuesThatNoConfHas() {
        PluginVersion version = version(new ParsingFilter("p", conf -> new Object()));
        ParsedConf kept = version.parse("kept", "route#1");
        ParsedConf gone = version.parse("gone", "route#1");
        version.retainParsed(Set.of("kept"));
        assertThat(version.parse("kept", "route#1")).isSameAs(kept);
        assertThat(version.parse("gone", "route#1")).isNotSameAs(gone);
    }

    @Test
    void warnsOnceOfEachKind() {
        PluginVersion version = version(new TestFilter("p"));
        version.warn(Warning.EMPTY_BODY, "first");
        version.warn(Warning.EMPTY_BODY, "second");
        version.warn(Warning.LATE_CHANGE, "third");
        assertThat(log.all()).containsExactly("WARN plugin p (demo.bundle 1.2.3): first (said once)",
                "WARN plugin p (demo.bundle 1.2.3): third (said once)");
    }

    @Test
    void logsTheSameFaultOnceAndOthersToo() {
        PluginVersion version = version(new TestFilter("p"));
        for (int i = 0; i < 1_000; i++) {
            version.fault("FAULT", "threw something, call " + i, new IllegalStateException("number " + i));
        }
        version.fault("FAULT", "threw something else", new IllegalArgumentException());
        version.fault("TIMEOUT", "took too long for route 1", null);
        version.fault("TIMEOUT", "took too long for route 2", null);
        assertThat(log.all()).containsExactly("ERROR plugin p (demo.bundle 1.2.3) threw something, call 0 [java.lang.IllegalStateException]",
                "ERROR plugin p (demo.bundle 1.2.3) threw something else [java.lang.IllegalArgumentException]",
                "ERROR plugin p (demo.bundle 1.2.3) took too long for route 1");
    }

    @Test
    void tellsAtItsEndWhatWasOnlyCounted() {
        PluginVersion version = version(new TestFilter("p"));
        version.fault("TIMEOUT", "took too long for route 1", null);
        version.fault("TIMEOUT", "took too long for route 2", null);
        version.close();
        assertThat(log.all()).hasSize(2).last().asString()
                .isEqualTo("ERROR plugin p (demo.bundle 1.2.3) took too long for route 2 (the last of 1 more of this kind within 1 s)");
    }

    @Test
    void takesAStepForSlowByTheSettingsOfItsName() {
        assertThat(version(new TestFilter("p")).slowNanos()).isEqualTo(1_000_000_000L);
        properties.put(Settings.PREFIX + "plugin.slow", "250ms");
        properties.put(Settings.PREFIX + "plugin.q.slow", "0s");
        assertThat(version(new TestFilter("p")).slowNanos()).isEqualTo(250_000_000L);
        assertThat(version(new TestFilter("q")).slowNanos()).isEqualTo(Long.MAX_VALUE);
    }
}
