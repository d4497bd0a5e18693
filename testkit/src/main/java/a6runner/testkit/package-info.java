// SPDX-License-Identifier: Apache-2.0
/**
 * APISIX's side of the socket, for tests and for {@code a6runner call}: a client that calls a runner as APISIX 3.18 does, and a view that says what
 * APISIX would do with the answer. "APISIX.md" in the comments means the notes on the real client's behaviour.
 *
 * <p>Everything blocks, with a deadline: nothing here waits for ever. One client is one connection and belongs to one thread at a time.
 *
 * <p><b>Starting points:</b> {@link a6runner.testkit.A6Client}, {@link a6runner.testkit.ApisixView}, {@link a6runner.testkit.BrokenFrames}; the real
 * frames are in {@link a6runner.testkit.golden}, the messages in {@link a6runner.testkit.wire}.
 */
package a6runner.testkit;
