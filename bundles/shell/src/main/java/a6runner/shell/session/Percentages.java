// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Quotes words such as {@code 5%} in a command line: for Gogo a % begins an expression, and nobody means one by that. */
final class Percentages {

    /** What is quoted already, or a percentage that is a word of its own. */
    private static final Pattern QUOTED_OR_PERCENTAGE = Pattern.compile("'[^']*'|\"(?:\\\\.|[^\"\\\\])*\"|(?<![^\\s;|{(])(\\d+(?:\\.\\d+)?%)(?![^\\s;|})])");

    private Percentages() {}

    static String quoted(CharSequence commandLine) {
        return QUOTED_OR_PERCENTAGE.matcher(commandLine).replaceAll(match -> Matcher.quoteReplacement(match.group(1) == null ? match.group() : "'" + match.group(1) + "'"));
    }
}
