// SPDX-License-Identifier: Apache-2.0
/**
 * The wire between APISIX and the runner, seen from APISIX: frames, and each message as a record that encodes and decodes itself.
 *
 * <p>Written by hand from WIRE.md (the facts of ext-plugin-proto v0.6.1), with no generated code and nothing of the product's codec, so that a
 * mistake made there is not mirrored here. Nothing in this package keeps state; records are immutable as long as nobody writes into the arrays they
 * hold, and may be used by any thread.
 *
 * <p><b>Starting points:</b> {@link a6runner.testkit.wire.Frame}, {@link a6runner.testkit.wire.Message#decode}, {@link
 * a6runner.testkit.wire.HttpReqCall.Req}; for malformed messages {@link a6runner.testkit.wire.FlatTable} and {@link
 * a6runner.testkit.wire.Frame#raw}.
 */
package a6runner.testkit.wire;
