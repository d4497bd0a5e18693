// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.fake.FakePrepareCall;
import a6runner.runner.fake.ParsingFilter;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.Plugins;
import a6runner.spi.CallFailure;
import a6runner.spi.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static a6runner.runner.fake.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

/** What chains share, and where they are kept. */
class ChainsTest {

    private static final int MANY = 1_000; // the table makes room several times

    private final Map<String, String> properties = new HashMap<>();
    private final Settings settings = new Settings(properties::get);
    private final ConfTable confs = new ConfTable(settings, System::currentTimeMillis);
    private final Chains chains = new Chains(settings, confs);
    private final PluginVersion plain = Plugins.version(new TestFilter("plain"), settings);
    private final PluginVersion parsing = Plugins.version(new ParsingFilter("parsing", String::length), settings);
    private final PluginVersion also = Plugins.version(new ParsingFilter("also", conf -> conf + "!"), settings);
    private final PluginVersion picky = Plugins.version(new ParsingFilter("picky", conf -> {
        throw new IllegalArgumentException("not " + conf);
    }), settings);
    private final PluginVersion empty = Plugins.version(new ParsingFilter("empty", conf -> null), settings);
    private PluginSnapshot snapshot = Plugins.snapshot(plain, parsing, also, picky, empty);

    @AfterEach
    void close() {
        List.of(plain, parsing, also, picky, empty).forEach(Plugins::stopWorkers);
    }

    private PreparedConf conf(int route, String... entries) {
        return confs.prepare("route#" + route + "#p#1", FakePrepareCall.conf(entries));
    }

    private Chain chain(PreparedConf conf) {
        return chains.of(conf.token(), conf, snapshot);
    }

    private Object parsed(PreparedConf conf) {
        Chain chain = chain(conf);
        until("all is parsed", () -> !(chains.parsed(conf.token(), conf, chain) instanceof ChainConfs));
        return chains.parsed(conf.token(), conf, chain);
    }

    @Test
    void hasOneForAllConfsOfPluginsThatDoNotParse() {
        PreparedConf one = conf(1, "plain=1", "plain=2");
        PreparedConf two = conf(2, "plain=3", "plain=4");
        assertThat(chain(two)).isSameAs(chain(one)).isNotSameAs(chain(conf(3, "plain=1")));
        assertThat(chain(one).conf(1, one.content())).isEqualTo("2");
        assertThat(chain(two).conf(1, two.content())).isEqualTo("4");
    }

    @Test
    void hasOneForAllConfsThatNameTheSame() {
        assertThat(chain(conf(2, "parsing=abcd"))).isSameAs(chain(conf(1, "parsing=abc"))).isNotSameAs(chain(conf(3, "also=abc")));
    }

    @Test
    void holdsWhatEachStepHasParsed() {
        assertThat(parsed(conf(1, "plain=x"))).isNull();
        assertThat(parsed(conf(2, "parsing=abc"))).isEqualTo(3);
        assertThat((Object[]) parsed(conf(3, "plain=x", "parsing=abcd", "also=abc", "parsing"))).containsExactly(null, 4, "abc!", 0);
    }

    @Test
    void sharesWhatIsParsedAmongConfsThatSayTheSame() {
        assertThat(parsed(conf(1, "also=abc"))).isSameAs(parsed(conf(2, "also=abc"))).isEqualTo("abc!");
    }

    @Test
    void tellsThatAConfIsRefused() {
        PreparedConf conf = conf(1, "also=a", "picky=b");
        Chain chain = chain(conf);
        ChainConfs confs = (ChainConfs) chains.parsed(conf.token(), conf, chain);
        until("all is parsed", () -> confs.unparsed() < 0);
        assertThat(chains.parsed(conf.token(), conf, chain)).isSameAs(confs);
        assertThat(confs.refused()).isEqualTo(1);
    }

    @Test
    void takesNullForAParsedConf() {
        PreparedConf conf = conf(1, "empty=x");
        ChainConfs confs = (ChainConfs) chains.parsed(conf.token(), conf, chain(conf));
        until("all is parsed", () -> confs.unparsed() < 0);
        assertThat(confs.refused()).isNegative();
        assertThat(confs.values()).isNull();
    }

