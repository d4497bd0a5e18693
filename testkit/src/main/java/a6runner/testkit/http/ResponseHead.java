// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.http;

import a6runner.testkit.wire.Entry;
import java.util.List;

/**
 * A response's line and headers.
 *
 * @param status three digits
 * @param reason maybe empty
 * @param headers in their order, names as they were written
 */
public record ResponseHead(int status, String reason, List<Entry> headers) {}
