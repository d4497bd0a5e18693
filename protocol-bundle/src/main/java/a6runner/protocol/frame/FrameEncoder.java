// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Puts the header before a payload. On the event loop; no state. */
public final class FrameEncoder {

    private FrameEncoder() {}

    /**
     * A whole frame in one buffer, which the caller owns: header, then the payload in two parts, both copied.
     *
     * @param bytes {@link FrameLayout#HEADER_LENGTH} bytes of room, written here, and the payload's first part behind them
     * @param end where the first part ends
     * @param tail the payload's second part, maybe empty
     * @throws FrameException if the payload is longer than a frame can say
     */
    public static ByteBuf encode(ByteBufAllocator allocator, FrameType type, byte[] bytes, int end, byte[] tail) throws FrameException {
        long length = (long) end - FrameLayout.HEADER_LENGTH + tail.length;
        if (length > FrameLayout.MAX_PAYLOAD) {
            throw new FrameException("the reply is too long: " + length + " bytes (expected: up to " + FrameLayout.MAX_PAYLOAD + ")");
        }
        FrameLayout.putHeader(bytes, type, (int) length);
        ByteBuf frame = allocator.ioBuffer(end + tail.length, end + tail.length).writeBytes(bytes, 0, end);
        return tail.length == 0 ? frame : frame.writeBytes(tail);
    }
}
