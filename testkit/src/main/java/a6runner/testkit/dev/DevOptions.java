// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.dev;

import a6runner.testkit.text.Nearest;
import a6runner.testkit.text.UsageException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** What the user asked of {@code a6runner dev}. */
final class DevOptions {

    static final int DEFAULT_PORT = 9080;
    private static final List<String> KNOWN =
            List.of("--port", "--routes", "--watch", "--record", "--verbose", "--response-headers", "--deploy", "--config", "--set", "--help");

    int port = DEFAULT_PORT;
    Path routes;
    Path watch;
    Path record;
    boolean verbose;
    boolean responseHeaders;
    boolean help;

    /** Takes the words; throws {@link UsageException} with the one that makes no sense. */
    static DevOptions parse(String[] words, Path defaultRoutes) throws UsageException {
        DevOptions options = new DevOptions();
        options.routes = defaultRoutes;
        for (Iterator<String> left = List.of(words).iterator(); left.hasNext();) {
            String word = left.next();
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String option = equals < 0 ? word : word.substring(0, equals);
            String inline = equals < 0 ? null : word.substring(equals + 1);
            switch (option) {
                case "--port" -> options.port = port(value(option, inline, left, "a number"));
                case "--routes" -> options.routes = Path.of(value(option, inline, left, "a file")).toAbsolutePath().normalize();
                case "--watch" -> options.watch = Path.of(value(option, inline, left, "a folder")).toAbsolutePath().normalize();
                case "--record" -> options.record = Path.of(value(option, inline, left, "a folder")).toAbsolutePath().normalize();
                case "--verbose" -> options.verbose = flag(option, inline);
                case "--response-headers" -> options.responseHeaders = flag(option, inline);
                case "--help", "-h" -> options.help = true;
                default -> throw new UsageException("no such option of dev: " + option + Nearest.hint(option, KNOWN) + "; a6runner dev --help lists them");
            }
        }
        return options;
    }

    private static boolean flag(String option, String inline) throws UsageException {
        if (inline != null) {
            throw new UsageException(option + ": \"" + inline + "\" (expected: nothing after it)");
        }
        return true;
    }

    private static String value(String option, String inline, Iterator<String> left, String expected) throws UsageException {
        String value = inline != null ? inline : left.hasNext() ? left.next() : "";
        if (value.isEmpty()) {
            throw new UsageException(option + ": nothing after it (expected: " + expected + ")");
        }
        return value;
    }

    private static int port(String value) throws UsageException {
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65535) {
            throw new UsageException("--port: \"" + value + "\" (expected: 0..65535, 0 for any free one)");
        }
        return Integer.parseInt(value);
    }
}
