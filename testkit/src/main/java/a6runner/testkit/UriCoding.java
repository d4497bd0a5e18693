// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

/** Percent-encoding as nginx and APISIX do it (APISIX.md §5, §7). Stateless; any thread. */
public final class UriCoding {

    private static final String ESCAPED_IN_PATHS = " \"#%<>?\\^`{|}";
    private static final String KEPT_IN_QUERIES = "-_.~!*'()";

    private UriCoding() {}

    /** A decoded path as it goes to the upstream. */
    public static Text path(Text path) {
        StringBuilder out = new StringBuilder();
        for (byte b : path.bytes()) {
            char c = (char) (b & 0xFF);
            append(out, c, c > 0x1F && c < 0x7F && ESCAPED_IN_PATHS.indexOf(c) < 0);
        }
        return new Text(out.toString().getBytes(US_ASCII));
    }

    /** Arguments as a query. */
    public static String query(List<Entry> args) {
        StringBuilder out = new StringBuilder();
        for (Entry arg : args) {
            out.append(out.isEmpty() ? "" : "&");
            appendComponent(out, arg.name());
            if (arg.value() != null) {
                out.append('=');
                appendComponent(out, arg.value());
            }
        }
        return out.toString();
    }

    /** A query's arguments as APISIX hands them on: decoded, those without a name dropped (APISIX.md §5). */
    public static List<Entry> args(String query) {
        return args(Text.of(query));
    }

    /** The same of a query that may have bytes that are no UTF-8. */
    public static List<Entry> args(Text query) {
        List<Entry> args = new ArrayList<>();
        for (String arg : new String(query.bytes(), ISO_8859_1).split("&")) {
            int equals = arg.indexOf('=');
            Text name = decode(equals < 0 ? arg : arg.substring(0, equals));
            if (name.length() > 0) {
                args.add(new Entry(name, equals < 0 ? null : decode(arg.substring(equals + 1))));
            }
        }
        return args;
    }

    private static Text decode(String encoded) {
        byte[] in = encoded.getBytes(ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < in.length; i++) {
            int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
            if (in[i] == '%' && high >= 0 && low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(in[i] == '+' ? ' ' : in[i]);
            }
        }
        return new Text(out.toByteArray());
    }

    private static void appendComponent(StringBuilder out, Text text) {
        for (char c : new String(text.bytes(), ISO_8859_1).toCharArray()) {
            boolean alphanumeric = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
            append(out, c, alphanumeric || KEPT_IN_QUERIES.indexOf(c) >= 0);
        }
    }

    private static void append(StringBuilder out, char c, boolean asItIs) {
        if (asItIs) {
            out.append(c);
        } else {
            out.append(String.format("%%%02X", (int) c));
        }
    }
}
