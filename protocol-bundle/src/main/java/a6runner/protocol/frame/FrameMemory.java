// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The bytes that long frames may hold at the same time, all connections together. A frame reserves its announced length before its first payload byte
 * is taken; who finds too little left waits in line, ExtraInfo answers of running calls before new calls. Any thread, never blocks.
 */
public final class FrameMemory {

    /** Frames up to this many bytes are not counted: each connection may hold one. */
    public static final int UNCOUNTED = 64 * 1024;

    /** Waits for memory. */
    interface Waiter {
        /** The memory is the waiter's from now on. Called on any thread, outside of any lock. */
        void granted();
    }

    private record Request(Waiter waiter, int bytes) {}

    private final long capacity;
    private final Queue<Request> answers = new ArrayDeque<>();
    private final Queue<Request> calls = new ArrayDeque<>();
    private long free;

    /** Room for {@code capacity} bytes, at least for one frame of the greatest length. */
    public FrameMemory(long capacity) {
        this.capacity = Math.max(capacity, FrameLayout.MAX_PAYLOAD);
        this.free = this.capacity;
    }

    /** Takes bytes at once and returns true, or puts the waiter in line. */
    synchronized boolean reserve(int bytes, boolean answer, Waiter waiter) {
        Queue<Request> line = answer ? answers : calls;
        if (line.isEmpty() && (answer || answers.isEmpty()) && bytes <= free) {
            free -= bytes;
            return true;
        }
        line.add(new Request(waiter, bytes));
        return false;
    }

    /** Gives bytes back and serves the line. */
    void release(int bytes) {
        List<Request> granted = new ArrayList<>();
        synchronized (this) {
            free += bytes;
            serve(granted);
        }
        granted.forEach(request -> request.waiter.granted());
    }

    private void serve(List<Request> granted) {
        serve(answers, granted);
        if (answers.isEmpty()) {
            serve(calls, granted);
        }
    }

    private void serve(Queue<Request> line, List<Request> granted) {
        while (!line.isEmpty() && line.peek().bytes <= free) {
            Request request = line.remove();
            free -= request.bytes;
            granted.add(request);
        }
    }

    /** Takes a waiter out of the line and serves those behind it; false if it is not in it, because it was granted. */
    boolean cancel(Waiter waiter) {
        List<Request> granted = new ArrayList<>();
        synchronized (this) {
            if (!answers.removeIf(request -> request.waiter == waiter) && !calls.removeIf(request -> request.waiter == waiter)) {
                return false;
            }
            serve(granted);
        }
        granted.forEach(request -> request.waiter.granted());
        return true;
    }

    /** How many bytes are taken. */
    public synchronized long taken() {
        return capacity - free;
    }
}
