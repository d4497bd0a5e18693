// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import a6runner.testkit.wire.FlatReader.Strings;
import a6runner.testkit.wire.FlatTable.EmptyStrings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FlatReaderTest {

    @Test
    void readsWhatFlatTableWrites() {
        FlatTable child = new FlatTable().string(0, Text.of("name")).string(1, Text.of(""));
        byte[] bytes = new FlatTable()
                .u8(0, 255).u16(1, 65535).u32(2, 0xFFFF_FFFFL)
                .string(3, new Text(new byte[] {(byte) 0xE9}))
                .bytes(4, new byte[] {1, 2, 3})
                .table(6, child)
                .tables(7, List.of(child, new FlatTable()))
                .toBytes();

        FlatReader table = FlatReader.root(bytes, "test", Strings.TERMINATED);

        assertThat(bytes.length % 4).isZero();
        assertThat(table.u8(0)).isEqualTo(255);
        assertThat(table.u16(1)).isEqualTo(65535);
        assertThat(table.u32(2)).isEqualTo(0xFFFF_FFFFL);
        assertThat(table.string(3).bytes()).containsExactly(0xE9);
        assertThat(table.bytes(4)).containsExactly(1, 2, 3);
        assertThat(table.has(5)).isFalse();
        assertThat(table.bytes(5)).isNull();
        assertThat(table.table(6, "child").string(0)).hasToString("name");
        assertThat(table.table(6, "child").string(1).length()).isZero();
        assertThat(table.tables(7, "children")).hasSize(2);
        assertThat(table.tables(7, "children").get(1).string(0)).isNull();
        assertThat(table.has(99)).isFalse();
    }

    @Test
    void readsTheSameBytesAsTheSpecificationsExample() {
        // Err.Resp with code 2, laid out by hand: root offset, padding, vtable (6, 8, 7), table (soffset 6), padding, code.
        byte[] bytes = {12, 0, 0, 0, 0, 0, 6, 0, 8, 0, 7, 0, 6, 0, 0, 0, 0, 0, 0, 2};

        assertThat(Err.Resp.decode(bytes)).isEqualTo(new Err.Resp(2));
    }

    @Test
    void refusesAnEmptyStringWithoutZeroByteOnlyFromARunner() {
        byte[] bytes = new FlatTable().string(0, Text.of("")).toBytes(EmptyStrings.AS_APISIX);

        assertThat(FlatReader.root(bytes, "test", Strings.ANY_END).string(0).length()).isZero();
        assertThatThrownBy(() -> FlatReader.root(bytes, "test", Strings.TERMINATED).string(0))
                .isInstanceOf(WireException.class)
                .hasMessageMatching("test: the string in slot 0 at \\d+ has no zero byte behind it\\.");
    }

    @Test
    void refusesAVectorLongerThanTheBytes() {
        byte[] bytes = new FlatTable().bytes(0, new byte[] {7, 7, 7, 7}).toBytes();
        Arrays.fill(bytes, bytes.length - 8, bytes.length - 4, (byte) 0x7F); // the length, before the vector's four bytes

        assertThatThrownBy(() -> FlatReader.root(bytes, "test", Strings.TERMINATED).bytes(0))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("is said to have 2139062143 elements of 1 bytes each, but 4 bytes are left");
    }

    @Test
    void refusesTooFewBytesForATable() {
        for (int length = 0; length < 12; length++) {
            byte[] bytes = new byte[length];
            assertThatThrownBy(() -> FlatReader.root(bytes, "test", Strings.TERMINATED)).isInstanceOf(WireException.class);
        }
    }

    @Test
    void throwsNothingButWireExceptionWhateverTheBytesAre() {
        Random random = new Random(20261121);
        byte[] whole = new HttpReqCall.Req(1, new byte[4], 2, Text.of("/p"), Entry.list("a", "1"), Entry.list("h", "x", "i", null), 9).encode();
        int readable = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = Arrays.copyOf(whole, random.nextInt(8) == 0 ? random.nextInt(whole.length) : whole.length);
            for (int change = random.nextInt(4); change >= 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
            }
            try {
                HttpReqCall.Req.decode(bytes);
                readable++;
            } catch (WireException e) {
                assertThat(e).hasMessageContaining("HTTPReqCall.Req").hasMessageEndingWith(".");
            }
        }
        assertThat(readable).isPositive();
    }
}
