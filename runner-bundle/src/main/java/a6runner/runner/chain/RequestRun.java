// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.PluginVersion.Warning;
import a6runner.spi.RequestCall;
import a6runner.spi.Rewrite;
import a6runner.spi.RunnerControl.Change;
import a6runner.spi.Stop;
import a6runner.spi.TextEntries;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** One call's walk in the request phase. Threads as {@link CallRun} says. */
public final class RequestRun extends CallRun {

    private static final byte[] NONE = {};
    private static final String UPSTREAM_URI = "upstream_uri";
    private static final int UNSENDABLE_STATUS = 500;
    private static final int SERVER_ERROR = 500;

    final RequestCall request;
    private RequestChanges changes; // null until something is changed

    // The stop, once there is one.
    private boolean stopped;
    private int status;
    private TextEntries stopHeaders;
    private byte[] stopBody;

    private byte[] body; // as received, empty if there is none; null until it was fetched
    private boolean bodyDeclared;

    /** A run; {@code parsed} is what {@link Chains#parsed} says of the conf. */
    public RequestRun(RequestCall call, PreparedConf conf, Chain chain, Object parsed, LoopRuns runs, Limits limits) {
        super(call, conf, chain, parsed, runs, limits);
        this.request = call;
    }

    /** Walks along the chain, and answers the call at its end. On the loop. */
    public void run() {
        start();
    }

    @Override
    void invoke(PluginFilter filter, int step) {
        filter.filter(new StepRequest(this, step), new StepResponse(this, step), new StepChain(this, step));
    }

    @Override
    String phase() {
        return "request";
    }

    @Override
    String in() {
        return in(request);
    }

    /** Method, path and arguments as they came. */
    static String in(RequestCall request) {
        StringBuilder text = new StringBuilder(request.method() + " " + request.path());
        for (int i = 0; i < request.args().size(); i++) {
            String value = request.args().value(i);
            text.append(i == 0 ? '?' : '&').append(request.args().name(i)).append(value == null ? "" : "=" + value);
        }
        return text.toString();
    }

    @Override
    List<Change> changesSoFar() {
        List<Change> all = new ArrayList<>();
        if (changes != null) {
            changes.list(all);
        }
        if (stopped) {
            all.add(new Change("status", "", Integer.toString(status)));
            RequestChanges.list(all, "response header", stopHeaders);
            RequestChanges.list(all, "response body", stopBody);
        }
        return all;
    }

    @Override
    boolean stopped() {
        return stopped;
    }

    @Override
    boolean knowsRequestHeaders() {
        return true;
    }

    @Override
    String requestHeader(String name) {
        int at = request.headers().find(name, 0, true);
        return at < 0 ? null : request.headers().value(at);
    }

    @Override
    boolean wantsBody(PluginVersion plugin) {
        if (plugin.wantsBody()) {
            bodyDeclared = true;
            return body == null;
        }
        return false;
    }

    @Override
    void fetchBody(Runnable then) {
        askBody(then);
        call.flush();
    }

    private void askBody(Runnable then) {
        call.askRequestBody(questions().counted(result -> {
            body = result == null ? NONE : result;
            then.run();
        }));
    }

    @Override
    void finish() {
        if (stopped) {
            count(Outcome.STOPPED);
            if (status >= SERVER_ERROR) {
                plugin().stoppedByError();
            }
            ended();
            request.stop(new Stop(status, stopHeaders(), stopBody));
        } else if (changes == null || changes.isEmpty()) {
            count(Outcome.WENT_ON);
            ended();
            request.goOn();
        } else if (changes.args != null && changes.path == null && !call.ended()) {
            suspend(null);
            questions().askVar(UPSTREAM_URI, this::finishWithArgs);
            call.flush();
        } else {
            rewrite();
        }
    }

