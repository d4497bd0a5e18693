// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.frame.FrameException;
import a6runner.protocol.message.MessageEncoder;
import a6runner.spi.Call;
import a6runner.spi.CallFailure;
import a6runner.spi.CallLoop;
import a6runner.spi.ExchangeCall;
import io.netty.buffer.ByteBuf;

/** What the calls of all types have in common: their connection's {@link CallHandler} does it. */
interface InFlight extends Call {

    /** Builds a reply; called on the loop with the loop's encoder. */
    @FunctionalInterface
    interface Reply {
        ByteBuf build(MessageEncoder encoder) throws FrameException;
    }

    CallHandler handler();

    /** Reads throw from now on. */
    void close();

    @Override
    default CallLoop loop() {
        return handler().loop();
    }

    @Override
    default void fail(CallFailure failure) {
        handler().fail(this, failure);
    }

    @Override
    default void onDisconnect(Runnable task) {
        handler().onDisconnect(this, task);
    }

    /** A call within which APISIX can be asked. */
    interface Exchange extends InFlight, ExchangeCall {

        @Override
        default void askVar(String name, Answer answer) {
            handler().ask(this, answer, encoder -> encoder.askVar(name));
        }

        @Override
        default void askRequestBody(Answer answer) {
            handler().ask(this, answer, MessageEncoder::askRequestBody);
        }

        @Override
        default void flush() {
            handler().flush();
        }
    }
}
