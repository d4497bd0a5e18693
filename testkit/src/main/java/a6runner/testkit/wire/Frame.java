// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

import java.util.Arrays;

/**
 * One frame: a type byte, a three-byte big-endian length, and that many bytes of payload (WIRE.md).
 *
 * @param type 0 to 255, see {@link FrameType}
 * @param payload the bytes after the header, not copied
 */
public record Frame(int type, byte[] payload) {

    /** How long a frame's header is. */
    public static final int HEADER_LENGTH = 4;
    /** The longest payload that a header can announce. */
    public static final int MAX_PAYLOAD = 0xFF_FFFF;

    /** A frame; throws {@link IllegalArgumentException} for a type or a payload that no header can carry. */
    public Frame {
        if (type < 0 || type > 255) {
            throw new IllegalArgumentException("type: " + type + " (expected: 0..255)");
        }
        if (payload.length > MAX_PAYLOAD) {
            throw new IllegalArgumentException("the max length of data is " + MAX_PAYLOAD + " but got " + payload.length);
        }
    }

    /** The payload's length that a header announces. */
    public static int announcedLength(byte[] header) {
        return (header[1] & 0xFF) << 16 | (header[2] & 0xFF) << 8 | header[3] & 0xFF;
    }

    /** The bytes of a frame that may be a lie: any type, any announced length, any bytes after it. */
    public static byte[] raw(int type, int announcedLength, byte[] bytes) {
        byte[] raw = new byte[HEADER_LENGTH + bytes.length];
        raw[0] = (byte) type;
        raw[1] = (byte) (announcedLength >> 16);
        raw[2] = (byte) (announcedLength >> 8);
        raw[3] = (byte) announcedLength;
        System.arraycopy(bytes, 0, raw, HEADER_LENGTH, bytes.length);
        return raw;
    }

    /** The frame that these bytes are, to the last one; throws {@link WireException} if they are less or more than one. */
    public static Frame parse(byte[] bytes) {
        if (bytes.length < HEADER_LENGTH) {
            throw new WireException("A frame has a header of 4 bytes, but these are " + bytes.length + ".");
        }
        int announced = announcedLength(bytes);
        if (announced != bytes.length - HEADER_LENGTH) {
            throw new WireException("The header announces " + announced + " bytes, but " + (bytes.length - HEADER_LENGTH) + " follow it.");
        }
        return new Frame(bytes[0] & 0xFF, Arrays.copyOfRange(bytes, HEADER_LENGTH, bytes.length));
    }

    /** Header and payload. */
    public byte[] toBytes() {
        return raw(type, payload.length, payload);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Frame frame && type == frame.type && Arrays.equals(payload, frame.payload);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return FrameType.name(type) + " with " + payload.length + " bytes";
    }
}
