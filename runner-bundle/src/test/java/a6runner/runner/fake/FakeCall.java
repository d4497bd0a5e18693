// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import a6runner.spi.Call;
import a6runner.spi.CallFailure;
import a6runner.spi.CallLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A call that records how it is answered, and whether that is done by the rules. */
public abstract class FakeCall implements Call {

    protected final FakeLoop loop;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private volatile RuntimeException breaks;
    private Runnable disconnectTask;

    FakeCall(FakeLoop loop) {
        this.loop = loop;
    }

    @Override
    public CallLoop loop() {
        return loop;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void fail(CallFailure failure) {
        onLoop("fail");
        if (!ended) {
            answered(new Outcome.Failed(failure));
        }
    }

    @Override
    public void onDisconnect(Runnable task) {
        onLoop("onDisconnect");
        disconnectTask = task;
    }

    /** The connection goes. */
    public void disconnect() {
        loop.execute(() -> {
            if (!ended) {
                ended = true;
                if (disconnectTask != null) {
                    disconnectTask.run();
                }
            }
        });
        loop.pass();
    }

    /** Has every answer but a failure throw, as a fault of the runner itself would. */
    public void breakAnswers(RuntimeException e) {
        breaks = e;
    }

    final void answered(Outcome answer) {
        onLoop("answer");
        if (breaks != null && !(answer instanceof Outcome.Failed)) {
            throw breaks;
        }
        outcomes.add(answer);
        ended = true;
        outcome.complete(answer);
    }

    final void onLoop(String what) {
        if (!loop.inLoop()) {
            violations.add(what + " on " + Thread.currentThread().getName());
        }
    }

    /** The answer, waited for; it has to be the only one and to be given on the loop. */
    public Outcome outcome() {
        Outcome first = Await.value(outcome);
        loop.pass();
        if (outcomes.size() != 1 || !violations.isEmpty()) {
            throw new AssertionError("answers: " + outcomes + ", off the loop: " + violations + " (expected: one, on the loop)");
        }
        return first;
    }

    /** All answers so far. */
    public List<Outcome> outcomes() {
        return outcomes;
    }

    /** What was done off the loop that belongs to it. */
    public List<String> violations() {
        return violations;
    }
}
