// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.spi.ReceivedEntries;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EntriesViewTest {

    private static ReceivedEntries entries(Entry... entries) {
        byte[] payload = new HttpRespCall.Req(1, 200, List.of(entries), 1).encode();
        try {
            return new ResponseMessage(payload, payload.length).headers();
        } catch (MessageException e) {
            throw new AssertionError(e);
        }
    }

    private static ReceivedEntries named(String... names) {
        List<Entry> all = new ArrayList<>();
        for (String name : names) {
            all.add(Entry.of(name, "value of " + name));
        }
        return entries(all.toArray(Entry[]::new));
    }

    @Test
    void givesNamesAndValuesInOrder() {
        ReceivedEntries entries = entries(Entry.of("b", "1"), Entry.of("a", ""), Entry.of("b", null), Entry.of("", "2"));
        assertThat(entries.size()).isEqualTo(4);
        assertThat(List.of(entries.name(0), entries.name(1), entries.name(2), entries.name(3))).containsExactly("b", "a", "b", "");
        assertThat(entries.value(0)).isEqualTo("1");
        assertThat(entries.value(1)).isEmpty();
        assertThat(entries.value(2)).isNull();
        assertThat(entries.value(3)).isEqualTo("2");
    }

    @Test
    void anEntryWithoutNameHasTheEmptyNameAndIsNeverFound() {
        ReceivedEntries entries = entries(new Entry(null, Text.of("v")));
        assertThat(entries.name(0)).isEmpty();
        assertThat(entries.value(0)).isEqualTo("v");
        assertThat(entries.find("", 0, true)).isEqualTo(-1);
    }

    @Test
    void hasNoEntriesWhereTheMessageHasNone() throws MessageException {
        byte[] payload = new HttpRespCall.Req(1, 200, null, 1).encode();
        ReceivedEntries entries = new ResponseMessage(payload, payload.length).headers();
        assertThat(entries.size()).isZero();
        assertThat(entries.find("a", 0, true)).isEqualTo(-1);
        assertThat(entries().size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesAnIndexThatIsNotThere(int index) {
        ReceivedEntries entries = named("a", "b");
        assertThatThrownBy(() -> entries.name(index)).isInstanceOf(IndexOutOfBoundsException.class).hasMessage("entry " + index + " of 2");
        assertThatThrownBy(() -> entries.value(index)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> entries.named(index, "a", true)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void findsTheFirstOfANameFromAnIndexOn() {
        ReceivedEntries entries = named("a", "b", "a", "c", "a");
        assertThat(entries.find("a", 0, false)).isZero();
        assertThat(entries.find("a", 1, false)).isEqualTo(2);
        assertThat(entries.find("a", 3, false)).isEqualTo(4);
        assertThat(entries.find("a", 5, false)).isEqualTo(-1);
        assertThat(entries.find("a", 50, false)).isEqualTo(-1);
        assertThat(entries.find("d", 0, false)).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
            "content-type, content-type, true, true",
            "Content-Type, content-type, false, true",
            "content-type, CONTENT-TYPE, false, true",
            "content-type, content-typ, false, false",
            "content-typ, content-type, false, false",
            "content_type, content-type, false, false",
            // '@' and '`', '[' and '{' are as far apart as letters of either case
            "a@, a`, false, false",
            "a[, a{, false, false",
            "'', '', true, true",
            "'', a, false, false",
            // beyond ASCII a name is itself, and only ASCII letters have a case
            "é, é, true, true",
            "é, É, false, false",
            "Aé, aé, false, true",
            "aéB, aéb, false, true",
            "straße, STRASSE, false, false",
            "é, ab, false, false",
            "ab, é, false, false",
            "x€, x€, true, true",
            "😀x, 😀X, false, true",
            // the Kelvin sign is no k, the long s no s
            "k, \u212A, false, false",
            "\u212A, k, false, false",
            "s, \u017F, false, false",
    })
    void comparesNames(String received, String asked, boolean same, boolean sameIgnoringCase) {
        ReceivedEntries entries = named("other", received);
        assertThat(entries.find(asked, 1, false)).isEqualTo(same ? 1 : -1);
        assertThat(entries.find(asked, 1, true)).isEqualTo(sameIgnoringCase ? 1 : -1);
        assertThat(entries.named(1, asked, false)).isEqualTo(same);
        assertThat(entries.named(1, asked, true)).isEqualTo(sameIgnoringCase);
    }

    @Test
    void textThatIsNoUtf8HasReplacementCharactersAndIsFoundByThem() {
        byte[] latin1 = {'x', (byte) 0xE9};
        ReceivedEntries entries = entries(new Entry(new Text(latin1), new Text(new byte[] {(byte) 0xFF, 'a', (byte) 0xC3})));
        assertThat(entries.name(0)).isEqualTo("x\uFFFD");
        assertThat(entries.value(0)).isEqualTo("\uFFFDa\uFFFD");
        assertThat(entries.find("x\uFFFD", 0, false)).isZero();
        assertThat(entries.find("xé", 0, false)).isEqualTo(-1);
    }

    @Test
    void findingMakesNoGarbage() {
        ReceivedEntries entries = named("host", "user-agent", "content-type", "x-forwarded-for");
        for (int i = 0; i < 1_000; i++) {
            entries.find("X-Forwarded-For", 0, true);
        }
        long before = ReadAll.allocated();
        int found = 0;
        for (int i = 0; i < 1_000; i++) {
            found += entries.find("X-Forwarded-For", 0, true) + entries.find("nothing", 0, true);
        }
        assertThat(ReadAll.allocated() - before).isLessThan(10_000);
        assertThat(found).isEqualTo(2_000);
    }
}
