// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;

/**
 * Cuts what a connection sends into frames and hands each on as soon as it is whole: {@link Frame} downstream, {@link FrameException} as the
 * exception when the stream can't be trusted any more. One per connection, on its event loop.
 *
 * <p><b>Memory.</b> A payload is copied once, from the socket's buffer into an array that belongs to the connection and serves it again and again, so
 * that nothing a plugin may still be reading ever returns to a shared pool. The array grows with the bytes that have come, not with those that were
 * announced. Beyond {@link FrameMemory#UNCOUNTED} bytes it is counted, and given up when the call has ended. Calls and the answers within them
 * have an array each.
 *
 * <p><b>Back-pressure.</b> While memory is waited for, or the peer doesn't read its answers, the socket isn't read.
 */
public final class FrameDecoder extends ChannelInboundHandlerAdapter {

    private static final byte[] NONE = {};
    private static final int FIRST_ARRAY = 2 * 1024;
    private static final int GROWTH = 4;

    private final FrameMemory memory;
    private final Frame frame = new Frame();
    private ChannelHandlerContext context;
    private boolean reading = true;
    private boolean closed;
    private ByteBuf rest; // what has come but can't be looked at yet

    private int header;
    private int headerBytes;
    private FrameType type; // of the frame under way, null between frames
    private int length; // of its payload
    private int filled;
    private int reserved; // for the frame under way
    private FrameMemory.Waiter waiter; // not null while in line for it
    private long lastProgress;

    private boolean inCall;
    private int reservedForCall;
    private byte[] callBytes = NONE;
    private byte[] answerBytes = NONE;

    public FrameDecoder(FrameMemory memory) {
        this.memory = memory;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (closed) {
            in.release();
        } else if (rest == null) {
            decode(in);
        } else {
            ByteBuf joined = ctx.alloc().buffer(rest.readableBytes() + in.readableBytes()).writeBytes(rest).writeBytes(in);
            rest.release();
            in.release();
            rest = joined;
        }
    }

    private void decode(ByteBuf in) {
        try {
            while (in.isReadable() && !closed) {
                if (waiter != null || !context.channel().isWritable()) {
                    rest = in.retain();
                    break;
                }
                if (type == null) {
                    readHeader(in);
                } else {
                    readPayload(in);
                }
                if (type != null && waiter == null && filled == length) {
                    finish();
                }
            }
        } catch (FrameException e) {
            context.fireExceptionCaught(e);
        } finally {
            in.release();
        }
        if (halfway()) {
            lastProgress = System.nanoTime();
        }
        throttle();
    }

    private void readHeader(ByteBuf in) throws FrameException {
        header = header << 8 | in.readUnsignedByte();
        if (++headerBytes < FrameLayout.HEADER_LENGTH) {
            return;
        }
        headerBytes = 0;
        length = FrameLayout.length(header);
        filled = 0;
        FrameType announced = FrameType.received(FrameLayout.type(header));
        if (announced == null) {
            throw new FrameException("unknown frame type " + FrameLayout.type(header) + " (expected: 1 to 4), length " + length);
        }
        if (inCall && announced != FrameType.EXTRA_INFO) {
            throw new FrameException("frame out of place: " + announced + " while a call is in flight");
        }
        type = announced;
        if (length > FrameMemory.UNCOUNTED) {
            FrameMemory.Waiter me = () -> context.executor().execute(this::granted);
            if (memory.reserve(length, type == FrameType.EXTRA_INFO, me)) {
                reserved = length;
            } else {
                waiter = me;
            }
        }
    }

    private void granted() {
        waiter = null;
        reserved = length;
        lastProgress = System.nanoTime();
        if (closed) {
            releaseAll();
        } else {
            resume();
        }
    }

    private void readPayload(ByteBuf in) {
        int count = Math.min(in.readableBytes(), length - filled);
        byte[] bytes = type == FrameType.EXTRA_INFO ? answerBytes : callBytes;
        if (bytes.length < filled + count) {
            bytes = Arrays.copyOf(bytes, Math.max(filled + count, Math.min(length, Math.max(FIRST_ARRAY, bytes.length * GROWTH))));
            if (type == FrameType.EXTRA_INFO) {
                answerBytes = bytes;
            } else {
                callBytes = bytes;
            }
        }
        in.readBytes(bytes, filled, count);
        filled += count;
    }

    private void finish() {
        FrameType whole = type;
        type = null;
        reservedForCall += reserved;
        reserved = 0;
        if (whole == FrameType.EXTRA_INFO) {
            frame.set(whole, answerBytes, length);
            context.fireChannelRead(frame);
            if (answerBytes.length > FrameMemory.UNCOUNTED) {
                answerBytes = NONE;
            }
        } else {
            inCall = true;
            frame.set(whole, callBytes, length);
            context.fireChannelRead(frame);
        }
        frame.set(null, NONE, 0); // else it would keep a long frame's bytes until the connection's next frame
        if (!inCall) {
            callEnded();
        }
    }

    /** Whether a frame that begins a call was handed on and {@link #callEnded()} not called since. On the event loop. */
    public boolean inCall() {
        return inCall;
    }

    /** The call in flight has ended: its memory serves the next one. To be called once for each frame that began a call. On the event loop. */
    public void callEnded() {
        inCall = false;
        if (callBytes.length > FrameMemory.UNCOUNTED) {
            callBytes = NONE;
        }
        if (reservedForCall > 0) {
            int bytes = reservedForCall;
            reservedForCall = 0;
            memory.release(bytes);
        }
    }

    /** The peer is not worth listening to any more: whatever comes is dropped. On the event loop. */
    public void close() {
        closed = true;
        if (rest != null) {
            rest.release();
            rest = null;
        }
        if (waiter != null && memory.cancel(waiter)) {
            waiter = null;
        }
        releaseAll();
    }

    private void releaseAll() {
        reservedForCall += reserved;
        reserved = 0;
        callEnded();
        callBytes = NONE;
        answerBytes = NONE;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        resume();
        ctx.fireChannelWritabilityChanged();
    }

    private void resume() {
        if (rest != null && waiter == null && context.channel().isWritable()) {
            ByteBuf in = rest;
            rest = null;
            decode(in);
        } else {
            throttle();
        }
    }

    private void throttle() {
        boolean wanted = rest == null && waiter == null && context.channel().isWritable();
        if (wanted != reading) {
            reading = wanted;
            context.channel().config().setAutoRead(wanted);
        }
    }

    /** Whether a frame has begun and is not whole, or waits for memory. On the event loop. */
    public boolean halfway() {
        return type != null || headerBytes > 0;
    }

    /** Whether the frame under way is in line for memory, so that it isn't the peer who stands still. On the event loop. */
    public boolean waitsForMemory() {
        return waiter != null;
    }

    /** Whether the frame under way holds memory that others may wait for. On the event loop. */
    public boolean holdsMemory() {
        return reserved > 0;
    }

    /** How many bytes the connection's arrays have. On the event loop. */
    int held() {
        return callBytes.length + answerBytes.length;
    }

    /** When bytes of the frame under way last came, by {@link System#nanoTime()}. On the event loop. */
    public long lastProgress() {
        return lastProgress;
    }
}