    // Arguments without a path are lost where an earlier plugin of APISIX has rewritten the path: then its path has to come along (APISIX.md §7).
    private void finishWithArgs(String upstreamUri) {
        resume(() -> {
            if (upstreamUri != null && !upstreamUri.isEmpty()) {
                int query = upstreamUri.indexOf('?');
                changes.path = decoded(query < 0 ? upstreamUri : upstreamUri.substring(0, query));
            }
            rewrite();
        });
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path; // nginx never writes a broken escape
        }
    }

    private void rewrite() {
        count(Outcome.REWRITTEN);
        ended();
        request.rewrite(new Rewrite(changes.path, changes.headers, changes.args, changes.responseHeaders, changes.body));
    }

    // A stop is the client's response too: headers that plugins have set for that come along, unless the stop has its own of that name.
    private TextEntries stopHeaders() {
        TextEntries before = changes == null ? null : changes.responseHeaders;
        if (before == null) {
            return stopHeaders;
        }
        TextEntries all = stopHeaders == null ? new TextEntries() : stopHeaders;
        int own = all.size();
        for (int i = 0; i < before.size(); i++) {
            int at = all.find(before.name(i), 0, true);
            if (at < 0 || at >= own) {
                all.add(before.name(i), before.value(i));
            }
        }
        return all;
    }

    // ---- for the steps' views; whether a change is allowed has been looked at

    /** What is changed so far; for reading as well. */
    RequestChanges changes() {
        if (changes == null) {
            changes = new RequestChanges(request.headers(), request.args());
        }
        return changes;
    }

    String path() {
        return changes == null || changes.path == null ? request.path() : changes.path;
    }

    void setPath(String path, int step) {
        if (path == null) {
            plugin(step).warn(Warning.IGNORED_NULL, "it set a path that is null; that is ignored");
            return;
        }
        int query = path.indexOf('?');
        String only = query < 0 ? path : path.substring(0, query);
        if (!only.startsWith("/")) {
            plugin(step).warn(Warning.RELATIVE_PATH, "it set the path \"" + only + "\", which has no / at the beginning; it gets one");
            only = "/" + only;
        }
        if (!only.equals(path())) {
            changes().path = only;
        }
        if (query >= 0) {
            setArgs(path.substring(query + 1));
        }
    }

    private void setArgs(String query) {
        Set<String> seen = new HashSet<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = unescaped(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : unescaped(pair.substring(equals + 1));
            if (name.isEmpty()) {
                continue;
            }
            if (seen.add(name)) {
                changes().setArg(name, value);
            } else {
                changes().addArg(name, value);
            }
        }
    }

    private static String unescaped(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    @Override
    byte[] bodyShown() {
        if (changes != null && changes.body != null) {
            return changes.body;
        }
        return bodyDeclared ? body : null;
    }

    @Override
    CompletionStage<Optional<byte[]>> askBody(int step) {
        checkOpen();
        StepStage<Optional<byte[]>> stage = new StepStage<>(this, step);
        byte[] changed = changes == null ? null : changes.body;
        if (changed != null) {
            stage.complete(Optional.of(changed.clone()));
            return stage;
        }
        questions().ask(stage, () -> {
            if (body != null) {
                questions().complete(stage, present(body), null);
            } else {
                askBody(() -> questions().complete(stage, present(body), null));
            }
        });
        return stage;
    }

    static Optional<byte[]> present(byte[] body) {
        return body.length == 0 ? Optional.empty() : Optional.of(body.clone());
    }

    void stop() {
        stopped = true;
        touch();
    }

    void stopStatus(int newStatus, int step) {
        stop();
        if (newStatus == 0 || HeaderRules.sendable(newStatus)) {
            status = newStatus;
        } else {
            plugin(step).warn(Warning.IGNORED_STATUS, "it stopped a request with status " + newStatus + " (expected: 200 to 999, not 444 or 499, which would"
                    + " close the client's connection); the client gets " + UNSENDABLE_STATUS);
            status = UNSENDABLE_STATUS;
        }
    }

    void stopHeader(String name, String value, boolean add) {
        stop();
        if (stopHeaders == null) {
            stopHeaders = new TextEntries();
        }
        if (!add) {
            for (int at = stopHeaders.find(name, 0, true); at >= 0; at = stopHeaders.find(name, at, true)) {
                stopHeaders.remove(at);
            }
        }
        if (value != null) {
            stopHeaders.add(name, value);
        }
    }

    void stopBody(byte[] newBody) {
        stop();
        stopBody = newBody;
    }
}
