// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.PluginVersion.Warning;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.apisix.plugin.runner.HttpRequest;

/** The request as one step sees it. Threads and lifetime as {@link HttpRequest} says. */
final class StepRequest extends StepView implements HttpRequest {

    private static final int MAX_BODY = 16_000_000; // what fits into a frame with some headers

    private final RequestRun run;

    StepRequest(RequestRun run, int step) {
        super(run, step);
        this.run = run;
    }

    @Override
    public String getSourceIP() {
        InetAddress address = getSourceAddress();
        return address == null ? "" : address.getHostAddress();
    }

    @Override
    public InetAddress getSourceAddress() {
        run.checkOpen();
        try {
            return InetAddress.getByAddress(run.request.sourceAddress());
        } catch (UnknownHostException e) {
            return null; // not 4 or 16 bytes
        }
    }

    @Override
    public Method getMethod() {
        run.checkOpen();
        return run.request.method();
    }

    @Override
    public String getPath() {
        run.checkOpen();
        return run.path();
    }

    @Override
    public void setPath(String path) {
        if (run.mayChange(step)) {
            run.setPath(path, step);
        }
    }

    @Override
    public Map<String, String> getHeaders() {
        run.checkOpen();
        return run.changes().headerMap();
    }

    @Override
    public String getHeader(String name) {
        run.checkOpen();
        return name == null ? null : run.changes().header(name);
    }

    @Override
    public List<String> getHeaderValues(String name) {
        run.checkOpen();
        return name == null ? List.of() : run.changes().headerValues(name);
    }

    @Override
    public void setHeader(String name, String value) {
        if (run.mayChange(step) && HeaderRules.allowed(name, run.plugin(step))) {
            run.changes().setHeader(name, value);
        }
    }

    @Override
    public void removeHeader(String name) {
        HeaderRules.require(name);
        if (run.mayChange(step)) {
            run.changes().setHeader(name, null);
        }
    }

    @Override
    public Map<String, String> getArgs() {
        run.checkOpen();
        return run.changes().argMap();
    }

    @Override
    public String getArg(String name) {
        run.checkOpen();
        return name == null ? null : run.changes().arg(name);
    }

    @Override
    public List<String> getArgValues(String name) {
        run.checkOpen();
        return name == null ? List.of() : run.changes().argValues(name);
    }

    @Override
    public void setArg(String name, String value) {
        if (!run.mayChange(step)) {
            return;
        }
        if (name == null || name.isEmpty()) {
            run.plugin(step).warn(Warning.IGNORED_NULL, "it set an argument without name; that is ignored");
        } else {
            run.changes().setArg(name, value);
        }
    }

    @Override
    public void addArg(String name, String value) {
        requireArg(name);
        HeaderRules.requireValue(name, value);
        if (run.mayChange(step)) {
            run.changes().addArg(name, value);
        }
    }

    @Override
    public void removeArg(String name) {
        requireArg(name);
        if (run.mayChange(step)) {
            run.changes().setArg(name, null);
        }
    }

    private static void requireArg(String name) {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("name: " + (name == null ? "null" : "\"\"") + " (expected: an argument's name)");
        }
    }

    @Override
    public void setBody(byte[] body) {
        if (body == null || body.length == 0 || body.length > MAX_BODY) {
            throw new IllegalArgumentException("body: " + (body == null ? "null" : body.length + " bytes") + " (expected: 1 to " + MAX_BODY
                    + " bytes; APISIX can't empty a body)");
        }
        if (run.mayChange(step)) {
            run.changes().body = body.clone();
        }
    }

    @Override
    public void setBody(String body) {
        setBody(body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void setResponseHeader(String name, String value) {
        HeaderRules.requireFromRequest(name);
        HeaderRules.requireValue(name, value);
        if (run.mayChange(step)) {
            run.changes().setResponseHeader(name, value);
        }
    }

    @Override
    public void addResponseHeader(String name, String value) {
        HeaderRules.requireFromRequest(name);
        HeaderRules.requireValue(name, value);
        if (run.mayChange(step)) {
            run.changes().addResponseHeader(name, value);
        }
    }
}
