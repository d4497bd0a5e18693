// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.spi.Call;
import a6runner.spi.CallService;
import a6runner.spi.ConfHandOver;
import a6runner.spi.PrepareCall;
import a6runner.spi.RequestCall;
import a6runner.spi.ResponseCall;
import a6runner.spi.ResponseReply;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Stands where the runner stands: does what the test says, else answers every call at once with as little as there is. */
public final class FakeCallService implements CallService {

    /** What came, in order. */
    public final List<Call> calls = new CopyOnWriteArrayList<>();

    public volatile Consumer<PrepareCall> onPrepare = call -> call.answer(1);
    public volatile Consumer<RequestCall> onRequest = RequestCall::goOn;
    public volatile Consumer<ResponseCall> onResponse = call -> call.answer(new ResponseReply(0, null, null));
    public volatile Runnable onClosing = () -> { };

    /** Leaves all calls unanswered from now on. */
    public void answersNothing() {
        onPrepare = call -> { };
        onRequest = call -> { };
        onResponse = call -> { };
    }

    @Override
    public void prepare(PrepareCall call) {
        calls.add(call);
        onPrepare.accept(call);
    }

    @Override
    public void serve(RequestCall call) {
        calls.add(call);
        onRequest.accept(call);
    }

    @Override
    public void serve(ResponseCall call) {
        calls.add(call);
        onResponse.accept(call);
    }

    @Override
    public ConfHandOver handOver() {
        throw new UnsupportedOperationException("tests give it apart");
    }

    @Override
    public void closing() {
        onClosing.run();
    }
}
