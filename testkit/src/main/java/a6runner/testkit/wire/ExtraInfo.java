// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import a6runner.testkit.wire.FlatReader.Strings;
import a6runner.testkit.wire.FlatTable.EmptyStrings;
import java.util.Arrays;

/** {@code A6.ExtraInfo}: within a call the runner asks, APISIX answers (APISIX.md §6). */
public final class ExtraInfo {

    /** The {@code info_type} of a variable. */
    public static final int VAR = 1;
    /** The {@code info_type} of the request's body. */
    public static final int REQ_BODY = 2;
    /** The {@code info_type} of the upstream's body. */
    public static final int RESP_BODY = 3;

    private ExtraInfo() {}

    /**
     * {@code A6.ExtraInfo.Req}: the runner's question.
     *
     * @param infoType {@link #VAR}, {@link #REQ_BODY}, {@link #RESP_BODY}, or what else the bytes say
     * @param hasInfo whether the union's table is there
     * @param name the variable's name, null if there is none
     */
    public record Req(int infoType, boolean hasInfo, Text name) implements Message {

        private static final String NAME = "ExtraInfo.Req";

        /** The question for a variable. */
        public static Req var(String name) {
            return new Req(VAR, true, Text.of(name));
        }

        /** The question for the request's body. */
        public static Req requestBody() {
            return new Req(REQ_BODY, true, null);
        }

        /** The question for the upstream's body. */
        public static Req responseBody() {
            return new Req(RESP_BODY, true, null);
        }

        @Override
        public int type() {
            return FrameType.EXTRA_INFO;
        }

        @Override
        public byte[] encode() {
            return new FlatTable().u8(0, infoType).table(1, hasInfo ? new FlatTable().string(0, name) : null).toBytes();
        }

        /** Reads what {@link #encode} writes. */
        public static Req decode(byte[] payload) {
            FlatReader table = FlatReader.root(payload, NAME, Strings.TERMINATED);
            int type = table.u8(0);
            FlatReader info = type >= VAR && type <= RESP_BODY ? table.table(1, NAME + " info") : null;
            return new Req(type, info != null, type == VAR && info != null ? info.string(0) : null);
        }
    }

    /**
     * {@code A6.ExtraInfo.Resp}: APISIX's answer.
     *
     * @param result null if there is none
     */
    public record Resp(byte[] result) implements Message {

        @Override
        public int type() {
            return FrameType.EXTRA_INFO;
        }

        @Override
        public byte[] encode() {
            return new FlatTable().bytes(0, result).toBytes(EmptyStrings.AS_APISIX);
        }

        /** Reads what {@link #encode} writes. */
        public static Resp decode(byte[] payload) {
            return new Resp(FlatReader.root(payload, "ExtraInfo.Resp", Strings.ANY_END).bytes(0));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Resp resp && Arrays.equals(result, resp.result);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(result);
        }
    }
}
