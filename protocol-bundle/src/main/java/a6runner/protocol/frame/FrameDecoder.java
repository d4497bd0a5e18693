// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Cuts what a connection sends into frames and hands each on as soon as it is whole: {@link Frame} downstream, {@link FrameException} as the
 * exception when the stream can't be trusted any more. One per connection, on its event loop.
 *
 * <p><b>Memory.</b> A payload is copied once, from the socket's buffer into an array that belongs to the connection and serves it again and again, so
 * that nothing a plugin may still be reading ever returns to a shared pool. The array grows by {@link PayloadArray}'s rule. Beyond
 * {@link FrameMemory#UNCOUNTED} bytes it is counted, and given up when the call has ended; what was counted is given back when its answer has left too.
 * Calls and the answers within them have an array each, and a long answer's body one of its own ({@link LongAnswer}).
 *
 * <p><b>Back-pressure.</b> While memory is waited for, or the peer doesn't read its answers, the socket isn't read.
 */
public final class FrameDecoder extends ChannelInboundHandlerAdapter {

    private static final byte[] NONE = {};

    private final FrameMemory memory;
    private final BodyFinder finder;
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
    private int leaving; // reserved for calls that have ended, whose answers may not have been written yet
    private byte[] callBytes = NONE;
    private byte[] answerBytes = NONE;
    private LongAnswer longAnswer; // on its way in, else null

    /**
     * A decoder for one connection.
     *
     * @param finder tells where the bodies of long answers lie
     */
    public FrameDecoder(FrameMemory memory, BodyFinder finder) {
        this.memory = memory;
        this.finder = finder;
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
        if (headerBytes == 0 && in.readableBytes() >= FrameLayout.HEADER_LENGTH) {
            header = in.readInt();
        } else {
            header = header << 8 | in.readUnsignedByte();
            if (++headerBytes < FrameLayout.HEADER_LENGTH) {
                return;
            }
            headerBytes = 0;
        }
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
        if (type != FrameType.EXTRA_INFO) {
            callBytes = PayloadArray.withRoom(callBytes, filled + count, length);
            in.readBytes(callBytes, filled, count);
        } else if (length <= FrameMemory.UNCOUNTED) {
            answerBytes = PayloadArray.withRoom(answerBytes, filled + count, length);
            in.readBytes(answerBytes, filled, count);
        } else {
            if (longAnswer == null) {
                longAnswer = new LongAnswer(finder, length);
            }
            longAnswer.read(in, count);
        }
        filled += count;
    }

    private void finish() {
        FrameType whole = type;
        type = null;
        reservedForCall += reserved;
        reserved = 0;
        if (whole != FrameType.EXTRA_INFO) {
            inCall = true;
            frame.set(whole, callBytes, length, null);
        } else if (longAnswer == null) {
            frame.set(whole, answerBytes, length, null);
        } else {
            frame.set(whole, longAnswer.bytes(), length, longAnswer.body());
            longAnswer = null;
        }
        context.fireChannelRead(frame);
        frame.set(null, NONE, 0, null); // else it would keep a long frame's bytes until the connection's next frame
        if (!inCall) {
            callEnded();
        }
    }

    /** Whether a frame that begins a call was handed on and {@link #callEnded()} not called since. On the event loop. */
    public boolean inCall() {
        return inCall;
    }

    /**
     * The call in flight has ended: its memory serves the next one. To be called once for each frame that began a call, before the answer is written. On
     * the event loop.
     */
    public void callEnded() {
        inCall = false;
        if (callBytes.length > FrameMemory.UNCOUNTED) {
            callBytes = NONE;
        }
        if (reservedForCall > 0) {
            leaving += reservedForCall;
            reservedForCall = 0;
            if (!closed) {
                // A body that goes back to APISIX takes memory until it is written: bodies that come must not outrun those that go.
                context.executor().execute(this::releaseWhenWritten);
            }
        }
    }

    private void releaseWhenWritten() {
        if (leaving > 0 && (closed || context.channel().isWritable())) {
            int bytes = leaving;
            leaving = 0;
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
        releaseWhenWritten();
        callBytes = NONE;
        answerBytes = NONE;
        longAnswer = null;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        releaseWhenWritten();
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
        return callBytes.length + answerBytes.length + (longAnswer == null ? 0 : longAnswer.held());
    }

    /** When bytes of the frame under way last came, by {@link System#nanoTime()}. On the event loop. */
    public long lastProgress() {
        return lastProgress;
    }
}
