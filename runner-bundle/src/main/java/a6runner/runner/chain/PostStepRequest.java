// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.spi.ReceivedEntries;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** The upstream's response as one step sees it. Threads and lifetime as {@link PostRequest} says. */
final class PostStepRequest implements PostRequest {

    private final ResponseRun run;
    private final int step;

    PostStepRequest(ResponseRun run, int step) {
        this.run = run;
        this.step = step;
    }

    @Override
    public long getRequestId() {
        run.checkOpen();
        return run.response.id();
    }

    @Override
    public long getConfToken() {
        run.checkOpen();
        return Integer.toUnsignedLong(run.response.confToken());
    }

    @Override
    public String getConfig(PluginFilter filter) {
        return run.config(step, filter);
    }

    @Override
    public <C> C conf(ConfiguredFilter<C> filter) {
        return run.parsed(step, filter);
    }

    @Override
    public Map<String, String> getUpstreamHeaders() {
        run.checkOpen();
        ReceivedEntries headers = run.response.headers();
        Map<String, String> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.size(); i++) {
            String value = headers.value(i);
            map.putIfAbsent(headers.name(i), value == null ? "" : value);
        }
        return map;
    }

    @Override
    public List<String> getUpstreamHeaderValues(String name) {
        run.checkOpen();
        return name == null ? List.of() : RequestChanges.values(run.response.headers(), name, true);
    }

    @Override
    public Integer getUpstreamStatusCode() {
        run.checkOpen();
        return run.response.status();
    }

    @Override
    public String getBody() {
        return getBody(StandardCharsets.UTF_8);
    }

    @Override
    public String getBody(Charset charset) {
        run.checkOpen();
        byte[] body = run.bodyShown();
        return body == null ? null : new String(body, charset == null ? StandardCharsets.UTF_8 : charset);
    }

    @Override
    public byte[] getBodyBytes() {
        run.checkOpen();
        byte[] body = run.bodyShown();
        return body == null ? null : body.clone();
    }

    @Override
    public byte[] getRawBodyBytes() {
        run.checkOpen();
        byte[] body = run.rawBodyShown();
        return body == null ? null : body.clone();
    }

    @Override
    public String getVars(String name) {
        return run.declaredVar(name);
    }

    @Override
    public CompletionStage<Optional<String>> var(String name) {
        return run.var(step, name);
    }

    @Override
    public CompletionStage<Optional<byte[]>> body() {
        return run.askBody(step);
    }
}
