// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import a6runner.runner.fake.FakePrepareCall;
import a6runner.runner.fake.LogLines;
import a6runner.spi.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;

class ConfTableTest {

    private static final long HOUR = 3_600_000;

    private final Map<String, String> properties = new HashMap<>();
    private final LogLines log = new LogLines();
    private volatile long now = 1_000_000 * HOUR;
    private ConfTable table = table();

    @AfterEach
    void close() {
        log.close();
    }

    private ConfTable table() {
        return new ConfTable(new Settings(properties::get), () -> now);
    }

    private PreparedConf prepare(String key, String... entries) {
        return table.prepare(key, FakePrepareCall.conf(entries));
    }

    @Test
    void findsAConfByItsToken() {
        PreparedConf conf = prepare("route#1#ext-plugin-pre-req#7", "a=1", "b=2");
        assertThat(table.find(conf.token())).isSameAs(conf);
        assertThat(conf.content().entries()).isEqualTo(FakePrepareCall.conf("a=1", "b=2"));
        assertThat(table.find(conf.token() + 1)).isNull();
        assertThat(table.find(0)).isNull();
    }

    @Test
    void givesTheSameKeyAndContentTheSameTokenForAnHour() {
        PreparedConf conf = prepare("route#1#p#7", "a=1");
        now += HOUR - 1_000;
        assertThat(prepare("route#1#p#7", "a=1")).isSameAs(conf);
        now += 1_000;
        PreparedConf later = prepare("route#1#p#7", "a=1");
        assertThat(later.token()).isNotEqualTo(conf.token());
        assertThat(table.find(conf.token())).isSameAs(conf);
        assertThat(conf.superseded()).isTrue();
        assertThat(later.superseded()).isFalse();
    }

    @Test
    void countsPreparingAgainAsUse() {
        PreparedConf conf = prepare("route#1#p#7", "a=1");
        now += 1_000_000;
        prepare("route#1#p#7", "a=1");
        assertThat(table.lastUsed(conf)).isEqualTo(table.nowSeconds());
    }

    @Test
    void givesAnotherContentAnotherToken() {
        PreparedConf conf = prepare("route#1#p#7", "a=1");
        PreparedConf other = prepare("route#1#p#7", "a=2");
        assertThat(other.token()).isNotEqualTo(conf.token());
        assertThat(conf.superseded()).isTrue();
        assertThat(table.find(conf.token())).as("for the calls that still name it").isSameAs(conf);
    }

    @Test
    void supersedesByTheKeyUpToItsLastNumberSign() {
        PreparedConf first = prepare("route#1#ext-plugin-pre-req#7", "a=1");
        PreparedConf otherPhase = prepare("route#1#ext-plugin-post-req#8", "a=1");
        assertThat(first.superseded()).isFalse();
        PreparedConf newer = prepare("route#1#ext-plugin-pre-req#8", "a=1");
        assertThat(first.superseded()).isTrue();
        assertThat(otherPhase.superseded()).isFalse();
        assertThat(table.current(60)).containsExactlyInAnyOrder(newer, otherPhase);
    }

    @Test
    void keepsTwoVersionsSeparateThoughTheySayTheSame() {
        PreparedConf first = prepare("route#1#p#7", "a=1");
        PreparedConf newer = prepare("route#1#p#8", "a=1");
        assertThat(newer.token()).isNotEqualTo(first.token());
        assertThat(newer.content()).isSameAs(first.content());
    }

    @Test
    void tellsCurrentConfsByTheirUse() {
        PreparedConf unused = prepare("route#1#p#7", "a=1");
        PreparedConf used = prepare("route#2#p#7", "a=1");
        now += 25 * HOUR;
        table.used(used.token(), table.nowSeconds());
        assertThat(table.current(24 * 3600)).containsExactly(used);
        assertThat(table.current(26 * 3600)).containsExactlyInAnyOrder(used, unused);
    }

