// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.protocol.message.MessageException;
import a6runner.protocol.message.RequestMessage;
import a6runner.spi.CallFailure;
import a6runner.spi.CallLoop;
import a6runner.spi.RequestCall;
import a6runner.spi.Rewrite;
import a6runner.spi.Stop;

/** A call with a real message and nobody behind it: answered again and again, it keeps the last answer. */
final class BenchCall extends RequestMessage implements RequestCall {

    private final CallLoop loop;
    Object answer;

    BenchCall(CallLoop loop, byte[] payload) throws MessageException {
        super(payload, payload.length);
        this.loop = loop;
    }

    @Override
    public CallLoop loop() {
        return loop;
    }

    @Override
    public void fail(CallFailure failure) {
        throw new IllegalStateException("the call was refused: " + failure);
    }

    @Override
    public void onDisconnect(Runnable task) {
        // nobody goes
    }

    @Override
    public void askVar(String name, Answer answered) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public void askRequestBody(Answer answered) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void goOn() {
        answer = this;
    }

    @Override
    public void rewrite(Rewrite rewrite) {
        answer = rewrite;
    }

    @Override
    public void stop(Stop stop) {
        answer = stop;
    }
}
