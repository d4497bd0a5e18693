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
    private byte[] body;

    void set(FrameType newType, byte[] newBytes, int newLength, byte[] newBody) {
        type = newType;
        bytes = newBytes;
        length = newLength;
        body = newBody;
    }

    /** What it holds. */
    public FrameType type() {
        return type;
    }

    /** The payload's bytes from index 0, but only the first of them if there is a {@link #body}; the array may be longer than the payload. */
    public byte[] bytes() {
        return bytes;
    }

    /** The payload's length in bytes. */
    public int length() {
        return length;
    }

    /** The body of a long answer in an array of its own, which belongs to whoever takes it; null if it is still within {@link #bytes}. */
    public byte[] body() {
        return body;
    }
}
