// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** What one step sees of a call in either phase. Threads and lifetime as {@link org.apache.apisix.plugin.runner.HttpRequest} says. */
abstract class StepView {

    private final CallRun run;
    final int step;

    StepView(CallRun run, int step) {
        this.run = run;
        this.step = step;
    }

    public final String getConfig(PluginFilter filter) {
        return run.config(step, filter);
    }

    public final <C> C conf(ConfiguredFilter<C> filter) {
        return run.parsed(step, filter);
    }

    public final long getRequestId() {
        run.checkOpen();
        return run.call.id();
    }

    public final long getConfToken() {
        run.checkOpen();
        return Integer.toUnsignedLong(run.call.confToken());
    }

    public final String getVars(String name) {
        return run.declaredVar(name);
    }

    public final String getBody() {
        return getBody(StandardCharsets.UTF_8);
    }

    public final String getBody(Charset charset) {
        run.checkOpen();
        byte[] body = run.bodyShown();
        return body == null ? null : new String(body, charset == null ? StandardCharsets.UTF_8 : charset);
    }

    public final byte[] getBodyBytes() {
        run.checkOpen();
        byte[] body = run.bodyShown();
        return body == null ? null : body.clone();
    }

    public final CompletionStage<Optional<String>> var(String name) {
        return run.var(step, name);
    }

    public final CompletionStage<Optional<byte[]>> body() {
        return run.askBody(step);
    }
}
