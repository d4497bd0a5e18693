// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.message.PrepareMessage;
import a6runner.spi.PrepareCall;
import java.util.List;

/** A PREPARE_CONF call in flight. */
final class PrepareInFlight implements PrepareCall, InFlight {

    private final CallHandler handler;
    private final PrepareMessage message;
    private volatile boolean ended;

    PrepareInFlight(CallHandler handler, PrepareMessage message) {
        this.handler = handler;
        this.message = message;
    }

    @Override
    public CallHandler handler() {
        return handler;
    }

    @Override
    public void close() {
        ended = true;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public List<Entry> conf() {
        return message.conf();
    }

    @Override
    public String key() {
        return message.key();
    }

    @Override
    public void answer(int token) {
        handler.answer(this, encoder -> encoder.token(token));
    }
}
