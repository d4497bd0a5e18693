// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP/1.1 byte for byte, on streams: heads as they came, with the case, the order and the odd bytes of their headers, and what the JDK's server and client
 * refuse to carry. The reasons are in {@code docs/decisions/0060-http-of-the-dev-gateway.md}. Blocking; an object belongs to one thread at a time.
 *
 * <p>Starting points: {@link a6runner.testkit.http.HttpInput}, {@link a6runner.testkit.http.HttpOutput}, {@link a6runner.testkit.http.HttpListener}.
 */
package a6runner.testkit.http;
