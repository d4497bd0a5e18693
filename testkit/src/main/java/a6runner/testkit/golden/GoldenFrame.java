// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.golden;

import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * One recorded frame.
 *
 * @param file its name, {@code NAME.NN.rpc.req.bin}
 * @param rpc the index's name of its type, such as {@code HTTP_REQ_CALL}, or a number
 * @param message the index's name of its message, such as {@code HTTPReqCall.Req}; null if it has none
 * @param connection the number of the connection it came on, from 1 in each scenario
 * @param decoded its fields as the index states them; null or with {@code undecodable} if it is no message
 * @param bytes header and payload, not copied; null if the frame was left out as too large
 */
public record GoldenFrame(
        String file, Direction direction, String rpc, String message, int payloadLength, int connection, JsonNode decoded, byte[] bytes) {

    /** Whether APISIX sent it. */
    public boolean toRunner() {
        return direction == Direction.TO_RUNNER;
    }

    /** Whether its bytes are here, and are a message by the index. */
    public boolean isReadable() {
        return bytes != null && decoded != null && !decoded.has("undecodable");
    }

    /** Header and payload apart. */
    public Frame frame() {
        return Frame.parse(bytes);
    }

    /** The message it carries. */
    public Message decode() {
        return Message.decode(direction, frame());
    }

    @Override
    public String toString() {
        return file;
    }
}
