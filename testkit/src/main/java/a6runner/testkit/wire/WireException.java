// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

/** Bytes that are not the message they should be; the message is a sentence that says where and why. */
public final class WireException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WireException(String message) {
        super(message);
    }
}
