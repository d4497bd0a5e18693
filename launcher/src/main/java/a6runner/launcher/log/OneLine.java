// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

/** An exception in one line, its causes behind it. */
public final class OneLine {

    private OneLine() {
    }

    /** The message, or the class where there is none, and what the causes add to it. */
    public static String of(Throwable thrown) {
        String message = thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
        Throwable cause = thrown.getCause();
        String because = cause == null || message.contains(String.valueOf(cause.getMessage())) ? "" : ": " + of(cause);
        return message.replaceAll("\\s*[\\r\\n]+\\s*", " ") + because;
    }
}
