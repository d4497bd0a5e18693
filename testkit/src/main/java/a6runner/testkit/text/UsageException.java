// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.text;

/** A command line that can't be understood; the message is one line that names the option. */
public final class UsageException extends Exception {

    private static final long serialVersionUID = 1L;

    /** With such a line. */
    public UsageException(String message) {
        super(message);
    }
}
