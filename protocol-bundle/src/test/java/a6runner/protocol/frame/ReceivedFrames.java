// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Stands where the call handler stands: keeps what a {@link FrameDecoder} hands on, and ends calls at once if told so. */
final class ReceivedFrames extends ChannelInboundHandlerAdapter {

    record Received(FrameType type, byte[] payload) {}

    final List<Received> frames = new ArrayList<>();
    final List<Throwable> faults = new ArrayList<>();
    byte[] lastArray;
    byte[] lastBody;
    Frame lastFrame; // the connection's, filled anew each time
    FrameDecoder endsCallsOf;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        lastFrame = frame;
        lastArray = frame.bytes();
        lastBody = frame.body();
        frames.add(new Received(frame.type(), Arrays.copyOf(frame.bytes(), frame.length())));
        if (endsCallsOf != null && frame.type() != FrameType.EXTRA_INFO) {
            endsCallsOf.callEnded();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        faults.add(cause);
    }
}
