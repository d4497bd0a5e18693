// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import a6runner.testkit.wire.FlatReader.Strings;
import a6runner.testkit.wire.FlatTable.EmptyStrings;
import java.util.List;

/** {@code A6.PrepareConf}: APISIX sends a conf, the runner gives it a token. */
public final class PrepareConf {

    private PrepareConf() {}

    /**
     * {@code A6.PrepareConf.Req}.
     *
     * @param conf plugins' names and values in execution order; null if APISIX's plugin has no conf
     * @param key the conf's key (APISIX.md §4), null for absent
     */
    public record Req(List<Entry> conf, Text key) implements Message {

        private static final String NAME = "PrepareConf.Req";

        @Override
        public int type() {
            return FrameType.PREPARE_CONF;
        }

        @Override
        public byte[] encode() {
            return new FlatTable().tables(0, Entry.tables(conf)).string(1, key).toBytes(EmptyStrings.AS_APISIX);
        }

        /** Reads what {@link #encode} writes. */
        public static Req decode(byte[] payload) {
            FlatReader table = FlatReader.root(payload, NAME, Strings.ANY_END);
            return new Req(Entry.read(table.tables(0, NAME + " conf")), table.string(1));
        }
    }

    /**
     * {@code A6.PrepareConf.Resp}.
     *
     * @param confToken 0 to 2^32-1
     */
    public record Resp(long confToken) implements Message {

        @Override
        public int type() {
            return FrameType.PREPARE_CONF;
        }

        @Override
        public byte[] encode() {
            return new FlatTable().u32(0, confToken).toBytes();
        }

        /** Reads what {@link #encode} writes. */
        public static Resp decode(byte[] payload) {
            return new Resp(FlatReader.root(payload, "PrepareConf.Resp", Strings.TERMINATED).u32(0));
        }
    }
}
