// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.PluginVersion.Warning;
import a6runner.spi.ResponseCall;
import a6runner.spi.ResponseReply;
import a6runner.spi.RunnerControl.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** One call's walk in the response phase. Threads as {@link CallRun} says. */
public final class ResponseRun extends CallRun {

    private static final byte[] NONE = {};
    private static final byte[] LINE_FEED = {'\n'};
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    final ResponseCall response;
    final ResponseChanges changes;
    private byte[] rawBody; // the upstream's, empty if there is none; null until it was fetched
    private volatile byte[] decodedBody; // made when it is first looked at
    private boolean bodyDeclared;
    private List<Runnable> bodyWaiters; // not null while the question is out

    /** A run; {@code parsed} is what {@link Chains#parsed} says of the conf. */
    public ResponseRun(ResponseCall call, PreparedConf conf, Chain chain, Object parsed, LoopRuns runs, Limits limits) {
        super(call, conf, chain, parsed, runs, limits);
        this.response = call;
        this.changes = new ResponseChanges(call.headers());
    }

    /** Walks along the chain, and answers the call at its end. On the loop. */
    public void run() {
        start();
    }

    @Override
    void invoke(PluginFilter filter, int step) {
        filter.postFilter(new PostStepRequest(this, step), new PostStepResponse(this, step), new StepChain(this, step));
    }

    @Override
    String phase() {
        return "response";
    }

    @Override
    String in() {
        return "upstream says " + response.status();
    }

    @Override
    List<Change> changesSoFar() {
        List<Change> all = new ArrayList<>();
        changes.list(all);
        return all;
    }

    @Override
    boolean stopped() {
        return false;
    }

    @Override
    boolean knowsRequestHeaders() {
        return false;
    }

    @Override
    String requestHeader(String name) {
        return null;
    }

    @Override
    boolean wantsBody(PluginVersion plugin) {
        if (plugin.wantsResponseBody()) {
            bodyDeclared = true;
            return rawBody == null;
        }
        return false;
    }

    @Override
    void fetchBody(Runnable then) {
        askBody(then);
        call.flush();
    }

    // APISIX gives the body once per call (APISIX.md §6), so there is one question, however many want the answer.
    private void askBody(Runnable then) {
        if (bodyWaiters != null) {
            bodyWaiters.add(then);
            return;
        }
        List<Runnable> waiters = new ArrayList<>(1);
        waiters.add(then);
        bodyWaiters = waiters;
        response.askResponseBody(questions().counted(result -> {
            rawBody = result == null ? NONE : result;
            bodyWaiters = null;
            waiters.forEach(Runnable::run);
        }));
    }

    @Override
    void finish() {
        int upstream = response.status();
        byte[] body = changes.body;
        if (body == null && (upstream == NO_CONTENT || upstream == NOT_MODIFIED)) {
            body = LINE_FEED; // without a body APISIX sends the request to the upstream a second time (APISIX.md §8)
        }
        count(Outcome.ANSWERED);
        ResponseReply reply = new ResponseReply(changes.status, changes.headers(), body);
        ended();
        response.answer(reply);
    }

    // ---- for the steps' views; whether a change is allowed has been looked at

    @Override
    byte[] bodyShown() {
        if (changes.body != null) {
            return changes.body;
        }
        return bodyDeclared && rawBody != null ? decoded() : null;
    }

    byte[] rawBodyShown() {
        if (changes.body != null) {
            return changes.body;
        }
        return bodyDeclared ? rawBody : null;
    }

    private byte[] decoded() {
        if (decodedBody == null) {
            int at = response.headers().find("content-encoding", 0, true);
            decodedBody = BodyDecoder.decode(rawBody, at < 0 ? null : response.headers().value(at), limits.maxBody());
        }
        return decodedBody;
    }

    @Override
    CompletionStage<Optional<byte[]>> askBody(int step) {
        checkOpen();
        StepStage<Optional<byte[]>> stage = new StepStage<>(this, step);
        if (changes.body != null) {
            stage.complete(Optional.of(changes.body.clone()));
            return stage;
        }
        questions().ask(stage, () -> {
            if (rawBody != null) {
                completeWithBody(stage);
            } else {
                askBody(() -> completeWithBody(stage));
            }
        });
        return stage;
    }

    private void completeWithBody(StepStage<Optional<byte[]>> stage) {
        questions().complete(stage, () -> {
            try {
                stage.complete(RequestRun.present(decoded()));
            } catch (IllegalStateException e) {
                stage.completeExceptionally(e);
            }
        });
    }

    void setStatus(int status, int step) {
        touch();
        if (status == 0 || HeaderRules.sendable(status)) {
            changes.status = status;
        } else {
            plugin(step).warn(Warning.IGNORED_STATUS, "it set status " + status + " (expected: 200 to 999, not 444 or 499, which would close the client's"
                    + " connection); that is ignored");
        }
    }

    void setBody(byte[] body, boolean text, int step) {
        touch();
        if (body.length == 0) {
            plugin(step).warn(Warning.EMPTY_BODY, "it set an empty body, which APISIX would replace by the upstream's; the client gets a line feed");
            changes.replaceText(LINE_FEED);
        } else if (text) {
            changes.replaceText(body);
        } else {
            changes.replaceBody(body);
        }
    }
}
