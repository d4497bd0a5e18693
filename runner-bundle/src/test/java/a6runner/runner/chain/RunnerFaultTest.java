// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.Outcome;
import a6runner.runner.fake.TestFilter;
import a6runner.runner.plugin.Plugins;
import a6runner.spi.CallFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static a6runner.runner.fake.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

/** A fault of the runner itself is answered too, and leaves no call counted that is over: a plugin could never be drained again. */
class RunnerFaultTest {

    private static final Outcome FAULT = new Outcome.Failed(CallFailure.FAULT);

    private Rig rig;

    @AfterEach
    void close() {
        rig.close();
    }

    private void refusedWithoutTraces(FakeRequestCall call, String conf) {
        assertThat(rig.run(call, conf)).isEqualTo(FAULT);
        assertThat(rig.log.with("ERROR the runner itself failed", "[java.lang.UnsupportedOperationException]")).hasSize(1);
        until("nothing in flight", () -> !Plugins.busy(rig.version("p")));
        assertThat(rig.run(rig.request(), conf)).as("the next call").isNotEqualTo(FAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void whileItAsks(String execution) {
        rig = new Rig(execution).plugin(new TestFilter("p").vars("a"));
        FakeRequestCall call = rig.request();
        call.breakQuestions(new UnsupportedOperationException());
        refusedWithoutTraces(call, "p");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "worker"})
    void whileItAnswers(String execution) {
        rig = new Rig(execution).plugin(new TestFilter("p"));
        FakeRequestCall call = rig.request();
        call.breakAnswers(new UnsupportedOperationException());
        refusedWithoutTraces(call, "p");
    }
}
