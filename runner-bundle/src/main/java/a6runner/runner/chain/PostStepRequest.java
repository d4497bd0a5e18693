// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.spi.ReceivedEntries;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.apisix.plugin.runner.PostRequest;

/** The upstream's response as one step sees it. Threads and lifetime as {@link PostRequest} says. */
final class PostStepRequest extends StepView implements PostRequest {

    private final ResponseRun run;

    PostStepRequest(ResponseRun run, int step) {
        super(run, step);
        this.run = run;
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
    public byte[] getRawBodyBytes() {
        run.checkOpen();
        byte[] body = run.rawBodyShown();
        return body == null ? null : body.clone();
    }
}
