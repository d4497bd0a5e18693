// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.PluginVersion.Warning;
import java.nio.charset.StandardCharsets;
import org.apache.apisix.plugin.runner.HttpResponse;

/** The stop as one step sees it. Threads and lifetime as {@link HttpResponse} says. */
final class StepResponse implements HttpResponse {

    private final RequestRun run;
    private final int step;

    StepResponse(RequestRun run, int step) {
        this.run = run;
        this.step = step;
    }

    @Override
    public void setStatusCode(int statusCode) {
        if (run.mayChange(step)) {
            run.stopStatus(statusCode, step);
        }
    }

    @Override
    public void setHeader(String name, String value) {
        if (!run.mayChange(step)) {
            return;
        }
        if (name == null) {
            run.plugin(step).warn(Warning.IGNORED_NULL, "it set a header without name; that is ignored");
        } else {
            run.stop(); // an ignored header is still a response
            if (HeaderRules.allowed(name, run.plugin(step))) {
                run.stopHeader(name, value, false);
            }
        }
    }

    @Override
    public void addHeader(String name, String value) {
        HeaderRules.require(name);
        HeaderRules.requireValue(name, value);
        if (run.mayChange(step)) {
            run.stopHeader(name, value, true);
        }
    }

    @Override
    public void setBody(String body) {
        if (run.mayChange(step)) {
            run.stopBody(body == null ? null : body.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void setBody(byte[] body) {
        if (run.mayChange(step)) {
            run.stopBody(body == null ? null : body.clone());
        }
    }

    @Override
    public void async() {
        run.checkOpen();
        run.async(step);
    }

    @Override
    public void setReqHeader(String name, String value) {
        new StepRequest(run, step).setHeader(name, value);
    }

    @Override
    public void setArg(String name, String value) {
        new StepRequest(run, step).setArg(name, value);
    }

    @Override
    public void setPath(String path) {
        new StepRequest(run, step).setPath(path);
    }
}
