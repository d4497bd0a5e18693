// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.http;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Reads heads and bodies from a stream, never a byte further than it must: what follows a body is the next message. */
public final class HttpInput {

    private static final int MAX_LINE = 64 * 1024;
    private static final int MAX_HEADERS = 1000;

    private final InputStream in;

    /** Reads from the stream, by a buffer of its own. */
    public HttpInput(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /** The next request's head, null if the connection ends before one begins. */
    public RequestHead readRequest() throws IOException {
        String line = readLine();
        while (line != null && line.isEmpty()) {
            line = readLine();
        }
        if (line == null) {
            return null;
        }
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first <= 0 || last <= first || !line.substring(last + 1).matches("HTTP/1\\.[0-9]") || !line.substring(0, first).matches("[A-Z_-]+")) {
            throw new HttpException(400, "no HTTP/1 request line: " + line);
        }
        return new RequestHead(line.substring(0, first), line.substring(first + 1, last), line.endsWith("0") ? 0 : 1, readHeaders());
    }

    /** The next response's head, the ones of {@code 1xx} passed over. */
    public ResponseHead readResponse() throws IOException {
        while (true) {
            String line = readLine();
            if (line == null) {
                throw new EOFException("the connection ended before a response began");
            }
            if (!line.matches("HTTP/1\\.[0-9] [0-9]{3}( .*)?")) {
                throw new HttpException(502, "no HTTP/1 status line: " + line);
            }
            ResponseHead head = new ResponseHead(Integer.parseInt(line.substring(9, 12)), line.length() > 13 ? line.substring(13) : "", readHeaders());
            if (head.status() >= 200) {
                return head;
            }
        }
    }

    /** Exactly so many bytes; throws {@link EOFException} if the connection ends before. */
    public byte[] readBytes(long length) throws IOException {
        byte[] bytes = in.readNBytes(Math.toIntExact(length));
        if (bytes.length < length) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** A chunked body, decoded; its trailers are dropped. */
    public byte[] readChunked() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = readLine();
            String size = line == null ? "" : line.replaceAll("[;\\s].*", "");
            if (!size.matches("[0-9A-Fa-f]{1,8}")) {
                throw new HttpException(400, "no size of a chunk: " + line);
            }
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                readHeaders();
                return body.toByteArray();
            }
            body.write(readBytes(length));
            if (!"".equals(readLine())) {
                throw new HttpException(400, "a chunk is longer than its size, " + length);
            }
        }
    }

    /** All bytes up to the connection's end. */
    public byte[] readToEnd() throws IOException {
        return in.readAllBytes();
    }

    /** The body of a response with this head to a request of this method. */
    public byte[] readBody(ResponseHead head, String method) throws IOException {
        if (method.equals("HEAD") || head.status() == 204 || head.status() == 304) {
            return new byte[0];
        }
        if (Headers.hasToken(head.headers(), "transfer-encoding", "chunked")) {
            return readChunked();
        }
        long length = Headers.contentLength(head.headers());
        return length < 0 ? readToEnd() : readBytes(length);
    }

    private List<Entry> readHeaders() throws IOException {
        List<Entry> headers = new ArrayList<>();
        for (String line = readLine(); line != null && !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new HttpException(400, "no header: " + line);
            }
            if (headers.size() == MAX_HEADERS) {
                throw new HttpException(400, "more than " + MAX_HEADERS + " headers");
            }
            headers.add(new Entry(text(line.substring(0, colon)), text(line.substring(colon + 1).strip())));
        }
        return headers;
    }

    /** A line without its end, a character for each byte; null at the connection's end. */
    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                int length = line.length();
                if (length > 0 && line.charAt(length - 1) == '\r') {
                    line.setLength(length - 1);
                }
                return line.toString();
            }
            if (line.length() == MAX_LINE) {
                throw new HttpException(400, "a line is longer than " + MAX_LINE + " bytes");
            }
            line.append((char) b);
        }
        if (!line.isEmpty()) {
            throw new EOFException("the connection ended in the midst of a line");
        }
        return null;
    }

    private static Text text(String line) {
        return new Text(line.getBytes(ISO_8859_1));
    }
}
