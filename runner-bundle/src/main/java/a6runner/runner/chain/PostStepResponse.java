// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.PluginVersion.Warning;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.apache.apisix.plugin.runner.PostResponse;

/** What one step may change of the upstream's response. Threads and lifetime as {@link PostResponse} says. */
final class PostStepResponse implements PostResponse {

    private final ResponseRun run;
    private final int step;
    private Charset charset = StandardCharsets.UTF_8;

    PostStepResponse(ResponseRun run, int step) {
        this.run = run;
        this.step = step;
    }

    @Override
    public void setStatusCode(int statusCode) {
        if (run.mayChange(step)) {
            run.setStatus(statusCode, step);
        }
    }

    @Override
    public void setHeader(String name, String value) {
        if (run.mayChange(step)) {
            run.touch();
            if (HeaderRules.allowed(name, run.plugin(step))) {
                run.changes.set(name, value);
            }
        }
    }

    @Override
    public void addHeader(String name, String value) {
        HeaderRules.require(name);
        HeaderRules.requireValue(name, value);
        if (run.mayChange(step)) {
            run.touch();
            run.changes.add(name, value);
        }
    }

    @Override
    public void removeHeader(String name) {
        HeaderRules.require(name);
        if (run.mayChange(step)) {
            run.touch();
            run.changes.remove(name);
        }
    }

    @Override
    public void setBody(String body) {
        setBody(body == null ? null : body.getBytes(charset), true);
    }

    @Override
    public void setBody(byte[] body) {
        setBody(body == null ? null : body.clone(), false);
    }

    private void setBody(byte[] body, boolean text) {
        if (run.mayChange(step)) {
            if (body == null) {
                run.plugin(step).warn(Warning.IGNORED_NULL, "it set a body that is null; that is ignored");
            } else {
                run.setBody(body, text, step);
            }
        }
    }

    @Override
    public void setCharset(Charset newCharset) {
        run.checkOpen();
        if (newCharset != null) {
            charset = newCharset;
        }
    }

    @Override
    public void async() {
        run.checkOpen();
        run.async(step);
    }
}
