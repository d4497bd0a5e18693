// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.call.ConnectionLoop;
import a6runner.spi.ConnectionsView.Connection;
import a6runner.spi.ConnectionsView.Loop;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops and their watchdog. A loop that doesn't answer for a second, or for the call timeout if that is less, because a plugin holds it, gets no
 * new connections and a replacement; when it has been stuck for the call timeout, its connections are shut down from outside, so that APISIX need not
 * wait any longer. A loop that comes back goes on with the connections it has, and ends with the last of them.
 *
 * <p>Any thread may ask for a loop; the watchdog is a thread of its own.
 */
final class LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(LoopGroup.class);
    private static final long STUCK_NANOS = 1_000_000_000L;
    private static final long LOOK_MILLIS = 200;
    private static final long STOP_NANOS = 2_000_000_000L;

    private final Transport transport;
    private final long clientTimeoutNanos;
    private final long callTimeoutNanos;
    private final long stuckNanos;
    private final List<Watched> serving = new CopyOnWriteArrayList<>();
    private final List<Watched> all = new CopyOnWriteArrayList<>();
    private final Thread watchdog;
    private int created; // guarded by this

    private static final class Watched {
        final ConnectionLoop loop;
        volatile long answered = System.nanoTime();
        volatile boolean asked;
        volatile boolean stuck; // the watchdog's, who writes it
        boolean shutDown; // the watchdog's own

        Watched(ConnectionLoop loop) {
            this.loop = loop;
        }
    }

    /**
     * Starts the loops.
     *
     * @param count how many there are to be at any time
     */
    LoopGroup(Transport transport, int count, long clientTimeoutNanos, long callTimeoutNanos) {
        this.transport = transport;
        this.clientTimeoutNanos = clientTimeoutNanos;
        this.callTimeoutNanos = callTimeoutNanos;
        this.stuckNanos = Math.min(STUCK_NANOS, callTimeoutNanos);
        for (int i = 0; i < count; i++) {
            add();
        }
        watchdog = new Thread(this::watch, "a6runner-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }

    private synchronized void add() {
        int index = created++;
        Watched watched = new Watched(new ConnectionLoop(index, transport.newLoop("a6runner-loop-" + index), clientTimeoutNanos));
        all.add(watched);
        serving.add(watched);
    }

    /** The loop with the fewest connections, of those that are not stuck. */
    ConnectionLoop next() {
        ConnectionLoop best = null;
        for (Watched watched : serving) {
            if (best == null || watched.loop.connections() < best.connections()) {
                best = watched.loop;
            }
        }
        return best;
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                all.forEach(this::look);
            }
        } catch (InterruptedException | RejectedExecutionException e) {
            // stop() wants that, or has stopped a loop already
        }
    }

    private void look(Watched watched) {
        long now = System.nanoTime();
        if (!watched.asked) {
            if (watched.stuck) {
                LOG.warn("event loop {} answers again", watched.loop.index());
                watched.stuck = false;
                watched.shutDown = false;
            }
            if (!serving.contains(watched) && watched.loop.connections() == 0) {
                all.remove(watched); // it was replaced, and has done its duty
                watched.loop.stop();
                return;
            }
            watched.asked = true;
            watched.answered = now;
            watched.loop.execute(() -> watched.asked = false);
            return;
        }
        long stuck = now - watched.answered;
        if (stuck > stuckNanos && !watched.stuck) {
            watched.stuck = true;
            if (serving.contains(watched)) {
                add(); // first, as there must always be one
                serving.remove(watched);
            }
            LOG.error("event loop {} has been stuck for {}, with {} connections: a plugin blocks it, named near this line; another loop takes new"
                    + " connections", watched.loop.index(), stuckNanos == STUCK_NANOS ? "a second" : stuckNanos / 1_000_000 + " ms",
                    watched.loop.connections());
        } else if (stuck > callTimeoutNanos && !watched.shutDown) { // in a later look: by then, who was being given to this loop has been
            watched.shutDown = true;
            LOG.error("event loop {} has been stuck for the call timeout: its {} connections are shut down", watched.loop.index(), watched.loop.connections());
            watched.loop.forEachChannel(this::shutDown);
        }
    }

    private void shutDown(Channel channel) {
        try {
            transport.shutDown(channel);
        } catch (IOException e) {
            LOG.debug("a connection could not be shut down", e);
        }
        channel.close(); // by its loop, should it come back
    }

    /** Has all connections closed as soon as their calls are answered. */
    void drain() {
        all.forEach(watched -> watched.loop.drain());
    }

    /** Has another process take each connection as soon as nothing of a call is on this side. */
    void leaveTo(ConnectionLoop.Taker taker) {
        all.forEach(watched -> watched.loop.leaveTo(taker));
    }

    /** How many calls have begun so far; those of a loop that was replaced and has ended are not counted any more. */
    long calls() {
        return all.stream().mapToLong(watched -> watched.loop.calls()).sum();
    }

    /** All connections, those of loops that don't answer in time left out. Any thread but a loop's. */
    List<Connection> view(long patienceMillis) {
        List<CompletableFuture<List<Connection>>> views = all.stream().map(watched -> watched.loop.view(transport::peerPid)
                .completeOnTimeout(List.of(), patienceMillis, TimeUnit.MILLISECONDS)).toList();
        return views.stream().flatMap(view -> view.join().stream()).sorted(Comparator.comparingLong(Connection::ageSeconds).reversed()).toList();
    }

    /** All loops. Any thread. */
    List<Loop> loops() {
        return all.stream().map(watched -> new Loop(watched.loop.index(), watched.loop.connections(),
                watched.stuck ? "stuck" : serving.contains(watched) ? "serving" : "replaced")).toList();
    }

    /** How many connections there are. */
    int connections() {
        return all.stream().mapToInt(watched -> watched.loop.connections()).sum();
    }

    /** Ends the loops with what is left of their connections; waits a moment for their threads, which need Netty's bundles to the last. */
    void stop() {
        watchdog.interrupt();
        List<Future<?>> ends = new ArrayList<>();
        all.forEach(watched -> ends.add(watched.loop.stop()));
        long deadline = System.nanoTime() + STOP_NANOS;
        ends.forEach(end -> end.awaitUninterruptibly(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
    }
}
