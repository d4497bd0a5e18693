// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.http;

import a6runner.testkit.wire.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

/** Writes heads and bodies to a stream, as they are given: a wrong length goes out as one. */
public final class HttpOutput {

    private static final int CHUNK = 32 * 1024;

    private final OutputStream out;

    /** Writes to the stream, each message by one write where it is small. */
    public HttpOutput(OutputStream out) {
        this.out = out;
    }

    /** Writes a request; the body may be null. */
    public void request(String method, byte[] target, List<Entry> headers, byte[] body) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write((method + " ").getBytes(US_ASCII));
        head.write(target);
        head.write(" HTTP/1.1\r\n".getBytes(US_ASCII));
        write(head, headers, body == null ? new byte[0] : body);
    }

    /** Writes a response whose headers say how long the body is, if it has one. */
    public void response(ResponseHead head, byte[] body) throws IOException {
        write(statusLine(head), head.headers(), body);
    }

    /** Writes a response whose headers say that its body is chunked. */
    public void chunkedResponse(ResponseHead head, byte[] body) throws IOException {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream(body.length + 64);
        for (int from = 0; from < body.length; from += CHUNK) {
            int length = Math.min(CHUNK, body.length - from);
            chunks.write((Integer.toHexString(length) + "\r\n").getBytes(US_ASCII));
            chunks.write(body, from, length);
            chunks.write("\r\n".getBytes(US_ASCII));
        }
        chunks.write("0\r\n\r\n".getBytes(US_ASCII));
        write(statusLine(head), head.headers(), chunks.toByteArray());
    }

    /** Asks a client that waits for it to send its body. */
    public void goOn() throws IOException {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII));
        out.flush();
    }

    private static ByteArrayOutputStream statusLine(ResponseHead head) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.write(("HTTP/1.1 " + head.status() + " " + head.reason() + "\r\n").getBytes(ISO_8859_1));
        return line;
    }

    private void write(ByteArrayOutputStream line, List<Entry> headers, byte[] body) throws IOException {
        for (Entry header : headers) {
            line.write(header.name().bytes());
            line.write(": ".getBytes(US_ASCII));
            line.write(header.value().bytes());
            line.write("\r\n".getBytes(US_ASCII));
        }
        line.write("\r\n".getBytes(US_ASCII));
        line.write(body);
        out.write(line.toByteArray());
        out.flush();
    }
}
