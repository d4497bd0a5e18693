// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** Decodes a body of an upstream's response by its content-encoding. No state; any thread; works through the whole body. */
final class BodyDecoder {

    private static final int CHUNK = 16 * 1024;

    private BodyDecoder() {}

    /**
     * The decoded body; the body itself if it is not in gzip or deflate.
     *
     * @param encoding content-encoding, or null
     * @throws IllegalStateException if it is not what it says it is, or decodes to more than {@code max} bytes
     */
    static byte[] decode(byte[] body, String encoding, long max) {
        if (encoding == null || body.length == 0) {
            return body;
        }
        try {
            switch (encoding.trim().toLowerCase(Locale.ROOT)) {
                case "gzip":
                case "x-gzip":
                    return read(new GZIPInputStream(new ByteArrayInputStream(body)), max);
                case "deflate":
                    // Some servers send zlib's format, as the standard says, some the bare one.
                    boolean zlib = (body[0] & 0x0F) == 8 && body.length > 1 && ((body[0] & 0xFF) << 8 | body[1] & 0xFF) % 31 == 0;
                    Inflater inflater = new Inflater(!zlib);
                    try {
                        return read(new InflaterInputStream(new ByteArrayInputStream(body), inflater), max);
                    } finally {
                        inflater.end();
                    }
                default:
                    return body;
            }
        } catch (IOException e) {
            throw new IllegalStateException("the upstream's body says content-encoding " + encoding + " and can't be decoded: " + e.getMessage(), e);
        }
    }

    private static byte[] read(InputStream in, long max) throws IOException {
        try (in) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(CHUNK);
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (out.size() + (long) count > max) {
                    throw new IOException("it is longer than body.max, " + max + " bytes");
                }
                out.write(chunk, 0, count);
            }
            return out.toByteArray();
        }
    }
}
