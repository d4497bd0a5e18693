// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import a6runner.spi.ResponseCall;
import a6runner.spi.ResponseReply;

/** An HTTP_RESP_CALL, status 200 unless set otherwise; as APISIX does, it gives the body once. */
public final class FakeResponseCall extends FakeExchange implements ResponseCall {

    private int status = 200;
    private byte[] body;

    public FakeResponseCall(FakeLoop loop) {
        super(loop);
    }

    public FakeResponseCall headers(String... entries) {
        setHeaders(entries);
        return this;
    }

    public FakeResponseCall status(int newStatus) {
        status = newStatus;
        return this;
    }

    public FakeResponseCall var(String name, String value) {
        setVar(name, value);
        return this;
    }

    public FakeResponseCall body(String newBody) {
        return body(bytes(newBody));
    }

    public FakeResponseCall body(byte[] newBody) {
        body = newBody;
        return this;
    }

    public FakeResponseCall token(int token) {
        setToken(token);
        return this;
    }

    @Override
    public int status() {
        read();
        return status;
    }

    @Override
    public void askRequestBody(Answer answer) {
        ask("body", null, answer);
    }

    @Override
    public void askResponseBody(Answer answer) {
        byte[] once = body;
        body = null;
        ask("response body", once, answer);
    }

    @Override
    public void answer(ResponseReply reply) {
        answered(new Outcome.Replied(reply.status(), FakeEntries.sent(reply.headers(), headers()), text(reply.body())));
    }
}
