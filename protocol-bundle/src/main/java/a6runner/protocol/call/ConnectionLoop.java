// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.call;

import a6runner.protocol.frame.FrameEncoder;
import a6runner.protocol.message.MessageEncoder;
import a6runner.spi.CallLoop;
import a6runner.spi.ConnectionsView.Connection;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * An event loop and what its connections share: their encoder, and one sweep for all of them. What is not marked otherwise belongs to the loop's own
 * thread. Lives until {@link #stop}.
 */
public final class ConnectionLoop implements CallLoop {

    /** What became of the attempt to give a connection to another process. */
    public enum Taking {
        /** The other process has it. */
        TAKEN,
        /** To be tried again soon. */
        NOT_NOW,
        /** It stays here. */
        NEVER
    }

    /** Gives connections to another process. */
    public interface Taker {

        /** Gives this one; doesn't block. On the connection's loop. */
        Taking take(Channel channel);
    }

    private static final long SWEEP_MILLIS = 1_000;
    private static final long MEMORY_STILL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final int index;
    private final EventLoopGroup group; // of this one loop
    private final EventLoop loop;
    private final FrameEncoder frames = new FrameEncoder(ByteBufAllocator.DEFAULT);
    private final MessageEncoder encoder = new MessageEncoder(frames);
    private final Set<CallHandler> connections = ConcurrentHashMap.newKeySet();
    private final Set<CallHandler> watched = new HashSet<>();
    private final Set<Channel> arriving = ConcurrentHashMap.newKeySet(); // given to the loop, which a stuck one doesn't notice
    private final AtomicInteger assigned = new AtomicInteger();
    private final AtomicLong calls = new AtomicLong(); // written by the loop alone
    private Taker taker; // null unless another process takes the connections

    /**
     * A loop of its own.
     *
     * @param group a group of one loop, owned from now on
     * @param clientTimeoutNanos how long half a frame may stand still and an answer stay unread
     */
    public ConnectionLoop(int index, EventLoopGroup group, long clientTimeoutNanos) {
        this.index = index;
        this.group = group;
        this.loop = group.next();
        loop.scheduleWithFixedDelay(() -> sweep(clientTimeoutNanos), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sweep(long clientTimeoutNanos) {
        long now = System.nanoTime();
        watched.removeIf(connection -> !connection.sweep(now, clientTimeoutNanos, MEMORY_STILL_NANOS));
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inLoop() {
        return loop.inEventLoop();
    }

    @Override
    public boolean ended() {
        return loop.isTerminated();
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The runner stops: the loop's connections are closed, and whatever the task would do for one of them comes too late.
        }
    }

    MessageEncoder encoder() {
        return encoder;
    }

    void opened(CallHandler connection) {
        connections.add(connection);
        arriving.remove(connection.channel());
        if (taker != null) {
            connection.leaveTo(taker);
        }
    }

    void closed(CallHandler connection) {
        connections.remove(connection);
        watched.remove(connection);
    }

    void watch(CallHandler connection) {
        watched.add(connection);
    }

    /** Gives the loop a connection. Any thread. */
    public ChannelFuture register(Channel channel) {
        assigned.incrementAndGet(); // at once, so that a storm of connections spreads over the loops
        arriving.add(channel);
        channel.closeFuture().addListener(closed -> {
            arriving.remove(channel);
            assigned.decrementAndGet();
        });
        return loop.register(channel);
    }

    /** How many connections the loop was given that are not closed. Any thread. */
    public int connections() {
        return assigned.get();
    }

    /** What is to be told of its connections, once the loop comes to it. Any thread. */
    public CompletableFuture<List<Connection>> view(ToLongFunction<Channel> peerPid) {
        CompletableFuture<List<Connection>> view = new CompletableFuture<>();
        execute(() -> {
            long now = System.nanoTime();
            view.complete(connections.stream().map(connection -> connection.view(now, peerPid.applyAsLong(connection.channel()))).toList());
        });
        return view;
    }

    /** Does something with each connection's channel, on the calling thread: for a loop that is stuck. Any thread. */
    public void forEachChannel(Consumer<Channel> action) {
        List<Channel> all = new ArrayList<>(arriving);
        connections.forEach(connection -> all.add(connection.channel()));
        all.forEach(action);
    }

    /** Has each connection closed as soon as its call is answered. Any thread. */
    public void drain() {
        execute(() -> connections.forEach(CallHandler::drain));
    }

    /** Has another process take each connection, those that are still to come too, as soon as nothing of a call is on this side. Any thread. */
    public void leaveTo(Taker newTaker) {
        execute(() -> {
            taker = newTaker;
            connections.forEach(connection -> connection.leaveTo(newTaker));
        });
    }

    void callBegins() {
        calls.lazySet(calls.get() + 1);
    }

    /** How many calls have begun. Any thread. */
    public long calls() {
        return calls.get();
    }

    /** Ends the loop; connections that are left are closed. Any thread, doesn't wait; the future says when no thread is left. */
    public Future<?> stop() {
        return group.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(ended -> free());
    }

    /** Lets go of buffers. When nothing runs on the loop any more. */
    void free() {
        frames.close();
    }
}
