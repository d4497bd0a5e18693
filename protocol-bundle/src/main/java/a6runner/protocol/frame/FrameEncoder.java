// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Puts the header before a payload. One per event loop, used by its thread only, until it is closed.
 *
 * <p>Short frames go out in a buffer that serves again and again: it is free as soon as the socket has taken it, which is before the next frame unless a
 * peer doesn't read.
 */
public final class FrameEncoder implements AutoCloseable {

    private static final int SHORT = 8 * 1024;

    private final ByteBufAllocator allocator;
    private ByteBuf kept; // null until there was a frame

    /** An encoder whose buffers come from the allocator. */
    public FrameEncoder(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * A whole frame in one buffer, which the caller owns and releases: header, then the payload in two parts, both copied.
     *
     * @param bytes {@link FrameLayout#HEADER_LENGTH} bytes of room, written here, and the payload's first part behind them
     * @param end where the first part ends
     * @param tail the payload's second part, maybe empty
     * @throws FrameException if the payload is longer than a frame can say, or there is no memory for it
     */
    public ByteBuf encode(FrameType type, byte[] bytes, int end, byte[] tail) throws FrameException {
        long length = (long) end - FrameLayout.HEADER_LENGTH + tail.length;
        if (length > FrameLayout.MAX_PAYLOAD) {
            throw new FrameException("the reply is too long: " + length + " bytes (expected: up to " + FrameLayout.MAX_PAYLOAD + ")");
        }
        FrameLayout.putHeader(bytes, type, (int) length);
        ByteBuf frame = buffer(end + tail.length).writeBytes(bytes, 0, end);
        return tail.length == 0 ? frame : frame.writeBytes(tail);
    }

    private ByteBuf buffer(int length) throws FrameException {
        if (length > SHORT) {
            return longBuffer(length);
        }
        if (kept == null) {
            kept = allocator.ioBuffer(SHORT, SHORT);
        }
        return kept.refCnt() == 1 ? kept.clear().retain() : allocator.ioBuffer(length, length);
    }

    // The JVM ends itself when its heap is exhausted; memory outside of it comes back as answers are read.
    private ByteBuf longBuffer(int length) throws FrameException {
        try {
            return allocator.ioBuffer(length, length);
        } catch (OutOfMemoryError e) {
            throw new FrameException("there is no memory for a reply of " + length + " bytes, since too many are not read by APISIX: " + e.getMessage());
        }
    }

    /** Lets go of the buffer. When no frame will be encoded any more, from any thread. */
    @Override
    public void close() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }
}
