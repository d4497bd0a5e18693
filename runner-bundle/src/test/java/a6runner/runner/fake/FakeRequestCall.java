// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import a6runner.spi.ReceivedEntries;
import a6runner.spi.RequestCall;
import a6runner.spi.Rewrite;
import a6runner.spi.Stop;
import org.apache.apisix.plugin.runner.HttpRequest.Method;

/** An HTTP_REQ_CALL, {@code POST /hello} unless set otherwise. */
public final class FakeRequestCall extends FakeExchange implements RequestCall {

    private FakeEntries args = new FakeEntries(this::ended);
    private String path = "/hello";
    private byte[] source = {127, 0, 0, 1};
    private byte[] body;

    public FakeRequestCall(FakeLoop loop) {
        super(loop);
    }

    public FakeRequestCall headers(String... entries) {
        setHeaders(entries);
        return this;
    }

    public FakeRequestCall args(String... entries) {
        args = new FakeEntries(this::ended, entries);
        return this;
    }

    public FakeRequestCall path(String newPath) {
        path = newPath;
        return this;
    }

    public FakeRequestCall source(byte... address) {
        source = address;
        return this;
    }

    public FakeRequestCall var(String name, String value) {
        setVar(name, value);
        return this;
    }

    public FakeRequestCall body(String newBody) {
        body = bytes(newBody);
        return this;
    }

    public FakeRequestCall token(int token) {
        setToken(token);
        return this;
    }

    @Override
    public byte[] sourceAddress() {
        read();
        return source;
    }

    @Override
    public Method method() {
        read();
        return Method.POST;
    }

    @Override
    public String path() {
        read();
        return path;
    }

    @Override
    public ReceivedEntries args() {
        return args;
    }

    @Override
    public void askRequestBody(Answer answer) {
        ask("body", body, answer);
    }

    @Override
    public void goOn() {
        answered(new Outcome.GoOn());
    }

    @Override
    public void rewrite(Rewrite rewrite) {
        answered(new Outcome.Rewritten(rewrite.path(), FakeEntries.sent(rewrite.headers(), headers()), FakeEntries.sent(rewrite.args(), args),
                FakeEntries.sent(rewrite.responseHeaders(), null), text(rewrite.body())));
    }

    @Override
    public void stop(Stop stop) {
        answered(new Outcome.Stopped(stop.status(), FakeEntries.sent(stop.headers(), null), text(stop.body())));
    }
}
