// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.message.MessageEncoder;
import a6runner.protocol.message.MessageException;
import a6runner.protocol.message.ResponseMessage;
import a6runner.spi.ResponseCall;
import a6runner.spi.ResponseReply;

/** An HTTP_RESP_CALL in flight: its message and the way to answer it in one object. */
final class ResponseInFlight extends ResponseMessage implements ResponseCall, InFlight.Exchange {

    private final CallHandler handler;

    ResponseInFlight(CallHandler handler, byte[] bytes, int length) throws MessageException {
        super(bytes, length);
        this.handler = handler;
    }

    @Override
    public CallHandler handler() {
        return handler;
    }

    @Override
    public void close() {
        end();
    }

    @Override
    public void askResponseBody(Answer answer) {
        handler.ask(this, answer, MessageEncoder::askResponseBody);
    }

    @Override
    public void answer(ResponseReply reply) {
        handler.answer(this, encoder -> encoder.response(this, reply));
    }
}
