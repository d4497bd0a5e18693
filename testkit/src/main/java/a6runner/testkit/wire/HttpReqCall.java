// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import a6runner.testkit.wire.FlatReader.Strings;
import a6runner.testkit.wire.FlatTable.EmptyStrings;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** {@code A6.HTTPReqCall}: the request phase. */
public final class HttpReqCall {

    /** The {@code action_type} of no action. */
    public static final int NO_ACTION = 0;
    /** The {@code action_type} of {@link Stop}. */
    public static final int STOP = 1;
    /** The {@code action_type} of {@link Rewrite}. */
    public static final int REWRITE = 2;

    private HttpReqCall() {}

    /**
     * {@code A6.HTTPReqCall.Req}. Lists and bytes are null for absent; a list of no entry is written as one.
     *
     * @param srcIp the client's address, 4 or 16 bytes
     * @param method see {@link Method}
     */
    public record Req(long id, byte[] srcIp, int method, Text path, List<Entry> args, List<Entry> headers, long confToken) implements Message {

        private static final String NAME = "HTTPReqCall.Req";

        @Override
        public int type() {
            return FrameType.HTTP_REQ_CALL;
        }

        @Override
        public byte[] encode() {
            return new FlatTable()
                    .u32(0, id)
                    .bytes(1, srcIp)
                    .u8(2, method)
                    .string(3, path)
                    .tables(4, Entry.tables(args))
                    .tables(5, Entry.tables(headers))
                    .u32(6, confToken)
                    .toBytes(EmptyStrings.AS_APISIX);
        }

        /** Reads what {@link #encode} writes. */
        public static Req decode(byte[] payload) {
            FlatReader table = FlatReader.root(payload, NAME, Strings.ANY_END);
            return new Req(
                    table.u32(0),
                    table.bytes(1),
                    table.u8(2),
                    table.string(3),
                    Entry.read(table.tables(4, NAME + " argument")),
                    Entry.read(table.tables(5, NAME + " header")),
                    table.u32(6));
        }

        /** The same call with another token. */
        public Req withConfToken(long token) {
            return new Req(id, srcIp, method, path, args, headers, token);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Req req && id == req.id && Arrays.equals(srcIp, req.srcIp) && method == req.method
                    && Objects.equals(path, req.path) && Objects.equals(args, req.args) && Objects.equals(headers, req.headers)
                    && confToken == req.confToken;
        }

        @Override
        public int hashCode() {
            return Objects.hash(id, Arrays.hashCode(srcIp), method, path, args, headers, confToken);
        }
    }

    /** What a runner wants: {@link Stop} or {@link Rewrite}. */
    public sealed interface Action permits Stop, Rewrite {}

    /** {@code A6.HTTPReqCall.Stop}; 0 and null for absent. */
    public record Stop(int status, List<Entry> headers, byte[] body) implements Action {

        FlatTable table() {
            return new FlatTable().u16(0, status).tables(1, Entry.tables(headers)).bytes(2, body);
        }

        static Stop read(FlatReader table) {
            return new Stop(table.u16(0), Entry.read(table.tables(1, "HTTPReqCall.Stop header")), table.bytes(2));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Stop stop && status == stop.status && Objects.equals(headers, stop.headers) && Arrays.equals(body, stop.body);
        }

        @Override
        public int hashCode() {
            return Objects.hash(status, headers, Arrays.hashCode(body));
        }
    }

    /** {@code A6.HTTPReqCall.Rewrite}; null for absent, an entry without value deletes. */
    public record Rewrite(Text path, List<Entry> headers, List<Entry> args, List<Entry> respHeaders, byte[] body) implements Action {

        FlatTable table() {
            return new FlatTable()
                    .string(0, path)
                    .tables(1, Entry.tables(headers))
                    .tables(2, Entry.tables(args))
                    .tables(3, Entry.tables(respHeaders))
                    .bytes(4, body);
        }

        static Rewrite read(FlatReader table) {
            return new Rewrite(
                    table.string(0),
                    Entry.read(table.tables(1, "HTTPReqCall.Rewrite header")),
                    Entry.read(table.tables(2, "HTTPReqCall.Rewrite argument")),
                    Entry.read(table.tables(3, "HTTPReqCall.Rewrite response header")),
                    table.bytes(4));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Rewrite rewrite && Objects.equals(path, rewrite.path) && Objects.equals(headers, rewrite.headers)
                    && Objects.equals(args, rewrite.args) && Objects.equals(respHeaders, rewrite.respHeaders) && Arrays.equals(body, rewrite.body);
        }

        @Override
        public int hashCode() {
            return Objects.hash(path, headers, args, respHeaders, Arrays.hashCode(body));
        }
    }

    /**
     * {@code A6.HTTPReqCall.Resp}.
     *
     * @param actionType {@link #NO_ACTION}, {@link #STOP}, {@link #REWRITE}, or what else the bytes say
     * @param action null if there is none, or its type is unknown
     */
    public record Resp(long id, int actionType, Action action) implements Message {

        private static final String NAME = "HTTPReqCall.Resp";

        /** A reply whose type goes with its action. */
        public Resp(long id, Action action) {
            this(id, action == null ? NO_ACTION : action instanceof Stop ? STOP : REWRITE, action);
        }

        @Override
        public int type() {
            return FrameType.HTTP_REQ_CALL;
        }

        @Override
        public byte[] encode() {
            FlatTable value = action instanceof Stop stop ? stop.table() : action instanceof Rewrite rewrite ? rewrite.table() : null;
            return new FlatTable().u32(0, id).u8(1, actionType).table(2, value).toBytes();
        }

        /** Reads what {@link #encode} writes. */
        public static Resp decode(byte[] payload) {
            FlatReader table = FlatReader.root(payload, NAME, Strings.TERMINATED);
            int type = table.u8(1);
            FlatReader value = type == STOP || type == REWRITE ? table.table(2, NAME + " action") : null;
            Action action = value == null ? null : type == STOP ? Stop.read(value) : Rewrite.read(value);
            return new Resp(table.u32(0), type, action);
        }
    }
}
