// SPDX-License-Identifier: Apache-2.0
/**
 * Payloads to messages and back (WIRE.md). A received message is verified once, when it is made, and reads its fields when they are asked for, straight from
 * the payload's bytes. {@link a6runner.protocol.message.MessageEncoder} writes answers into an array that serves again and again.
 *
 * <p>Neither uses the classes that flatc generates from {@code src/main/flatbuffers/a6.fbs}: those are built to be moved over a buffer by one thread, while
 * plugins may read from several; APISIX's own frames break FlatBuffers' rule that strings end in a zero byte (APISIX.md §2); and their builder took more time
 * than all else about a reply (docs/decisions).
 */
package a6runner.protocol.message;
