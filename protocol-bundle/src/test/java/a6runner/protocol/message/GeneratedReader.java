// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import A6.ExtraInfo.Info;
import A6.ExtraInfo.Var;
import A6.HTTPReqCall.Action;
import A6.HTTPReqCall.Rewrite;
import A6.HTTPReqCall.Stop;
import A6.TextEntry;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What FlatBuffers' own library reads in a frame of ours, with the classes that flatc makes of the schema. */
final class GeneratedReader {

    private GeneratedReader() {}

    static Message read(Frame frame) {
        ByteBuffer payload = ByteBuffer.wrap(frame.payload());
        return switch (frame.type()) {
            case FrameType.ERROR -> new Err.Resp(A6.Err.Resp.getRootAsResp(payload).code());
            case FrameType.PREPARE_CONF -> new PrepareConf.Resp(A6.PrepareConf.Resp.getRootAsResp(payload).confToken());
            case FrameType.HTTP_REQ_CALL -> request(A6.HTTPReqCall.Resp.getRootAsResp(payload));
            case FrameType.EXTRA_INFO -> question(A6.ExtraInfo.Req.getRootAsReq(payload));
            case FrameType.HTTP_RESP_CALL -> response(A6.HTTPRespCall.Resp.getRootAsResp(payload));
            default -> throw new AssertionError("type " + frame.type());
        };
    }

    private static HttpReqCall.Resp request(A6.HTTPReqCall.Resp resp) {
        return new HttpReqCall.Resp(resp.id(), switch (resp.actionType()) {
            case Action.NONE -> null;
            case Action.Stop -> {
                Stop stop = (Stop) resp.action(new Stop());
                yield new HttpReqCall.Stop(stop.status(), entries(stop.headersVector() == null, stop.headersLength(), stop::headers), bytes(stop.bodyAsByteBuffer()));
            }
            case Action.Rewrite -> {
                Rewrite rewrite = (Rewrite) resp.action(new Rewrite());
                yield new HttpReqCall.Rewrite(
                        text(rewrite.pathAsByteBuffer()),
                        entries(rewrite.headersVector() == null, rewrite.headersLength(), rewrite::headers),
                        entries(rewrite.argsVector() == null, rewrite.argsLength(), rewrite::args),
                        entries(rewrite.respHeadersVector() == null, rewrite.respHeadersLength(), rewrite::respHeaders),
                        bytes(rewrite.bodyAsByteBuffer()));
            }
            default -> throw new AssertionError("action " + resp.actionType());
        });
    }

    private static HttpRespCall.Resp response(A6.HTTPRespCall.Resp resp) {
        return new HttpRespCall.Resp(
                resp.id(), resp.status(), entries(resp.headersVector() == null, resp.headersLength(), resp::headers), bytes(resp.bodyAsByteBuffer()));
    }

    private static ExtraInfo.Req question(A6.ExtraInfo.Req req) {
        boolean isVar = req.infoType() == Info.Var;
        Var variable = isVar ? (Var) req.info(new Var()) : null;
        return new ExtraInfo.Req(req.infoType(), true, isVar ? text(variable.nameAsByteBuffer()) : null);
    }

    private static List<Entry> entries(boolean absent, int length, IntFunction<TextEntry> at) {
        return absent ? null : IntStream.range(0, length).mapToObj(at)
                .map(entry -> new Entry(text(entry.nameAsByteBuffer()), text(entry.valueAsByteBuffer()))).toList();
    }

    private static Text text(ByteBuffer buffer) {
        return buffer == null ? null : new Text(bytes(buffer));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