    @Test
    void keepsAConfTwiceTheExpireTimeSinceItsLastUse() {
        PreparedConf conf = prepare("route#1#p#7", "a=1");
        now += HOUR;
        table.used(conf.token(), table.nowSeconds());
        now += 2 * HOUR;
        assertThat(table.expire()).isFalse();
        assertThat(table.find(conf.token())).isSameAs(conf);
        now += 1_000;
        assertThat(table.expire()).isTrue();
        assertThat(table.find(conf.token())).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void expiresByTheSetting() {
        properties.put("a6runner.conf.expire.time", "30s");
        table = table();
        PreparedConf conf = prepare("route#1#p#7", "a=1");
        now += 60_000;
        assertThat(table.expire()).isFalse();
        now += 1_000;
        table.expire();
        assertThat(table.find(conf.token())).isNull();
    }

    @Test
    void givesANewTokenAfterExpiry() {
        PreparedConf conf = prepare("route#1#p#7", "a=1");
        now += 3 * HOUR;
        table.expire();
        PreparedConf later = prepare("route#1#p#7", "a=1");
        assertThat(later.token()).isNotEqualTo(conf.token());
        assertThat(later.superseded()).isFalse();
    }

    @Test
    void letsSupersededOnesGoFirstAndThenTheLeastRecentlyUsed() {
        properties.put("a6runner.conf.max", "4");
        table = table();
        PreparedConf superseded = prepare("route#1#p#1", "a=1");
        PreparedConf newer = prepare("route#1#p#2", "a=1");
        now += 1_000;
        PreparedConf old = prepare("route#2#p#1", "a=1");
        now += 1_000;
        PreparedConf recent = prepare("route#3#p#1", "a=1");
        table.used(superseded.token(), table.nowSeconds());
        table.used(newer.token(), table.nowSeconds());
        assertThat(table.overfull()).isFalse();
        PreparedConf last = prepare("route#4#p#1", "a=1");
        assertThat(table.overfull()).isTrue();
        assertThat(table.expire()).isTrue();
        assertThat(table.find(superseded.token())).isNull();
        assertThat(table.size()).isEqualTo(4);
        assertThat(table.overfull()).isFalse();
        now += 1_000;
        table.used(newer.token(), table.nowSeconds());
        table.used(recent.token(), table.nowSeconds());
        table.used(last.token(), table.nowSeconds());
        prepare("route#5#p#1", "a=1");
        table.expire();
        assertThat(table.find(old.token())).isNull();
        assertThat(table.size()).isEqualTo(4);
        assertThat(log.with("WARN", "more than 4 confs (conf.max)")).hasSize(2);
    }

    @Test
    void internsContents() {
        Set<ConfContent> contents = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            contents.add(prepare("route#" + i + "#p#1", "a=" + i % 10, "b=x").content());
        }
        assertThat(contents).hasSize(10);
        assertThat(prepare("route#0#p#2", "b=x", "a=0").content()).as("order counts").isNotIn(contents);
    }

    @Test
    void holdsAPluginsNameOnce() {
        ConfContent one = prepare("route#1#p#1", "a=1").content();
        ConfContent two = prepare("route#2#p#1", "a=2").content();
        assertThat(two.entries().get(0).name()).isSameAs(one.entries().get(0).name());
    }

    @Test
    void forgetsAContentWithItsLastConf() {
        ConfContent content = prepare("route#1#p#1", "a=1").content();
        now += 90 * 60_000;
        PreparedConf second = prepare("route#2#p#1", "a=1");
        assertThat(second.content()).isSameAs(content);
        now += 60 * 60_000;
        table.expire();
        assertThat(table.size()).isEqualTo(1);
        assertThat(prepare("route#3#p#1", "a=1").content()).as("one conf still says it").isSameAs(content);
        now += 3 * HOUR;
        table.expire();
        assertThat(prepare("route#4#p#1", "a=1").content()).isNotSameAs(content);
    }

    @Test
    void takesAConfWithoutPluginsAndWithoutKey() {
        PreparedConf conf = prepare("");
        assertThat(conf.content().entries()).isEmpty();
        assertThat(prepare("")).isSameAs(conf);
        assertThat(prepare("", "a=1").token()).isNotEqualTo(conf.token());
    }

    @Test
    void tellsTheValuesOfSomePlugins() {
        prepare("route#1#p#1", "a=1", "b=2", "a=3");
        prepare("route#2#p#1", "a=1", "d=4");
        assertThat(table.valuesOf(name -> name, List.of("a", "b", "c"))).isEqualTo(Map.of("a", Set.of("1", "3"), "b", Set.of("2"), "c", Set.of()));
    }

