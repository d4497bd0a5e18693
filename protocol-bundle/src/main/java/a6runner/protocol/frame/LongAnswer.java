// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import io.netty.buffer.ByteBuf;

/**
 * A long answer on its way in. Its beginning tells where its body lies; then the body is read into an array of exactly its length, which whoever asked may
 * keep: so a body is copied once on its way from the socket to the plugin. New for each; on the event loop.
 */
final class LongAnswer {

    private static final byte[] NONE = {};

    private final BodyFinder finder;
    private final int length;
    private byte[] bytes = NONE; // the payload's beginning, or all of it if that doesn't tell
    private byte[] body; // null until it was found
    private int from; // of the body in the payload
    private int filled;

    LongAnswer(BodyFinder finder, int length) {
        this.finder = finder;
        this.length = length;
    }

    /** Takes so many bytes, which belong to the payload. */
    void read(ByteBuf in, int count) {
        int left = count;
        if (filled < PayloadArray.HEAD) {
            left -= fill(in, Math.min(left, PayloadArray.HEAD - filled));
            if (left == 0) {
                return;
            }
        }
        if (filled == PayloadArray.HEAD && body == null) {
            findBody();
        }
        if (body == null) {
            fill(in, left);
        } else {
            int wanted = Math.min(left, from + body.length - filled);
            if (wanted > 0) {
                in.readBytes(body, filled - from, wanted);
                left -= wanted;
                filled += wanted;
            }
            in.skipBytes(left); // what FlatBuffers fills up with
            filled += left;
        }
    }

    private int fill(ByteBuf in, int count) {
        bytes = PayloadArray.withRoom(bytes, filled + count, length);
        in.readBytes(bytes, filled, count);
        filled += count;
        return count;
    }

    private void findBody() {
        BodyFinder.Place place = finder.find(bytes, filled, length);
        if (place != null && place.from() <= filled) {
            from = place.from();
            body = new byte[place.length()];
            System.arraycopy(bytes, from, body, 0, Math.min(filled - from, body.length));
        }
    }

    /** The body when all has come, null if it was not found and has to be looked for in {@link #bytes}. */
    byte[] body() {
        return body;
    }

    /** The payload from index 0; only its beginning if there is a {@link #body}. */
    byte[] bytes() {
        return bytes;
    }

    /** How many bytes its arrays have. */
    int held() {
        return bytes.length + (body == null ? 0 : body.length);
    }
}
