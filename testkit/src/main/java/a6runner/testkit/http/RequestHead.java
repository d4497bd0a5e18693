// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.http;

import a6runner.testkit.wire.Entry;
import java.util.List;

/**
 * A request's line and headers as they came.
 *
 * @param target what stands between method and version, a character for each byte
 * @param minor the version's second number: 0 or 1
 * @param headers in their order, names as they were written
 */
public record RequestHead(String method, String target, int minor, List<Entry> headers) {}
