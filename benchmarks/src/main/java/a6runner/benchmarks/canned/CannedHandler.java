// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.canned;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** One connection: asks what the runner asked, takes as many answers, answers what the runner answered. On its event loop. */
public final class CannedHandler extends ChannelInboundHandlerAdapter {

    private static final int HEADER = 4;
    private static final int PREPARE_CONF = 1;
    private static final int EXTRA_INFO = 3;
    private static final byte[] TOKEN = { // PrepareConf.Resp {conf_token: 1}
        PREPARE_CONF, 0, 0, 20, 12, 0, 0, 0, 0, 0, 6, 0, 8, 0, 4, 0, 6, 0, 0, 0, 1, 0, 0, 0
    };

    private static final byte[] GO_ON = { // HTTPReqCall.Resp {id: to be patched}
        2, 0, 0, 20, 12, 0, 0, 0, 0, 0, 6, 0, 8, 0, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0
    };

    private final Answers answers;
    private ByteBuf partial; // the beginning of a call's frame
    private int skip; // bytes of an EXTRA_INFO payload that are still to come
    private int awaited; // EXTRA_INFO frames
    private int id; // of the call in flight

    CannedHandler(Answers answers) {
        this.answers = answers;
    }

    /** A handler that has every request go on, for benchmarks without a recorded answer. */
    public static CannedHandler goingOn() {
        return new CannedHandler(Answers.of(GO_ON));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (partial != null) {
            in = ctx.alloc().buffer(partial.readableBytes() + in.readableBytes()).writeBytes(partial).writeBytes(in);
            partial.release();
            ((ByteBuf) message).release();
            partial = null;
        }
        while (in.isReadable()) {
            if (skip > 0) {
                skip(ctx, in);
                continue;
            }
            if (in.readableBytes() < HEADER) {
                break;
            }
            int at = in.readerIndex();
            int header = in.getInt(at);
            int length = header & 0xFF_FF_FF;
            if (header >>> 24 == EXTRA_INFO) {
                in.skipBytes(HEADER);
                skip = length;
                continue;
            }
            if (in.readableBytes() < HEADER + length) {
                break;
            }
            in.skipBytes(HEADER + length);
            call(ctx, header >>> 24, in, at + HEADER);
        }
        if (in.isReadable()) {
            partial = in;
        } else {
            in.release();
        }
    }

    private void skip(ChannelHandlerContext ctx, ByteBuf in) {
        int count = Math.min(skip, in.readableBytes());
        in.skipBytes(count);
        skip -= count;
        if (skip == 0 && --awaited == 0) {
            answer(ctx);
        }
    }

    private void call(ChannelHandlerContext ctx, int type, ByteBuf in, int payload) {
        if (type == PREPARE_CONF) {
            ctx.writeAndFlush(ctx.alloc().ioBuffer(TOKEN.length).writeBytes(TOKEN), ctx.voidPromise());
            return;
        }
        int root = payload + in.getIntLE(payload);
        int vtable = root - in.getIntLE(root);
        int field = in.getUnsignedShortLE(vtable + 4);
        id = field == 0 ? 0 : in.getIntLE(root + field);
        awaited = answers.count();
        if (awaited == 0) {
            answer(ctx);
        } else {
            ctx.writeAndFlush(ctx.alloc().ioBuffer(answers.questions().length).writeBytes(answers.questions()), ctx.voidPromise());
        }
    }

    private void answer(ChannelHandlerContext ctx) {
        byte[] answer = answers.answer();
        ctx.writeAndFlush(ctx.alloc().ioBuffer(answer.length).writeBytes(answer).setIntLE(answers.idAt(), id), ctx.voidPromise());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
