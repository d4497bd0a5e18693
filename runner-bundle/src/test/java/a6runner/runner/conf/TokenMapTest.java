// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static a6runner.runner.fake.Await.until;
import static a6runner.runner.fake.Await.value;
import static org.assertj.core.api.Assertions.assertThat;

class TokenMapTest {

    private static final int MANY = 200_000;

    private final TokenMap map = new TokenMap();

    private static PreparedConf conf(int token) {
        return new PreparedConf(token, "key", null, 0);
    }

    private void put(PreparedConf conf) {
        map.put(conf, 0);
    }

    private List<PreparedConf> all() {
        List<PreparedConf> all = new ArrayList<>();
        map.forEach((conf, lastUsed) -> all.add(conf));
        return all;
    }

    @Test
    void findsWhatWasPut() {
        PreparedConf conf = conf(17);
        put(conf);
        assertThat(map.find(17)).isSameAs(conf);
        assertThat(map.find(18)).isNull();
        assertThat(map.size()).isEqualTo(1);
    }

    @Test
    void doesNotFindWhatWasRemoved() {
        PreparedConf conf = conf(17);
        put(conf);
        map.remove(conf);
        assertThat(map.find(17)).isNull();
        assertThat(map.size()).isZero();
        assertThat(all()).isEmpty();
    }

    @Test
    void doesNotTakeARemovedOneForTokenZero() {
        PreparedConf conf = conf(17);
        put(conf);
        map.remove(conf);
        assertThat(map.find(0)).isNull();
    }

    @Test
    void ignoresTheRemovalOfOneThatIsNotThere() {
        put(conf(17));
        map.remove(conf(17));
        map.remove(conf(18));
        assertThat(map.size()).isEqualTo(1);
    }

    @Test
    void staysSmallWhenManyComeAndGo() {
        for (int i = 1; i <= MANY; i++) {
            PreparedConf conf = conf(i);
            put(conf);
            assertThat(map.find(i)).isSameAs(conf);
            map.remove(conf);
        }
        assertThat(map.size()).isZero();
        assertThat(map.find(0)).isNull(); // ends: the array is never full of markers
    }

    @Test
    void holdsManyTokensThatFollowEachOtherOverTheSign() {
        int from = Integer.MAX_VALUE - MANY / 2;
        for (int i = 0; i < MANY; i++) {
            put(conf(from + i));
        }
        assertThat(map.size()).isEqualTo(MANY);
        for (int i = 0; i < MANY; i++) {
            assertThat(map.find(from + i).token()).isEqualTo(from + i);
        }
        assertThat(map.find(from - 1)).isNull();
        assertThat(map.find(from + MANY)).isNull();
    }

    @Test
    void agreesWithAHashMap() {
        Random random = new Random(1);
        Map<Integer, PreparedConf> model = new HashMap<>();
        for (int i = 0; i < MANY; i++) {
            int token = 1 + random.nextInt(5_000);
            PreparedConf known = model.get(token);
            if (known == null) {
                PreparedConf conf = conf(token);
                put(conf);
                model.put(token, conf);
            } else {
                map.remove(known);
                model.remove(token);
            }
            int other = random.nextInt(5_001);
            assertThat(map.find(other)).isSameAs(model.get(other));
        }
        assertThat(map.size()).isEqualTo(model.size());
        assertThat(all()).containsExactlyInAnyOrderElementsOf(model.values());
    }

    @Test
    void findsWhatIsThereWhileOthersComeAndGo() {
        PreparedConf staying = conf(-5);
        put(staying);
        AtomicInteger published = new AtomicInteger();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
            while (published.get() < MANY) {
                int upTo = published.get();
                assertThat(map.find(-5)).isSameAs(staying);
                if (upTo > 0) {
                    assertThat(map.find(upTo).token()).isEqualTo(upTo);
                }
            }
        });
        for (int i = 1; i <= MANY; i++) {
            put(conf(i));
            published.set(i);
            PreparedConf passing = conf(-1_000 - i);
            put(passing);
            map.remove(passing);
        }
        value(reader);
    }

    @Test
    void showsNoChainWithWhatIsParsedForAnother() {
        put(conf(17));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger seen = new AtomicInteger();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                Object chain = map.chain(17);
                Object parsed = map.parsed(17, chain);
                if (parsed != null) {
                    assertThat(parsed).isEqualTo("parsed by " + chain);
                    seen.incrementAndGet();
                }
            }
        });
        until("the reader has seen both often", () -> {
            for (int i = 0; i < 1_000; i++) {
                map.keep(17, "a", "parsed by a");
                map.keep(17, "b", "parsed by b");
            }
            return reader.isDone() || seen.get() > MANY;
        });
        done.set(true);
        value(reader);
        assertThat(map.parsed(17, "b")).isEqualTo("parsed by b");
        assertThat(map.parsed(17, "a")).isNull();
    }
}
