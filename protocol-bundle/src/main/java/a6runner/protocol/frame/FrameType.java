// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

/** What a frame holds (WIRE.md). */
public enum FrameType {
    /** An {@code Err.Resp}; only toward APISIX. */
    ERROR(0),
    /** A {@code PrepareConf.Req} from APISIX, its {@code Resp} back. */
    PREPARE_CONF(1),
    /** An {@code HTTPReqCall.Req} from APISIX, its {@code Resp} back. */
    HTTP_REQ_CALL(2),
    /** An {@code ExtraInfo.Req} toward APISIX, its {@code Resp} back. */
    EXTRA_INFO(3),
    /** An {@code HTTPRespCall.Req} from APISIX, its {@code Resp} back. */
    HTTP_RESP_CALL(4);

    private static final FrameType[] BY_CODE = values();

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    /** The type's byte on the wire. */
    public int code() {
        return code;
    }

    /** The type of a byte that APISIX may send, or null: it never sends an error. */
    static FrameType received(int code) {
        return code >= PREPARE_CONF.code && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
