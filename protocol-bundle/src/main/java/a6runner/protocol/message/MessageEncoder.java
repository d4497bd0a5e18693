// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import A6.ExtraInfo.Info;
import A6.ExtraInfo.ReqBody;
import A6.ExtraInfo.RespBody;
import A6.ExtraInfo.Var;
import A6.HTTPReqCall.Action;
import A6.TextEntry;
import a6runner.protocol.frame.FrameEncoder;
import a6runner.protocol.frame.FrameException;
import a6runner.protocol.frame.FrameType;
import a6runner.spi.ReceivedEntries;
import a6runner.spi.ResponseReply;
import a6runner.spi.Rewrite;
import a6runner.spi.Stop;
import a6runner.spi.TextEntries;
import com.google.flatbuffers.FlatBufferBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Messages to frames (WIRE.md): one per event loop, used by its thread only. Every method returns a whole frame in one buffer, which the caller owns, and
 * throws {@link FrameException} if the message is longer than a frame can say.
 */
public final class MessageEncoder {

    private static final int FIRST_BUFFER = 4 * 1024;
    private static final int KEPT_BUFFER = 64 * 1024;

    private FlatBufferBuilder builder = new FlatBufferBuilder(FIRST_BUFFER);
    private int[] offsets = new int[32];

    /** {@code Err.Resp}. Never empty: an empty payload makes APISIX throw (APISIX.md §3). */
    public ByteBuf error(ByteBufAllocator allocator, int code) throws FrameException {
        builder.clear();
        builder.forceDefaults(true);
        int root = A6.Err.Resp.createResp(builder, code);
        builder.forceDefaults(false);
        return frame(allocator, FrameType.ERROR, root);
    }

    /** {@code PrepareConf.Resp}. */
    public ByteBuf token(ByteBufAllocator allocator, int token) throws FrameException {
        builder.clear();
        return frame(allocator, FrameType.PREPARE_CONF, A6.PrepareConf.Resp.createResp(builder, token & 0xFFFF_FFFFL));
    }

    /** {@code HTTPReqCall.Resp} without action. */
    public ByteBuf goOn(ByteBufAllocator allocator, long id) throws FrameException {
        builder.clear();
        return frame(allocator, FrameType.HTTP_REQ_CALL, A6.HTTPReqCall.Resp.createResp(builder, id, Action.NONE, 0));
    }

    /** {@code HTTPReqCall.Resp} with a {@code Rewrite}. Names of request headers go in lower case: right in all versions (APISIX.md §12). */
    public ByteBuf rewrite(ByteBufAllocator allocator, RequestMessage request, Rewrite rewrite) throws FrameException {
        begin(rewrite.body());
        int body = bytes(rewrite.body());
        int path = rewrite.path() == null ? 0 : builder.createString(rewrite.path());
        int headers = entries(rewrite.headers(), request::headers, true);
        int args = entries(rewrite.args(), request::args, false);
        int responseHeaders = entries(rewrite.responseHeaders(), request::headers, false);
        int action = A6.HTTPReqCall.Rewrite.createRewrite(builder, path, headers, args, responseHeaders, body);
        return frame(allocator, FrameType.HTTP_REQ_CALL, A6.HTTPReqCall.Resp.createResp(builder, request.id(), Action.Rewrite, action));
    }

    /** {@code HTTPReqCall.Resp} with a {@code Stop}. */
    public ByteBuf stop(ByteBufAllocator allocator, RequestMessage request, Stop stop) throws FrameException {
        begin(stop.body());
        int body = bytes(stop.body());
        int headers = entries(stop.headers(), request::headers, false);
        int action = A6.HTTPReqCall.Stop.createStop(builder, stop.status(), headers, body);
        return frame(allocator, FrameType.HTTP_REQ_CALL, A6.HTTPReqCall.Resp.createResp(builder, request.id(), Action.Stop, action));
    }

