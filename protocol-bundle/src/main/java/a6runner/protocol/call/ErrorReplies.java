// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.frame.FrameException;
import a6runner.protocol.message.ErrorCode;
import a6runner.protocol.message.MessageEncoder;
import a6runner.protocol.message.ResponseMessage;
import a6runner.spi.CallFailure;
import a6runner.spi.ResponseReply;
import a6runner.spi.TextEntries;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What a failure is on the wire (APISIX.md §3, §9), decided here and nowhere else. Immutable; on the event loop, with the loop's encoder.
 *
 * <table>
 * <caption>failure and answer</caption>
 * <tr><th>failure<th>request phase, PREPARE_CONF<th>response phase
 * <tr><td>conf token not found<td>CONF_TOKEN_NOT_FOUND<td>CONF_TOKEN_NOT_FOUND
 * <tr><td>can't be read<td>BAD_REQUEST<td>BAD_REQUEST
 * <tr><td>everything else<td>SERVICE_UNAVAILABLE<td>a response of status 503 in place of the upstream's, since an error frame makes APISIX send the
 *     upstream's body on; SERVICE_UNAVAILABLE where {@code response.fault = error-frame}
 * </table>
 */
final class ErrorReplies {

    private static final byte[] BODY = "503 Service Unavailable\n".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS = 503;

    private final boolean denyInResponsePhase;

    ErrorReplies(boolean denyInResponsePhase) {
        this.denyInResponsePhase = denyInResponsePhase;
    }

    /** The answer to a call that failed; {@code response} is the message of a response call, else null. */
    ByteBuf failure(MessageEncoder encoder, CallFailure failure, ResponseMessage response) throws FrameException {
        if (failure == CallFailure.CONF_TOKEN_NOT_FOUND) {
            return encoder.error(ErrorCode.CONF_TOKEN_NOT_FOUND);
        }
        if (response != null && denyInResponsePhase) {
            TextEntries headers = new TextEntries();
            headers.add("content-type", "text/plain; charset=utf-8");
            return encoder.response(response, new ResponseReply(STATUS, headers, BODY));
        }
        return encoder.error(ErrorCode.SERVICE_UNAVAILABLE);
    }

    /** The answer to what can't be read. */
    ByteBuf unreadable(MessageEncoder encoder) throws FrameException {
        return encoder.error(ErrorCode.BAD_REQUEST);
    }
}
