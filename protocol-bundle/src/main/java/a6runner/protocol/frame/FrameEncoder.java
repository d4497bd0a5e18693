// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;

/** Puts the header before a payload. On the event loop; no state. */
public final class FrameEncoder {

    private FrameEncoder() {}

    /**
     * A whole frame in one buffer, which the caller owns; the payload is copied and its position kept.
     *
     * @throws FrameException if the payload is longer than a frame can say
     */
    public static ByteBuf encode(ByteBufAllocator allocator, FrameType type, ByteBuffer payload) throws FrameException {
        int length = payload.remaining();
        if (length > FrameLayout.MAX_PAYLOAD) {
            throw new FrameException("the reply is too long: " + length + " bytes (expected: up to " + FrameLayout.MAX_PAYLOAD + ")");
        }
        ByteBuf frame = allocator.ioBuffer(FrameLayout.HEADER_LENGTH + length, FrameLayout.HEADER_LENGTH + length);
        frame.writeInt(FrameLayout.header(type, length));
        if (payload.hasArray()) {
            return frame.writeBytes(payload.array(), payload.arrayOffset() + payload.position(), length);
        }
        return frame.writeBytes(payload.duplicate());
    }
}
