// SPDX-License-Identifier: Apache-2.0
package a6runner.plugin.asyncresponsefilter;

import a6runner.plugin.json.FlatJson;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the body of the response when a future has it, then continues the chain; no thread waits meanwhile. The demo that users of the existing Java runner
 * know.
 *
 * <p>Conf, which may be left out: {@code response_body}, and {@code delay_ms}, how long the future takes, 0 to 10000 (0). Other keys are ignored and
 * named in the log. A response of status 204 or 304 has no body and goes on at once.
 */
@Component(service = PluginFilter.class)
public final class AsyncResponseFilter implements ConfiguredFilter<AsyncResponseFilter.Answer> {

    private static final Logger LOG = LoggerFactory.getLogger(AsyncResponseFilter.class);
    private static final String DEFAULT_BODY = "this body came from a future\n";
    private static final int MAX_DELAY_MS = 10_000;

    /** Stands for what a plugin would ask: a database driver, an HTTP client. */
    private final ScheduledExecutorService source;

    /** The parsed conf. */
    public record Answer(String body, int delayMs) {}

    @Activate
    public AsyncResponseFilter() {
        source = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "async-response-filter");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Called when the last call of this version has ended; a thread left behind would keep the version in memory. */
    @Deactivate
    void close() {
        source.shutdownNow();
    }

    @Override
    public String name() {
        return "AsyncResponseFilter";
    }

    @Override
    public Answer parseConf(String conf) {
        FlatJson json = FlatJson.parse(conf);
        json.unknownKey("response_body", "delay_ms").ifPresent(sentence -> LOG.warn("{}: {}; it is ignored", name(), sentence));
        return new Answer(json.text("response_body", DEFAULT_BODY), json.has("delay_ms") ? json.whole("delay_ms", 0, MAX_DELAY_MS) : 0);
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        int status = request.getUpstreamStatusCode();
        if (status == 204 || status == 304) {
            chain.postFilter(request, response);
            return;
        }
        ask(request.conf(this)).whenCompleteAsync((body, failure) -> {
            if (failure == null) {
                response.setBody(body);
            } else {
                response.setStatusCode(502);
                response.setBody("no answer: " + failure.getMessage() + "\n");
            }
            chain.postFilter(request, response); // on every way out, else the call waits until it times out
        }, source); // whenComplete would do this on the caller's thread if the future were done by now
        // Returns with the response untouched and the chain not called: the call goes on when the future has done so.
    }

    private CompletableFuture<String> ask(Answer answer) {
        return CompletableFuture.supplyAsync(answer::body, task -> source.schedule(task, answer.delayMs(), TimeUnit.MILLISECONDS));
    }
}
