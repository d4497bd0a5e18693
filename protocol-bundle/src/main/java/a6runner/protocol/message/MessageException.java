// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

/** A payload is not the message that its frame says; the connection is still in step. Without stack trace: it says what the peer did. */
public final class MessageException extends Exception {

    private static final long serialVersionUID = 1L;

    public MessageException(String message) {
        super(message, null, false, false);
    }
}
