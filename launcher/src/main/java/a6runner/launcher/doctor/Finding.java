// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

/**
 * One thing that was looked at.
 *
 * @param severity how bad it is
 * @param check what was looked at, in a word
 * @param what what was found and where, a sentence without a full stop
 * @param mend what to change; empty where nothing has to be
 */
public record Finding(Severity severity, String check, String what, String mend) {

    /** How bad a finding is. */
    public enum Severity {
        /** As it should be. */
        OK,
        /** Worth knowing. */
        NOTE,
        /** May be meant, and often isn't. */
        WARNING,
        /** Doesn't work so. */
        FAULT
    }

    public static Finding ok(String check, String what) {
        return new Finding(Severity.OK, check, what, "");
    }

    public static Finding note(String check, String what) {
        return new Finding(Severity.NOTE, check, what, "");
    }

    public static Finding warning(String check, String what, String mend) {
        return new Finding(Severity.WARNING, check, what, mend);
    }

    public static Finding fault(String check, String what, String mend) {
        return new Finding(Severity.FAULT, check, what, mend);
    }
}
