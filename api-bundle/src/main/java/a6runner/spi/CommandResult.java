// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

/**
 * What a command of the shell may return where its exit code matters: what it prints on stdout, and the exit code of {@code a6runner shell COMMAND}. A
 * command that returns anything else has the exit code 0. Immutable; any thread.
 *
 * @param exitCode 0 for yes; 10 to 99 are a command's own, see docs/shell.md for those below
 * @param text what is printed, without a line break at the end
 */
public record CommandResult(int exitCode, String text) {

    /** As the shell prints it. */
    @Override
    public String toString() {
        return text;
    }
}
