// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

/** Ends the program with one line on stderr, which is the message, and an exit code. */
final class Refusal extends RuntimeException {

    /** Something didn't work. */
    static final int FAILED = 1;
    /** Command line, settings or surroundings are wrong; starting again unchanged is of no use. */
    static final int WRONG = 2;

    private final int exitCode;

    private Refusal(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    static Refusal wrong(String message) {
        return new Refusal(WRONG, message);
    }

    static Refusal failed(String message) {
        return new Refusal(FAILED, message);
    }

    /** Ends with another program's exit code. */
    static Refusal with(int exitCode, String message) {
        return new Refusal(exitCode, message);
    }

    int exitCode() {
        return exitCode;
    }
}
