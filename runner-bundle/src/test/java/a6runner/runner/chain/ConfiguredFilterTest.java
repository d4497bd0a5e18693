// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.ParsingFilter;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.Plugins;
import a6runner.spi.CallFailure;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Plugins that parse their conf: once, elsewhere, and before the first call. */
@ParameterizedClass
@ValueSource(strings = {"event-loop", "worker"})
class ConfiguredFilterTest {

    private static final Outcome GO_ON = new Outcome.GoOn();

    private final Rig rig;
    private final List<String> parsedOn = new CopyOnWriteArrayList<>();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private ParsingFilter filter;

    ConfiguredFilterTest(String execution) {
        rig = new Rig(execution);
    }

    @AfterEach
    void close() {
        release.countDown();
        rig.close();
    }

    private void plugin(ParsingFilter.Parser parser) {
        filter = new ParsingFilter("p", conf -> {
            parsedOn.add(Thread.currentThread().getName());
            return parser.parse(conf);
        });
        filter.onRequest((request, response, chain) -> {
            seen.add(String.valueOf(request.conf(filter)));
            chain.filter(request, response);
        });
        rig.plugin(filter);
    }

    @Test
    void parsesEachValueOnceAndOffTheLoop() {
        plugin(String::length);
        for (int i = 0; i < 10; i++) {
            assertThat(rig.run(rig.request(), "p=abc")).isEqualTo(GO_ON);
        }
        rig.run(rig.request(), "p=abc", "p=abcde", "p");
        assertThat(seen).hasSize(13).endsWith("3", "5", "0");
        assertThat(parsedOn).hasSize(3).allMatch(thread -> thread.startsWith("a6runner-worker-p-"));
    }

    @Test
    void givesTheParsedConfInTheResponsePhaseToo() {
        plugin(String::length);
        filter.onResponse((request, response, chain) -> {
            seen.add(request.conf(filter) + " " + request.getConfig(filter));
            chain.postFilter(request, response);
        });
        rig.run(rig.response(), "p=abc");
        assertThat(seen).containsExactly("3 abc");
    }

    @Test
    void hasEarlyCallsWaitForTheParsing() {
        plugin(conf -> {
            latch(release);
            return "parsed";
        });
        FakeRequestCall first = rig.start(rig.request(), "p=abc");
        FakeRequestCall second = rig.start(rig.request(), "p=abc");
        rig.loop.pass();
        assertThat(first.outcomes()).isEmpty();
        release.countDown();
        assertThat(first.outcome()).isEqualTo(GO_ON);
        assertThat(second.outcome()).isEqualTo(GO_ON);
        assertThat(parsedOn).hasSize(1);
        assertThat(seen).containsExactly("parsed", "parsed");
    }

    @Test
    void waitsForAllPluginsOfTheChain() {
        plugin(conf -> {
            latch(release);
            return conf;
        });
        rig.plugin(new ParsingFilter("q", conf -> {
            release.countDown();
            return conf;
        }));
        assertThat(rig.run(rig.request(), "p=1", "q=1", "p=2")).isEqualTo(GO_ON);
        assertThat(seen).containsExactly("1", "2");
    }

    @Test
    void refusesCallsOfAConfThatIsRefused() {
        plugin(conf -> {
            if (conf.equals("bad")) {
                throw new IllegalArgumentException("conf: bad (expected: good)");
            }
            return conf;
        });
        assertThat(rig.run(rig.request(), "p=good", "p=bad")).isEqualTo(new Outcome.Failed(CallFailure.CONF_REFUSED));
        assertThat(rig.run(rig.request(), "p=good", "p=bad")).isEqualTo(new Outcome.Failed(CallFailure.CONF_REFUSED));
        assertThat(rig.run(rig.request(), "p=good")).isEqualTo(GO_ON);
        assertThat(seen).containsExactly("good");
        assertThat(rig.log.with("ERROR plugin p (test.p 1.2.3)", "conf: bad (expected: good)")).hasSize(1);
        assertThat(rig.log.with("ERROR plugin p (test.p 1.2.3)", "route#1#ext-plugin-pre-req#p=good&p=bad")).isNotEmpty();
        until("nothing in flight", () -> !Plugins.busy(rig.version("p")));
    }

    @Test
    void refusesACallWhoseParsingHangs() {
        rig.set("call.timeout", "200ms");
        plugin(conf -> {
            latch(release);
            return conf;
        });
        FakeRequestCall call = rig.request();
        assertThat(rig.run(call, "p=abc")).isEqualTo(new Outcome.Failed(CallFailure.TIMEOUT));
        assertThat(rig.log.with("ERROR plugin p", "call.timeout", "route#1")).hasSize(1);
        release.countDown();
        assertThat(rig.run(rig.request(), "p=abc")).isEqualTo(GO_ON);
        assertThat(call.outcomes()).hasSize(1);
    }

    @Test
    void endsQuietlyWhenTheConnectionGoesWhileParsing() {
        plugin(conf -> {
            latch(release);
            return conf;
        });
        FakeRequestCall call = rig.start(rig.request(), "p=abc");
        rig.loop.pass();
        call.disconnect();
        release.countDown();
        assertThat(rig.run(rig.request(), "p=abc")).isEqualTo(GO_ON);
        assertThat(call.outcomes()).isEmpty();
        assertThat(seen).hasSize(1);
    }

    @Test
    void handsOverNullAsItIs() {
        plugin(conf -> null);
        assertThat(rig.run(rig.request(), "p")).isEqualTo(GO_ON);
        assertThat(seen).containsExactly("null");
    }

    @Test
    void knowsOnlyPluginsOfTheCall() {
        plugin(String::length);
        ParsingFilter stranger = new ParsingFilter("stranger", String::length);
        ParsingFilter other = new ParsingFilter("other", conf -> conf + "!");
        rig.plugin(other);
        rig.plugin(new TestFilter("last").onRequest((request, response, chain) -> {
            seen.add(request.conf(other));
            assertThatThrownBy(() -> request.conf(stranger)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not a plugin of this call");
            assertThatThrownBy(() -> request.conf(null)).isInstanceOf(IllegalArgumentException.class);
            chain.filter(request, response);
        }));
        assertThat(rig.run(rig.request(), "other=x", "last")).isEqualTo(GO_ON);
        assertThat(seen).containsExactly("x!");
    }
}
