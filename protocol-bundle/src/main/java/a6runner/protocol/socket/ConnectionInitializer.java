// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.call.CallHandler;
import a6runner.protocol.call.ConnectionLoop;
import a6runner.protocol.frame.FrameDecoder;
import a6runner.protocol.frame.FrameMemory;
import a6runner.protocol.message.ExtraInfoMessage;
import a6runner.spi.CallService;
import io.netty.channel.Channel;

/**
 * Sets up a connection: what its bytes pass, in order of travel. Bytes come in and become frames ({@link FrameDecoder}); a frame becomes a message and a
 * call ({@link CallHandler}), which the {@link CallService} answers; the answer becomes a frame (MessageEncoder, FrameEncoder) and leaves in one write.
 */
final class ConnectionInitializer {

    private final CallService service;
    private final FrameMemory memory;
    private final boolean denyInResponsePhase;

    ConnectionInitializer(CallService service, FrameMemory memory, boolean denyInResponsePhase) {
        this.service = service;
        this.memory = memory;
        this.denyInResponsePhase = denyInResponsePhase;
    }

    void initialize(Channel channel, ConnectionLoop loop) {
        FrameDecoder frames = new FrameDecoder(memory, ExtraInfoMessage::find);
        channel.pipeline().addLast(frames).addLast(new CallHandler(service, loop, frames, denyInResponsePhase));
    }
}
