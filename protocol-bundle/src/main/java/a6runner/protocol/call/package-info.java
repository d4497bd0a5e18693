// SPDX-License-Identifier: Apache-2.0
/**
 * One call in flight on one connection: a frame becomes a message, the message a call of the {@link a6runner.spi.CallService}, and its answer a frame.
 *
 * <p>{@link a6runner.protocol.call.CallHandler} holds the rule that a call gets exactly one reply, {@link a6runner.protocol.call.ExtraInfoExchange} the
 * questions within a call, and {@link a6runner.protocol.call.ErrorReplies} alone decides what a failure is on the wire. All on the event loop.
 */
package a6runner.protocol.call;
