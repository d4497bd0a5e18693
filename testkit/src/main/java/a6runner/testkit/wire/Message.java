// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

/**
 * One message of the wire, as a record. Requests of APISIX encode as APISIX writes them (empty strings without a zero byte), the runner's messages as
 * FlatBuffers has them; each decodes by its own {@code decode}, which throws {@link WireException}.
 */
public sealed interface Message
        permits PrepareConf.Req, PrepareConf.Resp, HttpReqCall.Req, HttpReqCall.Resp, HttpRespCall.Req, HttpRespCall.Resp, ExtraInfo.Req,
                ExtraInfo.Resp, Err.Resp {

    /** Which way a frame goes. */
    enum Direction { TO_RUNNER, TO_APISIX }

    /** The type of the frame that carries it, see {@link FrameType}. */
    int type();

    /** The message's bytes. */
    byte[] encode();

    /** The message in its frame; throws {@link IllegalArgumentException} if it is too long for one. */
    default Frame frame() {
        return new Frame(type(), encode());
    }

    /** The message that a frame carries; throws {@link WireException} if there is none of this type in this direction, or it can't be read. */
    static Message decode(Direction direction, Frame frame) {
        byte[] payload = frame.payload();
        boolean request = direction == Direction.TO_RUNNER;
        return switch (frame.type()) {
            case FrameType.PREPARE_CONF -> request ? PrepareConf.Req.decode(payload) : PrepareConf.Resp.decode(payload);
            case FrameType.HTTP_REQ_CALL -> request ? HttpReqCall.Req.decode(payload) : HttpReqCall.Resp.decode(payload);
            case FrameType.HTTP_RESP_CALL -> request ? HttpRespCall.Req.decode(payload) : HttpRespCall.Resp.decode(payload);
            case FrameType.EXTRA_INFO -> request ? ExtraInfo.Resp.decode(payload) : ExtraInfo.Req.decode(payload);
            case FrameType.ERROR -> {
                if (request) {
                    throw new WireException("APISIX sends no frame of type " + FrameType.name(frame.type()) + ".");
                }
                yield Err.Resp.decode(payload);
            }
            default -> throw new WireException("There is no message in a frame of type " + FrameType.name(frame.type()) + ".");
        };
    }
}