    @Test
    void givesTheConfOfAStepBehindOneThatIsSkipped() {
        properties.put(Settings.PREFIX + "plugin.missing", "skip");
        PreparedConf conf = conf(1, "missing=1", "plain=2", "missing=3", "parsing=four");
        Chain chain = chain(conf);
        assertThat(chain.refusal()).isNull();
        assertThat(chain.length()).isEqualTo(2);
        assertThat(chain.conf(0, conf.content())).isEqualTo("2");
        assertThat(chain.conf(1, conf.content())).isEqualTo("four");
        assertThat((Object[]) parsed(conf)).containsExactly(null, 4);
    }

    @Test
    void refusesEachConfOfAPluginThatIsMissing() {
        assertThat(chain(conf(1, "missing=1", "plain=2")).refusal()).isEqualTo(CallFailure.PLUGIN_MISSING);
        assertThat(chain(conf(2, "missing=2", "plain=2")).refusal()).isEqualTo(CallFailure.PLUGIN_MISSING);
        assertThat(chain(conf(3, "plain=2")).refusal()).isNull();
    }

    @Test
    void isKeptAgainAfterTheTableHasGrown() {
        List<PreparedConf> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(conf(i, "also=" + i));
            assertThat(parsed(all.get(i))).isEqualTo(i + "!");
        }
        Chain chain = chain(all.get(0));
        for (int i = 0; i < MANY; i++) {
            PreparedConf conf = all.get(i);
            assertThat(chain(conf)).isSameAs(chain);
            assertThat(chains.parsed(conf.token(), conf, chain)).isEqualTo(i + "!");
            assertThat(confs.keptParsed(conf.token(), chain)).isEqualTo(i + "!");
        }
    }

    @Test
    void isMadeAnewForAnotherSnapshot() {
        PreparedConf one = conf(1, "plain=1");
        PreparedConf two = conf(2, "parsing=1");
        Chain old = chain(one);
        chain(two);
        snapshot = Plugins.snapshot(plain, parsing);
        assertThat(chain(one)).isNotSameAs(old);
        assertThat(chain(one).snapshot()).isSameAs(snapshot);
        chains.sweep(snapshot);
        assertThat(confs.keptChain(one.token())).isSameAs(chain(one));
        assertThat(confs.keptChain(two.token())).as("no call has come for it since").isNull();
        assertThat(two.content().cachedChain()).isNull();
    }

    @Test
    void isFoundByItsPredecessorForAllConfsThatHadThat() {
        PreparedConf one = conf(1, "plain=1", "parsing=a");
        PreparedConf two = conf(2, "plain=2", "parsing=b");
        Chain old = chain(one);
        assertThat(chain(two)).isSameAs(old);
        snapshot = Plugins.snapshot(plain, parsing);
        Chain made = chain(one);
        assertThat(old.successor()).isSameAs(made);
        assertThat(chain(two)).isSameAs(made);
        assertThat(parsed(two)).isEqualTo(new Object[] {null, 1});
        snapshot = Plugins.snapshot(plain, parsing);
        assertThat(chain(two)).as("of an older snapshot").isNotSameAs(made).isSameAs(chain(one));
    }

    @Test
    void doesNotHoldWhatALoopThatLagsBehindMakes() {
        PreparedConf one = conf(1, "plain=1");
        PluginSnapshot older = snapshot;
        snapshot = Plugins.snapshot(plain);
        Chain newer = chain(one);
        assertThat(chains.of(one.token(), one, older).snapshot()).isSameAs(older);
        assertThat(newer.successor()).isNull();
    }

    @Test
    void isMadeForEachConfOfWhichAPluginHasGone() {
        PreparedConf one = conf(1, "plain=1", "parsing=a");
        Chain old = chain(one);
        snapshot = Plugins.snapshot(plain);
        assertThat(chain(one).refusal()).isEqualTo(CallFailure.PLUGIN_MISSING);
        assertThat(old.successor()).as("each conf is told of").isNull();
    }
}
