// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.http;

import java.io.IOException;

/** Bytes that are no HTTP/1.1. */
public final class HttpException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int status;

    /** An error to be answered with this status, if it was a request. */
    public HttpException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** What a server answers. */
    public int status() {
        return status;
    }
}
