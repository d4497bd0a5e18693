// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

/**
 * The frame that has just arrived on a connection: one object per connection, filled anew for each frame, valid while it is handed on. Its bytes are
 * the connection's until {@link FrameDecoder#callEnded()}. On the event loop only; who lets another thread read {@link #bytes} must guard that itself.
 */
public final class Frame {

    private FrameType type;
    private byte[] bytes;
    private int length;

    void set(FrameType newType, byte[] newBytes, int newLength) {
        type = newType;
        bytes = newBytes;
        length = newLength;
    }

    /** What it holds. */
    public FrameType type() {
        return type;
    }

    /** The payload's bytes from index 0; the array may be longer than the payload. */
    public byte[] bytes() {
        return bytes;
    }

    /** The payload's length in bytes. */
    public int length() {
        return length;
    }
}
