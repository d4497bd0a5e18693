// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import a6runner.testkit.wire.FlatReader.Strings;
import a6runner.testkit.wire.FlatTable.EmptyStrings;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** {@code A6.HTTPRespCall}: the response phase. */
public final class HttpRespCall {

    private HttpRespCall() {}

    /**
     * {@code A6.HTTPRespCall.Req}.
     *
     * @param status the upstream's
     * @param headers the upstream's, null for absent
     */
    public record Req(long id, int status, List<Entry> headers, long confToken) implements Message {

        private static final String NAME = "HTTPRespCall.Req";

        @Override
        public int type() {
            return FrameType.HTTP_RESP_CALL;
        }

        @Override
        public byte[] encode() {
            return new FlatTable()
                    .u32(0, id)
                    .u16(1, status)
                    .tables(2, Entry.tables(headers))
                    .u32(3, confToken)
                    .toBytes(EmptyStrings.AS_APISIX);
        }

        /** Reads what {@link #encode} writes. */
        public static Req decode(byte[] payload) {
            FlatReader table = FlatReader.root(payload, NAME, Strings.ANY_END);
            return new Req(table.u32(0), table.u16(1), Entry.read(table.tables(2, NAME + " header")), table.u32(3));
        }

        /** The same call with another token. */
        public Req withConfToken(long token) {
            return new Req(id, status, headers, token);
        }
    }

    /** {@code A6.HTTPRespCall.Resp}; 0 and null for absent. */
    public record Resp(long id, int status, List<Entry> headers, byte[] body) implements Message {

        private static final String NAME = "HTTPRespCall.Resp";

        @Override
        public int type() {
            return FrameType.HTTP_RESP_CALL;
        }

        @Override
        public byte[] encode() {
            return new FlatTable().u32(0, id).u16(1, status).tables(2, Entry.tables(headers)).bytes(3, body).toBytes();
        }

        /** Reads what {@link #encode} writes. */
        public static Resp decode(byte[] payload) {
            FlatReader table = FlatReader.root(payload, NAME, Strings.TERMINATED);
            return new Resp(table.u32(0), table.u16(1), Entry.read(table.tables(2, NAME + " header")), table.bytes(3));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Resp resp && id == resp.id && status == resp.status && Objects.equals(headers, resp.headers)
                    && Arrays.equals(body, resp.body);
        }

        @Override
        public int hashCode() {
            return Objects.hash(id, status, headers, Arrays.hashCode(body));
        }
    }
}
