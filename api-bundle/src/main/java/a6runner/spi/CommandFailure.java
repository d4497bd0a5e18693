// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

/** Thrown by a command of the shell that can't do what it is told: a sentence for its user, who sees it on stderr without a stack trace. */
public final class CommandFailure extends RuntimeException {

    /** The exit code where nothing else is said. */
    public static final int FAILED = 1;

    /** The exit code of wrong usage: another command line is needed. */
    public static final int USAGE = 2;

    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** A failure with exit code {@link #FAILED}. */
    public CommandFailure(String sentence) {
        this(FAILED, sentence);
    }

    /** A failure with an exit code from 1 to 99. */
    public CommandFailure(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    /** The exit code of {@code a6runner shell COMMAND}. */
    public int exitCode() {
        return exitCode;
    }
}
