// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TextEntriesTest {

    private final TextEntries entries = new TextEntries();

    @Test
    void keepsOrderBeyondItsFirstCapacity() {
        for (int i = 0; i < 20; i++) {
            if (i % 3 == 0) {
                entries.addReceived(i);
            } else {
                entries.add("n" + i, i % 2 == 0 ? null : "v" + i);
            }
        }

        assertThat(entries.size()).isEqualTo(20);
        assertThat(entries.received(18)).isEqualTo(18);
        assertThat(entries.name(18)).isNull();
        assertThat(entries.received(19)).isEqualTo(-1);
        assertThat(entries.name(19)).isEqualTo("n19");
        assertThat(entries.value(19)).isEqualTo("v19");
        assertThat(entries.value(16)).isNull();
    }

    @Test
    void findsByNameInEitherCaseAndPassesOverReceivedEntries() {
        entries.addReceived(7);
        entries.add("Host", "a");
        entries.add("host", "b");

        assertThat(entries.find("HOST", 0, true)).isEqualTo(1);
        assertThat(entries.find("host", 0, false)).isEqualTo(2);
        assertThat(entries.find("host", 2, true)).isEqualTo(2);
        assertThat(entries.find("x", 0, true)).isEqualTo(-1);
    }

    @Test
    void movesReceivedEntriesUpWhenOneBeforeThemIsTakenOut() {
        for (int i = 0; i < 4; i++) {
            entries.addReceived(i);
        }
        entries.add("x", "1");

        entries.remove(0);

        assertThat(entries).hasToString("[#1, #2, #3, x=1]");
        entries.remove(1);
        assertThat(entries).hasToString("[#1, #3, x=1]");
    }

    @Test
    void movesLaterEntriesUpWhenOneIsTakenOut() {
        entries.add("a", "1");
        entries.addReceived(5);
        entries.add("b", "2");

        entries.remove(0);

        assertThat(entries).hasToString("[#5, b=2]");
        entries.remove(0);
        assertThat(entries).hasToString("[b=2]");
        entries.remove(0);
        assertThat(entries.isEmpty()).isTrue();
    }
}
