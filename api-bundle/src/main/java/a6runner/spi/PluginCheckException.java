// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

/** Why a plugin bundle can't come into service; the message is a sentence for the operator. */
public final class PluginCheckException extends Exception {

    private static final long serialVersionUID = 1L;

    /** A reason, and what is behind it, maybe null. */
    public PluginCheckException(String message, Throwable cause) {
        super(message, cause);
    }
}
