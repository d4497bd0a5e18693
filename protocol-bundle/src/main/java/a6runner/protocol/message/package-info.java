// SPDX-License-Identifier: Apache-2.0
/**
 * Payloads to messages and back (WIRE.md). A received message is verified once, when it is made, and reads its fields
 * when they are asked for, straight from the payload's bytes. {@link a6runner.protocol.message.MessageEncoder} builds answers with the classes
 * generated from {@code src/main/flatbuffers/a6.fbs}.
 *
 * <p>Reading does not use the generated classes: they are built to be moved over a buffer by one thread, while plugins may read from several; and
 * APISIX's own frames break FlatBuffers' rule that strings end in a zero byte (APISIX.md §2).
 */
package a6runner.protocol.message;
