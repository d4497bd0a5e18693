// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.http.HttpException;
import a6runner.testkit.wire.Text;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** A request target taken apart as nginx does: the path decoded, slashes merged, dots resolved (APISIX.md §5). Stateless; any thread. */
final class UriPath {

    private UriPath() {}

    /** The target without scheme and authority, from the path's first character on. */
    static String origin(String target) throws HttpException {
        String origin = target.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", "");
        if (origin.startsWith("?") || origin.isEmpty() && !target.isEmpty()) {
            origin = "/" + origin;
        }
        if (!origin.startsWith("/")) {
            throw new HttpException(400, "request target: " + target + " (expected: a path)");
        }
        int fragment = origin.indexOf('#');
        return fragment < 0 ? origin : origin.substring(0, fragment);
    }

    /** The path of such a target, normalised. */
    static Text path(String origin) throws HttpException {
        int query = origin.indexOf('?');
        String decoded = decode(query < 0 ? origin : origin.substring(0, query));
        List<String> kept = new ArrayList<>();
        String[] segments = decoded.split("/", -1);
        for (String segment : segments) {
            if (segment.equals("..")) {
                if (kept.isEmpty()) {
                    throw new HttpException(400, "request target: " + origin + " leads above /");
                }
                kept.remove(kept.size() - 1);
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        String last = segments[segments.length - 1];
        boolean folder = last.isEmpty() || last.equals(".") || last.equals("..");
        String path = "/" + String.join("/", kept) + (folder && !kept.isEmpty() ? "/" : "");
        return new Text(path.getBytes(ISO_8859_1));
    }

    /** The query of such a target as it came, null for none. */
    static Text query(String origin) {
        int query = origin.indexOf('?');
        return query < 0 ? null : new Text(origin.substring(query + 1).getBytes(ISO_8859_1));
    }

    private static String decode(String encoded) throws HttpException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < encoded.length(); i++) {
            if (encoded.charAt(i) != '%') {
                out.write(encoded.charAt(i));
                continue;
            }
            String hex = encoded.substring(i + 1, Math.min(i + 3, encoded.length()));
            if (!hex.matches("[0-9A-Fa-f]{2}") || hex.equals("00")) {
                throw new HttpException(400, "request target: %" + hex + " (expected: two hexadecimal digits, not 00)");
            }
            out.write(Integer.parseInt(hex, 16));
            i += 2;
        }
        return out.toString(ISO_8859_1);
    }
}
