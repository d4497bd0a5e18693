// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes to frames and back. A frame is one type byte, three length bytes and a payload; see {@link a6runner.protocol.frame.FrameLayout}.
 *
 * <p>In come the socket's buffers, out goes one {@link a6runner.protocol.frame.Frame} at a time, in memory that belongs to the connection and is used
 * again once the call has ended. Everything here runs on the connection's event loop, {@link a6runner.protocol.frame.FrameMemory} on any thread.
 */
package a6runner.protocol.frame;
