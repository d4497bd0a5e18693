// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.frame.Frame;
import a6runner.protocol.frame.FrameDecoder;
import a6runner.protocol.frame.FrameException;
import a6runner.protocol.message.ExtraInfoMessage;
import a6runner.protocol.message.MessageException;
import a6runner.protocol.message.PrepareMessage;
import a6runner.protocol.message.ResponseMessage;
import a6runner.spi.CallFailure;
import a6runner.spi.CallLoop;
import a6runner.spi.CallService;
import a6runner.spi.ConnectionsView.Connection;
import a6runner.spi.ExchangeCall;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of one connection, one after the other: hands each to the {@link CallService} and sees to it that it gets exactly one reply, or that the
 * connection is closed. One per connection, on its event loop.
 */
public final class CallHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(CallHandler.class);

    private static final PeerFaults FAULTS = new PeerFaults(LOG, System::nanoTime);
    private static final long DRAIN_GRACE_MILLIS = 50;
    private static final long LEAVE_AGAIN_MILLIS = 5;

    private final CallService service;
    private final ConnectionLoop loop;
    private final FrameDecoder frames;
    private final ErrorReplies errors;
    private final ExtraInfoExchange exchange = new ExtraInfoExchange();

    private ChannelHandlerContext context;
    private InFlight inFlight; // null between calls
    private Runnable disconnectTask;
    private boolean closing;
    private boolean draining;
    private ConnectionLoop.Taker taker; // null unless another process is to take the connection
    private long unreadSince; // 0 while the peer reads
    private long opened;
    private long calls;

    /**
     * A handler for one connection.
     *
     * @param denyInResponsePhase whether a fault in the response phase is answered with a 503 instead of an error frame
     */
    public CallHandler(CallService service, ConnectionLoop loop, FrameDecoder frames, boolean denyInResponsePhase) {
        this.service = service;
        this.loop = loop;
        this.frames = frames;
        this.errors = new ErrorReplies(denyInResponsePhase);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        opened = System.nanoTime();
        loop.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        try {
            switch (frame.type()) {
                case EXTRA_INFO -> takeAnswer(frame);
                case PREPARE_CONF -> {
                    PrepareInFlight call = new PrepareInFlight(this, PrepareMessage.decode(frame.bytes(), frame.length()));
                    if (begin(call)) {
                        service.prepare(call);
                    }
                }
                case HTTP_REQ_CALL -> {
                    RequestInFlight call = new RequestInFlight(this, frame.bytes(), frame.length());
                    if (begin(call)) {
                        service.serve(call);
                    }
                }
                case HTTP_RESP_CALL -> {
                    ResponseInFlight call = new ResponseInFlight(this, frame.bytes(), frame.length());
                    if (begin(call)) {
                        service.serve(call);
                    }
                }
                default -> throw new IllegalStateException(frame.type().toString());
            }
        } catch (MessageException e) {
            unreadable(e);
        } catch (RuntimeException | Error e) {
            LOG.error("a call failed in the runner itself; it is refused", e);
            if (inFlight != null) {
                fail(inFlight, CallFailure.FAULT);
            } else if (frames.inCall()) {
                ctx.close(); // it failed before it was a call: nobody else would answer
            }
            if (e instanceof VirtualMachineError) {
                throw e;
            }
        }
    }

    private boolean begin(InFlight call) {
        loop.callBegins();
        if (exchange.hasStale()) {
            outOfStep("a call began before the questions of the call before were answered");
            return false;
        }
        inFlight = call;
        calls++;
        return true;
    }

    private void takeAnswer(Frame frame) {
        if (!exchange.expectsAnswer()) {
            outOfStep("frame out of place: EXTRA_INFO without a question");
            return;
        }
        byte[] result;
        try {
            result = frame.body() != null ? frame.body() : ExtraInfoMessage.decode(frame.bytes(), frame.length());
        } catch (MessageException e) {
            outOfStep("bad answer from APISIX: " + e.getMessage());
            return;
        }
        exchange.answered(result);
        if (taker != null) {
            context.executor().execute(this::leave);
        }
    }

    // The frame was whole, so the stream is still in step.
    private void unreadable(MessageException e) {
        if (exchange.hasStale()) {
            outOfStep("bad frame from APISIX: " + e.getMessage());
            return;
        }
        FAULTS.warn("bad frame from APISIX: " + e.getMessage() + "; answered BAD_REQUEST");
        frames.callEnded();
        write(errors::unreadable);
    }

    private void outOfStep(String what) {
        FAULTS.warn(what + "; answered BAD_REQUEST, connection closed");
        abandon();
        write(errors::unreadable);
        closeAfterWrite();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof FrameException) {
            outOfStep(cause.getMessage());
        } else if (cause instanceof IOException) {
            LOG.debug("connection lost: {}", cause.toString());
            ctx.close();
        } else {
            LOG.error("connection closed by a fault in the runner", cause);
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (frames.halfway()) {
            loop.watch(this);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            loop.watch(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (frames.halfway() && !closing) {
            FAULTS.warn("the connection ended in the midst of a frame");
        }
        abandon();
        loop.closed(this);
    }

    /** The call is over without an answer. */
    private void abandon() {
        if (inFlight != null) {
            Runnable task = disconnectTask;
            ended();
            if (task != null) {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("what was to be done when the connection went failed", e);
                }
            }
        }
    }

    private void ended() {
        inFlight.close();
        inFlight = null;
        disconnectTask = null;
        exchange.callEnded();
        frames.callEnded();
    }

    CallLoop loop() {
        return loop;
    }

    void onDisconnect(InFlight call, Runnable task) {
        if (call == inFlight) {
            disconnectTask = task;
        }
    }

    void answer(InFlight call, InFlight.Reply reply) {
        if (call != inFlight) {
            return;
        }
        ByteBuf frame;
        try {
            frame = reply.build(loop.encoder());
        } catch (FrameException | RuntimeException e) {
            LOG.error("a reply can't be sent: {}; the call is refused", e.getMessage());
            fail(call, CallFailure.FAULT);
            return;
        }
        ended();
        send(frame);
    }

    void fail(InFlight call, CallFailure failure) {
        if (call != inFlight) {
            return;
        }
        ResponseMessage response = call instanceof ResponseMessage message ? message : null;
        ByteBuf frame;
        try {
            frame = errors.failure(loop.encoder(), failure, response);
        } catch (FrameException e) {
            throw new IllegalStateException(e); // they are all short
        }
        ended();
        send(frame);
    }

    private void write(InFlight.Reply reply) {
        try {
            send(reply.build(loop.encoder()));
        } catch (FrameException e) {
            throw new IllegalStateException(e); // only used for short ones
        }
    }

    private void send(ByteBuf frame) {
        context.writeAndFlush(frame, context.voidPromise());
        if (draining) {
            closeAfterWrite();
        } else if (taker != null) {
            context.executor().execute(this::leave);
        }
    }

    void ask(InFlight call, ExchangeCall.Answer answer, InFlight.Reply question) {
        if (call != inFlight) {
            return;
        }
        try {
            ByteBuf frame = question.build(loop.encoder());
            exchange.ask(answer);
            context.write(frame, context.voidPromise());
        } catch (FrameException e) {
            throw new IllegalArgumentException(e.getMessage());
        }
    }

    void flush() {
        context.flush();
    }

    private void closeAfterWrite() {
        if (!closing) {
            closing = true;
            frames.close();
            context.writeAndFlush(context.alloc().buffer(0, 0)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Looks whether the peer has stood still for too long, and closes then; false when there is nothing to look after any more. On the loop. */
    boolean sweep(long now, long stillNanos, long memoryNanos) {
        Channel channel = context.channel();
        if (!channel.isActive()) {
            return false;
        }
        boolean unread = !channel.isWritable();
        boolean halfway = frames.halfway();
        if (!unread) {
            unreadSince = 0;
        } else if (unreadSince == 0) {
            unreadSince = now;
        }
        long halfwayFor = halfway ? now - frames.lastProgress() : 0;
        if (unread && now - unreadSince > stillNanos) {
            FAULTS.warn("connection closed: its answer was not read for " + stillNanos / 1_000_000_000 + " s");
            closing = true;
            channel.close();
        } else if (frames.waitsForMemory() && halfwayFor > stillNanos) {
            FAULTS.warn("connection closed: there was no memory for its frame for " + stillNanos / 1_000_000_000
                    + " s; too many long bodies at once (frames.memory)");
            closing = true;
            channel.close();
        } else if (halfwayFor > stillNanos || frames.holdsMemory() && halfwayFor > memoryNanos) {
            FAULTS.warn("connection closed: half a frame came, then nothing for " + halfwayFor / 1_000_000_000 + " s");
            closing = true;
            channel.close();
        }
        return unread || halfway;
    }

    /** Whether a call is in flight or on its way in. On the loop. */
    boolean busy() {
        return inFlight != null || frames.halfway();
    }

    /** What is to be told of it. On the loop. */
    Connection view(long now, long peerPid) {
        String state = inFlight instanceof PrepareInFlight ? "prepare" : inFlight instanceof RequestInFlight ? "request" : inFlight != null ? "response"
                : frames.halfway() ? "receiving" : "idle";
        return new Connection(loop.index(), peerPid, (now - opened) / 1_000_000_000, calls, state);
    }

    /** The runner stops: the connection is closed after the answer of its call in flight, or soon if there is none. On the loop. */
    void drain() {
        draining = true;
        // A frame may have been sent but not read yet.
        context.executor().schedule(() -> {
            if (!busy()) {
                closeAfterWrite();
            }
        }, DRAIN_GRACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Another process takes the connection as soon as there is nothing of a call on this side: no call in flight, no part of a frame, no answer on its way.
     * What is in the kernel goes along. On the loop.
     */
    void leaveTo(ConnectionLoop.Taker newTaker) {
        taker = newTaker;
        leave();
    }

    private void leave() {
        Channel channel = context.channel();
        if (closing || !channel.isActive() || busy() || exchange.hasStale()) {
            return; // gone, or the end of what goes on brings us here again
        }
        ChannelOutboundBuffer unwritten = channel.unsafe().outboundBuffer();
        ConnectionLoop.Taking taking = unwritten == null || unwritten.isEmpty() ? taker.take(channel) : ConnectionLoop.Taking.NOT_NOW;
        switch (taking) {
            case TAKEN -> {
                closing = true;
                frames.close();
                channel.close(); // on this side only
            }
            case NOT_NOW -> context.executor().schedule(this::leave, LEAVE_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            case NEVER -> taker = null;
        }
    }

    /** The connection. Any thread. */
    Channel channel() {
        return context.channel();
    }
}