    /** {@code HTTPRespCall.Resp}. */
    public ByteBuf response(ByteBufAllocator allocator, ResponseMessage request, ResponseReply reply) throws FrameException {
        begin(reply.body());
        int body = bytes(reply.body());
        int headers = entries(reply.headers(), request::headers, false);
        return frame(
                allocator, FrameType.HTTP_RESP_CALL, A6.HTTPRespCall.Resp.createResp(builder, request.id(), reply.status(), headers, body));
    }

    /** {@code ExtraInfo.Req} for a variable. */
    public ByteBuf askVar(ByteBufAllocator allocator, String name) throws FrameException {
        builder.clear();
        return ask(allocator, Info.Var, Var.createVar(builder, builder.createString(name)));
    }

    /** {@code ExtraInfo.Req} for the request's body. */
    public ByteBuf askRequestBody(ByteBufAllocator allocator) throws FrameException {
        builder.clear();
        ReqBody.startReqBody(builder);
        return ask(allocator, Info.ReqBody, ReqBody.endReqBody(builder));
    }

    /** {@code ExtraInfo.Req} for the upstream's body. */
    public ByteBuf askResponseBody(ByteBufAllocator allocator) throws FrameException {
        builder.clear();
        RespBody.startRespBody(builder);
        return ask(allocator, Info.RespBody, RespBody.endRespBody(builder));
    }

    private ByteBuf ask(ByteBufAllocator allocator, byte type, int info) throws FrameException {
        return frame(allocator, FrameType.EXTRA_INFO, A6.ExtraInfo.Req.createReq(builder, type, info));
    }

    private void begin(byte[] body) {
        builder.clear();
        if (body != null && body.length > KEPT_BUFFER) {
            builder = new FlatBufferBuilder(body.length + KEPT_BUFFER); // else it would grow by doubling, and copy each time
        }
    }

    private int bytes(byte[] bytes) {
        return bytes == null ? 0 : builder.createByteVector(bytes);
    }

    private int entries(TextEntries entries, Supplier<ReceivedEntries> received, boolean lowerCase) {
        if (entries == null || entries.isEmpty()) {
            return 0;
        }
        int count = entries.size();
        if (offsets.length < count) {
            offsets = Arrays.copyOf(offsets, count * 2);
        }
        EntriesView view = null;
        ByteBuffer bytes = null;
        for (int i = 0; i < count; i++) {
            int index = entries.received(i);
            int name;
            int value;
            if (index < 0) {
                String text = entries.value(i);
                name = builder.createString(lowerCase ? entries.name(i).toLowerCase(Locale.ROOT) : entries.name(i));
                value = text == null ? 0 : builder.createString(text);
            } else {
                if (view == null) {
                    view = (EntriesView) received.get();
                    bytes = ByteBuffer.wrap(view.bytes());
                }
                name = copy(bytes, view.bytes(), view.namePosition(index));
                value = copy(bytes, view.bytes(), view.valuePosition(index));
            }
            offsets[i] = TextEntry.createTextEntry(builder, name, value);
        }
        builder.startVector(4, count, 4);
        for (int i = count - 1; i >= 0; i--) {
            builder.addOffset(offsets[i]);
        }
        return builder.endVector();
    }

    private int copy(ByteBuffer buffer, byte[] bytes, int string) {
        if (string == 0) {
            return 0;
        }
        int begin = Tables.elements(string);
        buffer.limit(begin + Tables.length(bytes, string)).position(begin);
        return builder.createString(buffer);
    }

    private ByteBuf frame(ByteBufAllocator allocator, FrameType type, int root) throws FrameException {
        builder.finish(root);
        try {
            return FrameEncoder.encode(allocator, type, builder.dataBuffer());
        } finally {
            if (builder.dataBuffer().capacity() > KEPT_BUFFER) {
                builder = new FlatBufferBuilder(FIRST_BUFFER);
            }
        }
    }
}
