// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.A6Client;
import a6runner.testkit.FrameListener;
import a6runner.testkit.Question;
import a6runner.testkit.http.RequestHead;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.Message.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** What happened to one request. Belongs to its connection's thread until it is handed to the {@link Observer}, and doesn't change any more then. */
public final class CallTrace {

    /** Is told of each request after its answer has been written; on the connection's thread, so calls come side by side. */
    @FunctionalInterface
    public interface Observer {
        /** A request is done with. */
        void done(CallTrace trace);
    }

    /**
     * A frame that went over the socket.
     *
     * @param connection from 1 in each call, in the order of their first use
     */
    public record TracedFrame(int connection, Direction direction, Frame frame) {}

    /**
     * What one {@code ext-plugin-…} did.
     *
     * @param changes each in words, one line
     * @param result in words if it is more than changes: a stop, a refusal; null if not
     * @param notes what a plugin's author should know, a sentence each
     */
    public record PhaseTrace(
            ExtPlugin plugin, List<String> changes, String result, List<Question> questions, List<String> notes, int tries, Duration took) {}

    private final RequestHead request;
    private final long startNanos = System.nanoTime();
    private final List<PhaseTrace> phases = new ArrayList<>();
    private final List<TracedFrame> frames = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<A6Client, Integer> connections = new IdentityHashMap<>();
    private Route route;
    private int status;
    private Duration took = Duration.ZERO;

    CallTrace(RequestHead request) {
        this.request = request;
    }

    /** The request's line and headers as they came. */
    public RequestHead request() {
        return request;
    }

    /** The route that the request took, null for none. */
    public Route route() {
        return route;
    }

    /** What the client got, 0 if its connection was closed without an answer. */
    public int status() {
        return status;
    }

    /** From the request's head to after the answer. */
    public Duration took() {
        return took;
    }

    /** What the runner's plugins did, in order. */
    public List<PhaseTrace> phases() {
        return phases;
    }

    /** All frames in their order. */
    public List<TracedFrame> frames() {
        return frames;
    }

    /** What else is worth knowing, a sentence each. */
    public List<String> notes() {
        return notes;
    }

    long startNanos() {
        return startNanos;
    }

    void takes(Route taken) {
        route = taken;
    }

    void ends(int withStatus) {
        status = withStatus;
        took = Duration.ofNanos(System.nanoTime() - startNanos);
    }

    FrameListener listenTo(A6Client client) {
        int number = connections.computeIfAbsent(client, key -> connections.size() + 1);
        return (direction, frame) -> frames.add(new TracedFrame(number, direction, frame));
    }
}
