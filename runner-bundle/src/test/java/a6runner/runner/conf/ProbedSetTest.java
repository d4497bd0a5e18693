// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProbedSetTest {

    /** Two of one name are the same. */
    private record Named(String name, int version) {}

    private final ProbedSet<Named> set = new ProbedSet<>(named -> named.name.hashCode(), (a, b) -> a.name.equals(b.name));

    @Test
    void putsTheSameInTheOthersPlace() {
        Named one = new Named("a", 1);
        Named two = new Named("a", 2);
        set.put(one);
        assertThat(set.find(two)).isSameAs(one);
        set.put(two);
        assertThat(set.find(one)).isSameAs(two);
        assertThat(set.size()).isEqualTo(1);
    }

    @Test
    void takesOutTheVeryElementOnly() {
        Named one = new Named("a", 1);
        set.put(one);
        set.remove(new Named("a", 1));
        set.remove(new Named("b", 1));
        assertThat(set.find(one)).isSameAs(one);
        set.remove(one);
        assertThat(set.find(one)).isNull();
        assertThat(set.size()).isZero();
    }

    /** Few hashes: long runs of elements that stand where others belong, around the array's end too. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50, Integer.MAX_VALUE})
    void findsWhatAMapFindsWhateverTheHashes(int hashes) {
        ProbedSet<Named> probed = new ProbedSet<>(named -> named.name.hashCode() % hashes, (a, b) -> a.name.equals(b.name));
        Map<String, Named> map = new HashMap<>();
        SplittableRandom random = new SplittableRandom(hashes);
        for (int i = 0; i < 20_000; i++) {
            Named element = new Named("n" + random.nextInt(300), i);
            Named known = map.get(element.name);
            assertThat(probed.find(element)).isSameAs(known);
            if (known != null && random.nextBoolean()) {
                probed.remove(known);
                map.remove(element.name);
            } else {
                probed.put(element);
                map.put(element.name, element);
            }
            assertThat(probed.size()).isEqualTo(map.size());
        }
        map.values().forEach(element -> assertThat(probed.find(element)).isSameAs(element));
    }
}
