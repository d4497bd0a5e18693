// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.http;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import java.util.List;

/** Looks into lists of headers. Stateless; any thread. */
public final class Headers {

    private Headers() {}

    /** The first value of a name, null if there is none. */
    public static Text first(List<Entry> headers, String name) {
        return headers.stream().filter(header -> header.isNamed(name)).map(Entry::value).findFirst().orElse(null);
    }

    /** Whether there is one of this name. */
    public static boolean has(List<Entry> headers, String name) {
        return headers.stream().anyMatch(header -> header.isNamed(name));
    }

    /** Whether one of this name has the word among its comma-separated ones, in either case. */
    public static boolean hasToken(List<Entry> headers, String name, String token) {
        return headers.stream().filter(header -> header.isNamed(name) && header.value() != null)
                .flatMap(header -> List.of(header.value().toString().split(",")).stream())
                .anyMatch(word -> word.trim().equalsIgnoreCase(token));
    }

    /** The first {@code content-length}, -1 if there is none; throws {@link HttpException} if it is no number. */
    public static long contentLength(List<Entry> headers) throws HttpException {
        Text value = first(headers, "content-length");
        if (value == null) {
            return -1;
        }
        if (!value.toString().matches("\\d{1,15}")) {
            throw new HttpException(400, "content-length: " + value + " (expected: a number)");
        }
        return Long.parseLong(value.toString());
    }
}