    @Test
    void sweepsTheChainsThatItsCallerNames() {
        ConfContent one = prepare("route#1#p#1", "a=1").content();
        ConfContent two = prepare("route#2#p#1", "a=2").content();
        one.cacheChain("old");
        two.cacheChain("new");
        table.sweepChains("old"::equals);
        assertThat(one.cachedChain()).isNull();
        assertThat(two.cachedChain()).isEqualTo("new");
    }

    @Test
    void sweepsTheChainsThatItKeepsForTokens() {
        PreparedConf one = prepare("route#1#p#1", "a=1");
        PreparedConf two = prepare("route#2#p#1", "a=2");
        table.keep(one.token(), "old", "parsed");
        table.keep(two.token(), "new", "parsed");
        assertThat(table.keptChain(one.token())).isEqualTo("old");
        assertThat(table.keptParsed(one.token(), "old")).isEqualTo("parsed");
        assertThat(table.keptParsed(one.token(), "new")).as("it is another's").isNull();
        table.sweepChains("old"::equals);
        assertThat(table.keptChain(one.token())).isNull();
        assertThat(table.keptParsed(one.token(), "old")).isNull();
        assertThat(table.keptParsed(two.token(), "new")).isEqualTo("parsed");
        assertThat(table.keptChain(two.token())).isEqualTo("new");
    }

    @Test
    void keepsNoChainForATokenThatIsGone() {
        PreparedConf conf = prepare("route#1#p#1", "a=1");
        table.keep(conf.token(), "chain", "parsed");
        now += 3 * HOUR;
        table.expire();
        assertThat(table.keptChain(conf.token())).isNull();
        table.keep(conf.token(), "chain", "parsed");
        table.keep(0, "chain", "parsed");
        assertThat(table.keptChain(conf.token())).isNull();
        assertThat(table.keptChain(0)).isNull();
    }

    @Test
    void tellsOfAConfThatIsGoneWhenItCame() {
        PreparedConf conf = prepare("route#1#p#1", "a=1");
        now += 3 * HOUR;
        table.expire();
        assertThat(table.lastUsed(conf)).isEqualTo(table.nowSeconds() - 3 * 3600);
    }

    @Test
    void holdsAHundredThousandConfs() {
        List<PreparedConf> all = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            all.add(prepare("route#" + i + "#ext-plugin-pre-req#1", "add-header={\"n\":" + i % 1_000 + "}"));
        }
        assertThat(table.size()).isEqualTo(100_000);
        assertThat(all.stream().map(PreparedConf::token).distinct().count()).isEqualTo(100_000);
        assertThat(all).allSatisfy(conf -> assertThat(table.find(conf.token())).isSameAs(conf));
        now += 3 * HOUR;
        all.subList(0, 50_000).forEach(conf -> table.used(conf.token(), table.nowSeconds()));
        table.expire();
        assertThat(table.size()).isEqualTo(50_000);
        assertThat(table.valuesOf(name -> name, List.of("add-header")).get("add-header")).hasSize(1_000);
    }

    @Test
    void choosesWhatHasToGoWhileCallsUseTheConfs() {
        properties.put("a6runner.conf.max", "20000");
        table = table();
        List<PreparedConf> all = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            all.add(prepare("route#" + i + "#p#1", "a=1"));
        }
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> calls = CompletableFuture.runAsync(() -> {
            SplittableRandom random = new SplittableRandom(1);
            while (!done.get()) {
                table.used(all.get(random.nextInt(all.size())).token(), table.nowSeconds() - random.nextInt(7_000));
            }
        });
        try {
            for (int round = 0; round < 40; round++) {
                prepare("route#x" + round + "#p#1", "a=1");
                for (int i = 0; table.size() <= 20_000; i++) {
                    prepare("route#y" + round + "." + i + "#p#1", "a=1");
                }
                assertThat(table.expire()).isTrue();
                assertThat(table.size()).isLessThanOrEqualTo(20_000);
            }
        } finally {
            done.set(true);
        }
        value(calls);
    }
}
