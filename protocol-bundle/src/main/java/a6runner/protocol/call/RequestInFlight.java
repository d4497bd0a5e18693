// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.message.MessageException;
import a6runner.protocol.message.RequestMessage;
import a6runner.spi.RequestCall;
import a6runner.spi.Rewrite;
import a6runner.spi.Stop;

/** An HTTP_REQ_CALL in flight: its message and the way to answer it in one object. */
final class RequestInFlight extends RequestMessage implements RequestCall, InFlight.Exchange {

    private final CallHandler handler;

    RequestInFlight(CallHandler handler, byte[] bytes, int length) throws MessageException {
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
    public void goOn() {
        handler.answer(this, encoder -> encoder.goOn(id()));
    }

    @Override
    public void rewrite(Rewrite rewrite) {
        handler.answer(this, encoder -> encoder.rewrite(this, rewrite));
    }

    @Override
    public void stop(Stop stop) {
        handler.answer(this, encoder -> encoder.stop(this, stop));
    }
}
