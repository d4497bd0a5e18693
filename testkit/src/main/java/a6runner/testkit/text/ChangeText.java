// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.text;

import a6runner.testkit.Outcome.Change;
import a6runner.testkit.Outcome.Kind;
import a6runner.testkit.Outcome.Part;
import java.util.Locale;

/** A change in words. */
public final class ChangeText {

    private ChangeText() {}

    /** Such as {@code header x-runner: java (set)}; one line, safe for a terminal. */
    public static String of(Change change) {
        String value = change.value() == null ? null : Printable.line(change.value().bytes());
        String name = change.name() == null ? null : Printable.line(change.name().bytes());
        String what = switch (change.part()) {
            case PATH -> "path " + value;
            case ARG -> "arg " + name + (value == null ? "" : "=" + value);
            case HEADER -> "header " + name + (value == null ? "" : ": " + value);
            case RESPONSE_HEADER -> "response header " + name + ": " + value;
            case BODY -> "body of " + change.value().length() + " bytes";
        };
        String how = change.part() == Part.BODY && change.kind() == Kind.SET ? "replaced" : change.kind().name().toLowerCase(Locale.ROOT);
        return what + " (" + how + ")";
    }
}
