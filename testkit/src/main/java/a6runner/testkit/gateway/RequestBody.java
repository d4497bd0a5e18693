// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.http.Headers;
import a6runner.testkit.http.HttpException;
import a6runner.testkit.http.HttpInput;
import a6runner.testkit.http.HttpOutput;
import a6runner.testkit.http.RequestHead;
import a6runner.testkit.wire.Entry;
import java.io.IOException;
import java.util.List;

/**
 * A request's body, read from the connection when somebody wants it and not before, as nginx does: a content-length that a plugin has set until then decides
 * how much is read. Too large, and the request hangs; too small, and the rest is the client's next request (APISIX.md §7).
 */
final class RequestBody {

    private static final long MAX_LENGTH = 1 << 30;

    private final HttpInput in;
    private final HttpOutput out;
    private final boolean chunked;
    private boolean awaited;
    private byte[] bytes;

    RequestBody(HttpInput in, HttpOutput out, RequestHead head) {
        this.in = in;
        this.out = out;
        this.chunked = Headers.hasToken(head.headers(), "transfer-encoding", "chunked");
        this.awaited = head.minor() > 0 && Headers.hasToken(head.headers(), "expect", "100-continue");
    }

    /** The body by these headers, or what it was replaced by; of no bytes if there is none. */
    byte[] read(List<Entry> headers) throws IOException {
        if (bytes == null) {
            long length = Headers.contentLength(headers);
            if (length > MAX_LENGTH) {
                throw new HttpException(413, "a body of " + length + " bytes (expected: at most " + MAX_LENGTH + ")");
            }
            if (awaited && (chunked || length > 0)) {
                out.goOn();
                awaited = false;
            }
            bytes = chunked ? in.readChunked() : in.readBytes(Math.max(0, length));
        }
        return bytes;
    }

    /** Puts another body in the place of one that has been read. */
    void replace(byte[] by) {
        bytes = by;
    }

    /** Whether the connection can carry another request: not if the client still waits to be asked for its body. */
    boolean isOver(List<Entry> headers) throws IOException {
        if (awaited && bytes == null && (chunked || Headers.contentLength(headers) > 0)) {
            return false;
        }
        read(headers);
        return true;
    }
}
