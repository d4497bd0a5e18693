// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import a6runner.testkit.wire.FlatReader.Strings;
import java.util.List;

/** {@code A6.Err}: how a runner refuses a call. */
public final class Err {

    public static final int BAD_REQUEST = 0;
    public static final int SERVICE_UNAVAILABLE = 1;
    public static final int CONF_TOKEN_NOT_FOUND = 2;

    private static final List<String> NAMES = List.of("BAD_REQUEST", "SERVICE_UNAVAILABLE", "CONF_TOKEN_NOT_FOUND");

    private Err() {}

    /** The code's name, {@code unknown code N} for others. */
    public static String name(int code) {
        return code >= 0 && code < NAMES.size() ? NAMES.get(code) : "unknown code " + code;
    }

    /**
     * {@code A6.Err.Resp}.
     *
     * @param code 0 to 255
     */
    public record Resp(int code) implements Message {

        @Override
        public int type() {
            return FrameType.ERROR;
        }

        @Override
        public byte[] encode() {
            return new FlatTable().u8(0, code).toBytes();
        }

        /** Reads what {@link #encode} writes. */
        public static Resp decode(byte[] payload) {
            return new Resp(FlatReader.root(payload, "Err.Resp", Strings.TERMINATED).u8(0));
        }
    }
}
