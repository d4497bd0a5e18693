// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.http.Headers;
import a6runner.testkit.http.HttpException;
import a6runner.testkit.http.HttpInput;
import a6runner.testkit.http.HttpListener;
import a6runner.testkit.http.HttpOutput;
import a6runner.testkit.http.RequestHead;
import a6runner.testkit.wire.Entry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The stand-in for APISIX: serves HTTP by routes, calls the runner on a Unix socket and the upstreams. {@link #close} ends all connections at once.
 *
 * <pre>{@code
 * try (Gateway gateway = new Gateway(new Gateway.Setup(InetAddress.getLoopbackAddress(), 0, socket, () -> routes))) {
 *     gateway.start();
 *     ... "http://127.0.0.1:" + gateway.port()
 * }
 * }</pre>
 */
public final class Gateway implements AutoCloseable {

    private static final int IDLE_MILLIS = 75_000;
    private static final List<String> REFUSED_METHODS = List.of("TRACE", "CONNECT");
    /** resty.lock's defaults (APISIX.md §4). */
    private static final Duration LOCK_WAIT = Duration.ofSeconds(5);
    private static final Duration LOCK_HOLD = Duration.ofSeconds(30);

    /**
     * What a gateway is made with.
     *
     * @param port 0 for any
     * @param runner the runner's socket
     * @param routes asked for each request; gives the routes of now
     * @param observer is told of each request
     * @param responseHeaders whether answers get {@code x-a6-…} headers that say what happened
     */
    public record Setup(InetAddress address, int port, Path runner, Supplier<Routes> routes, CallTrace.Observer observer, boolean responseHeaders) {

        /** A gateway that nobody watches. */
        public Setup(InetAddress address, int port, Path runner, Supplier<Routes> routes) {
            this(address, port, runner, routes, trace -> { }, false);
        }
    }

    private final Setup setup;
    private final HttpListener listener;
    private final RunnerClient runner;
    private final EchoUpstream echo;

    /** Binds the port; throws {@link java.net.BindException} if it is taken. Nobody is served before {@link #start}. */
    public Gateway(Setup setup) throws IOException {
        this.setup = setup;
        listener = new HttpListener("gateway", setup.address(), setup.port(), this::serve);
        runner = new RunnerClient(setup.runner(), new PrepareLock(LOCK_WAIT, LOCK_HOLD));
        echo = new EchoUpstream();
    }

    /** Begins to serve. */
    public void start() {
        listener.start();
    }

    /** The port that it has been given. */
    public int port() {
        return listener.port();
    }

    private void serve(Socket socket) throws IOException {
        HttpInput in = new HttpInput(socket.getInputStream());
        HttpOutput out = new HttpOutput(new BufferedOutputStream(socket.getOutputStream()));
        boolean open = true;
        while (open) {
            socket.setSoTimeout(IDLE_MILLIS);
            try {
                RequestHead head = in.readRequest();
                open = head != null && serve(head, in, out, socket);
            } catch (SocketTimeoutException e) {
                open = false;
            } catch (HttpException e) {
                Answer.page(e.status()).writeTo(out, "GET", 1, List.of(), false);
                open = false;
            }
        }
    }

    /** Serves one request; gives whether the connection stays open. */
    private boolean serve(RequestHead head, HttpInput in, HttpOutput out, Socket socket) throws IOException {
        CallTrace trace = new CallTrace(head);
        boolean keepAlive = head.minor() > 0 ? !Headers.hasToken(head.headers(), "connection", "close")
                : Headers.hasToken(head.headers(), "connection", "keep-alive");
        Answer answer;
        GatewayRequest request = null;
        try {
            if (REFUSED_METHODS.contains(head.method())) {
                answer = Answer.page(405);
            } else {
                request = new GatewayRequest(head, new RequestBody(in, out, head), socket.getInetAddress(), listener.port());
                answer = answer(request, trace);
            }
        } catch (HttpException e) {
            trace.notes().add("The client's request is no good: " + e.getMessage() + ".");
            answer = Answer.page(e.status());
            keepAlive = false;
        } catch (UncheckedIOException e) {
            trace.notes().add("The client hasn't sent the body that its request announced: " + e.getMessage() + ".");
            answer = e.getCause() instanceof HttpException bad ? Answer.page(bad.status()) : Answer.none();
            keepAlive = false;
        }
        trace.ends(answer.status());
        if (answer.status() == 0) {
            setup.observer().done(trace);
            return false;
        }
        boolean open;
        try {
            keepAlive &= request != null && request.body.isOver(request.headers);
            List<Entry> own = setup.responseHeaders() ? TraceHeaders.of(trace) : List.of();
            open = answer.writeTo(out, head.method(), head.minor(), own, keepAlive);
        } finally {
            trace.ends(answer.status());
            setup.observer().done(trace);
        }
        return open;
    }

    private Answer answer(GatewayRequest request, CallTrace trace) throws IOException {
        Routes routes = setup.routes().get();
        Route route = routes.find(request.method(), request.host(), request.path.toString()).orElse(null);
        if (route == null) {
            trace.notes().add("No route takes this request.");
            return Answer.json(404, "{\"error_msg\":\"404 Route Not Found\"}\n");
        }
        trace.takes(route);
        for (Phase phase : List.of(Phase.PRE_REQ, Phase.POST_REQ)) {
            ExtPlugin plugin = route.extPlugins().get(phase);
            Answer answer = plugin == null ? null : RequestPhase.run(plugin, key(route, phase, routes), request, route, runner, trace);
            if (answer != null) {
                return answer;
            }
        }
        Upstream.Node node = (route.upstream() == null ? echo.upstream() : route.upstream()).next();
        ExtPlugin plugin = route.extPlugins().get(Phase.POST_RESP);
        if (plugin != null) {
            return ResponsePhase.run(plugin, key(route, Phase.POST_RESP, routes), request, route, node, runner, trace);
        }
        try {
            request.bodyBytes();
            return Answer.proxied(UpstreamClient.proxy(request, node), request.responseHeaders);
        } catch (SocketTimeoutException e) {
            trace.notes().add("The upstream " + node.host() + ":" + node.port() + " doesn't answer.");
            return Answer.page(504);
        } catch (IOException e) {
            trace.notes().add("The upstream " + node.host() + ":" + node.port() + " can't be called: " + e.getMessage() + ".");
            return Answer.page(502);
        }
    }

    private static String key(Route route, Phase phase, Routes routes) {
        return "route#" + route.id() + "#" + phase.pluginName() + "#" + routes.version();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        runner.close();
        echo.close();
    }
}
