// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

/**
 * Where things are in a frame (WIRE.md). Nobody else knows these numbers.
 *
 * <pre>
 *  0       1                       4
 *  +-------+-----------------------+----------------- - - -+
 *  | type  | length of the payload | payload               |
 *  | 1 byte| 3 bytes, big-endian   | a FlatBuffers table   |
 *  +-------+-----------------------+----------------- - - -+
 * </pre>
 */
public final class FrameLayout {

    /** Bytes before the payload. */
    public static final int HEADER_LENGTH = 4;

    /** The longest payload, in bytes; the header is not counted. */
    public static final int MAX_PAYLOAD = 0xFF_FF_FF;

    private FrameLayout() {}

    /** The type's code in a header read as a big-endian int, 0 to 255. */
    static int type(int header) {
        return header >>> 24;
    }

    /** The payload's length in a header read as a big-endian int, 0 to {@link #MAX_PAYLOAD}. */
    static int length(int header) {
        return header & MAX_PAYLOAD;
    }

    /** Writes a header at the beginning of an array. */
    static void putHeader(byte[] bytes, FrameType type, int length) {
        bytes[0] = (byte) type.code();
        bytes[1] = (byte) (length >>> 16);
        bytes[2] = (byte) (length >>> 8);
        bytes[3] = (byte) length;
    }
}
