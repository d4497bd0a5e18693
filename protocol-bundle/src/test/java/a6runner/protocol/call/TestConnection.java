// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.frame.FrameDecoder;
import a6runner.protocol.frame.FrameMemory;
import a6runner.protocol.message.ExtraInfoMessage;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A connection as ConnectionInitializer makes it, with a test's hands at both ends. */
final class TestConnection {

    final FrameMemory memory = new FrameMemory(0);
    final EmbeddedChannel channel = new EmbeddedChannel();
    final ConnectionLoop loop = new ConnectionLoop(3, channel.eventLoop(), TimeUnit.SECONDS.toNanos(60));
    final FrameDecoder frames = new FrameDecoder(memory, ExtraInfoMessage::find);
    final CallHandler handler;

    TestConnection(FakeCallService service, boolean denyInResponsePhase) {
        handler = new CallHandler(service, loop, frames, denyInResponsePhase);
        channel.pipeline().addLast(frames).addLast(handler);
        channel.pipeline().fireChannelActive();
    }

    void comes(byte[] bytes) {
        channel.writeInbound(channel.alloc().buffer(Math.max(1, bytes.length)).writeBytes(bytes));
    }

    void comes(Message message) {
        comes(message.frame().toBytes());
    }

    /** What has left since the last time, frame by frame. */
    List<Frame> left() {
        List<Frame> left = new ArrayList<>();
        byte[] all = {};
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            int before = all.length;
            all = Arrays.copyOf(all, before + buffer.readableBytes());
            buffer.readBytes(all, before, all.length - before);
            buffer.release();
        }
        for (int at = 0; at < all.length;) {
            int end = at + 4 + Frame.announcedLength(Arrays.copyOfRange(all, at, at + 4));
            left.add(Frame.parse(Arrays.copyOfRange(all, at, end)));
            at = end;
        }
        return left;
    }

    /** What has left since the last time, as APISIX reads it. */
    List<Message> replies() {
        return left().stream().map(frame -> Message.decode(Direction.TO_APISIX, frame)).toList();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    void passes(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    void isWritable(boolean writable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
        channel.runPendingTasks();
    }

    void end() {
        channel.finishAndReleaseAll();
        loop.free();
    }
}
