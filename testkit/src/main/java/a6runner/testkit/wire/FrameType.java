// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import java.util.List;

/** A frame's first byte (WIRE.md): constants, not an enum, as the wire can carry any other value too. */
public final class FrameType {

    public static final int ERROR = 0;
    public static final int PREPARE_CONF = 1;
    public static final int HTTP_REQ_CALL = 2;
    public static final int EXTRA_INFO = 3;
    public static final int HTTP_RESP_CALL = 4;

    private static final List<String> NAMES = List.of("ERROR", "PREPARE_CONF", "HTTP_REQ_CALL", "EXTRA_INFO", "HTTP_RESP_CALL");

    private FrameType() {}

    /** The type's name and number, for messages: {@code HTTP_REQ_CALL (2)}, {@code unknown (9)}. */
    public static String name(int type) {
        return (type >= 0 && type < NAMES.size() ? NAMES.get(type) : "unknown") + " (" + type + ")";
    }
}
