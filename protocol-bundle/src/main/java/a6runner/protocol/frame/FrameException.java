// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

/** What came can't be cut into frames any more; the connection has to be closed. Without stack trace: it says what the peer did. */
public final class FrameException extends Exception {

    private static final long serialVersionUID = 1L;

    public FrameException(String message) {
        super(message, null, false, false);
    }
}
