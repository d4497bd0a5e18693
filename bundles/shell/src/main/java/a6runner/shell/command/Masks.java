// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import java.util.regex.Pattern;

/**
 * Hides what looks like a secret: values whose name says so, in confs, headers, arguments and settings. A guess on the safe side, by names alone: a secret
 * under a harmless name is shown.
 */
final class Masks {

    private static final String HIDDEN = "***";
    private static final String SECRET = "pass|pwd|secret|token|key|auth|cred|cookie|session|private|signature|bearer|jwt|salt|dsn";
    private static final Pattern NAME = Pattern.compile(SECRET, Pattern.CASE_INSENSITIVE);
    private static final String VALUE = "\"(?:\\\\.|[^\"\\\\])*\"|\\[[^\\]]*\\]|\\{[^}]*\\}|[^\\s,}\\]]+";
    /** A name in quotes, a colon, a value: JSON. */
    private static final Pattern JSON = Pattern.compile("(\"[^\"]*(?:" + SECRET + ")[^\"]*\"\\s*:\\s*)(?:" + VALUE + ")", Pattern.CASE_INSENSITIVE);
    /** A name, an equals sign or colon, a value: properties, YAML, arguments of a path. */
    private static final Pattern PLAIN = Pattern.compile("([\\w.-]*(?:" + SECRET + ")[\\w.-]*\\s*[=:]\\s*)(?:\"[^\"]*\"|'[^']*'|(?:bearer |basic )?[^\\s,;&\"'*]+)",
            Pattern.CASE_INSENSITIVE);
    /** User and password in an address. */
    private static final Pattern ADDRESS = Pattern.compile("(://[^/\\s:@]*:)[^/\\s@]+@");

    private Masks() {
    }

    /** A value under a name. */
    static String value(String name, String value) {
        return value != null && NAME.matcher(name).find() ? HIDDEN : text(value);
    }

    /** A text in which names and values stand. */
    static String text(String text) {
        if (text == null) {
            return null;
        }
        String masked = JSON.matcher(text).replaceAll("$1\"" + HIDDEN + "\"");
        masked = PLAIN.matcher(masked).replaceAll("$1" + HIDDEN);
        return ADDRESS.matcher(masked).replaceAll("$1" + HIDDEN + "@");
    }
}
