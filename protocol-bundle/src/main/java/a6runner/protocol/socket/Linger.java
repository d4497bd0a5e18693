// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.takeover.Announcements;
import a6runner.protocol.takeover.HandOverLink;
import a6runner.protocol.takeover.Hello;
import a6runner.protocol.takeover.Leftovers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a runner may go. One that is told to leave goes at once unless a successor is there or has announced itself; then it serves on, new connections too,
 * until the successor has the address, gives it its connections, and goes with the last of them. One that was orphaned goes when nobody calls any more.
 *
 * <p>A thread of its own looks, and once removes {@link Leftovers}; all else comes from any thread and doesn't block.
 */
final class Linger {

    private static final Logger LOG = LoggerFactory.getLogger(Linger.class);
    /** APISIX tells the old runner to stop some 20 ms after it has started the new one (APISIX.md §10). */
    private static final long ANNOUNCED_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    /** APISIX starts another runner 3 s after one has ended. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Connections that were waiting to be accepted when the address changed hands come within that time. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** A successor tells us right after it has moved its file over ours. */
    private static final long WORD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FIGHT_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The start is over then, and what was left for long can wait so long. */
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LEAVING_LOOK_MILLIS = 20;
    private static final long LOOK_MILLIS = 1_000;
    private static final long BYE_MILLIS = 1_000;

    /** Why a runner is to leave. */
    enum Reason {
        /** SIGTERM and the like: who tells it knows what he does. */
        SIGNAL,
        /** Stdin has ended: APISIX's agent is gone. */
        STDIN,
        /** The parent was killed: APISIX will start another one soon, or is gone too. */
        PARENT,
        /** Not told to: when the address has been taken over. */
        TAKEN
    }

    private final SocketFile file;
    private final LoopGroup loops;
    private final Neighbours neighbours;
    private final Announcements announcements;
    private final boolean managed;
    private final long lingerNanos;
    private final Set<HandOverLink> successors = ConcurrentHashMap.newKeySet(); // that talk with us
    private final CompletableFuture<String> told = new CompletableFuture<>();
    private final CompletableFuture<String> outlived = new CompletableFuture<>();
    private final Thread thread = new Thread(this::look, "a6runner-linger");

    // guarded by this
    private Reason reason; // null unless told to leave
    private long leavingSince;
    private HandOverLink successor; // who has taken the address over
    private long takenAt;
    private ConnectionSender sender;
    private long strangeSince; // that the file at the address is not ours; 0 while it is
    private boolean replaced; // somebody took the address without a word
    private boolean fightTold;
    private boolean expected; // a successor has been seen
    private long calls;
    private long lastSign; // of a call or a successor

    /**
     * Looks after the runner that serves an address.
     *
     * @param managed whether APISIX started it
     */
    Linger(SocketFile file, LoopGroup loops, Neighbours neighbours, Announcements announcements, boolean managed, long lingerNanos) {
        this.file = file;
        this.loops = loops;
        this.neighbours = neighbours;
        this.announcements = announcements;
        this.managed = managed;
        this.lingerNanos = lingerNanos;
        thread.setDaemon(true);
    }

    /** Begins, once the address is ours. */
    void start() {
        thread.start();
    }

    /** Whether it has been told to leave. */
    synchronized boolean leaving() {
        return reason != null;
    }

    /**
     * Tells it to leave; completes, maybe at once, when it may go, with what is to be said of that, "" if nothing. For {@link Reason#TAKEN} when the address
     * has been taken over and nobody is left.
     */
    synchronized CompletionStage<String> leave(Reason why) {
        if (why == Reason.TAKEN) {
            return outlived;
        }
        if (reason == null || reason == Reason.PARENT && why == Reason.SIGNAL) { // the end of stdin may come of the parent's
            leavingSince = System.nanoTime();
            lastSign = leavingSince;
            calls = loops.calls();
            reason = why;
            if (!managed && successor == null && successors.isEmpty()) {
                told.complete("");
            }
            notifyAll();
        }
        return told;
    }

    // ---- successors

    /** Somebody has come to our control socket. */
    void talk(HandOverLink link) {
        link.hello().thenAccept(hello -> {
            successors.add(link);
            neighbours.add(link); // before it has the address: what it prepares then may be used here at once
            link.taken().thenAccept(path -> taken(link, hello, path));
            link.end().thenRun(() -> {
                successors.remove(link);
                neighbours.remove(link);
            });
        });
    }

    private synchronized void taken(HandOverLink link, Hello hello, String path) {
        if (successor != null) {
            return;
        }
        LOG.info("the runner with pid {} has taken {} over", hello.pid(), file);
        successor = link;
        takenAt = System.nanoTime();
        link.sendLateConfs();
        if (!path.isEmpty()) {
            try {
                sender = new ConnectionSender(Path.of(path));
                loops.leaveTo(sender);
            } catch (IOException | RuntimeException e) {
                LOG.warn("the successor takes no connections ({}); this runner goes on serving those it has", e.getMessage());
            }
        }
        notifyAll();
    }

    // ---- the look

    private void look() {
        long begun = System.nanoTime();
        boolean swept = false;
        try {
            while (true) {
                if (!swept && !leaving() && System.nanoTime() - begun > SWEEP_NANOS) {
                    swept = true;
                    Leftovers.sweep(file.address(), Instant.now());
                }
                synchronized (this) {
                    wait(reason == null && successor == null ? LOOK_MILLIS : LEAVING_LOOK_MILLIS);
                }
                boolean another = reasonToExpect() && announcements.another();
                String end = decide(System.nanoTime(), another);
                if (end != null) {
                    sayGoodBye();
                    (leaving() ? told : outlived).complete(end);
                    return;
                }
            }
        } catch (InterruptedException e) {
            // close() wants that
        }
    }

    private synchronized boolean reasonToExpect() {
        return reason != null && successor == null && !replaced;
    }

    /** What is to be said when the runner goes now; null if it stays. */
    private synchronized String decide(long now, boolean another) {
        if (file.isOurs()) {
            strangeSince = 0;
        } else if (strangeSince == 0) {
            strangeSince = now;
        }
        if (successor == null && !replaced && strangeSince != 0 && now - strangeSince > WORD_NANOS) {
            replaced = true;
            takenAt = now;
            LOG.error("the socket {} was removed, or replaced by somebody who isn't a runner: nobody new gets here; start this runner again", file);
        }
        if (successor != null || replaced && reason != null) {
            return afterTaking(now);
        }
        if (reason == null) {
            return null;
        }
        if (now - leavingSince > lingerNanos) {
            return "no successor has come within " + seconds(lingerNanos) + " s (linger)";
        }
        if (another || !successors.isEmpty()) {
            expected = true;
            lastSign = now;
            return null;
        }
        if (reason != Reason.PARENT && !expected) {
            return now - leavingSince > ANNOUNCED_NANOS ? "" : null;
        }
        if (loops.calls() != calls) {
            calls = loops.calls();
            lastSign = now;
        }
        return now - lastSign > QUIET_NANOS ? "nobody calls any more, and no successor has come" : null;
    }

    private String afterTaking(long now) {
        int connections = loops.connections();
        if (reason == null && managed) {
            if (!fightTold && now - takenAt > FIGHT_NANOS) {
                fightTold = true;
                LOG.error("another runner has taken {} over, but APISIX hasn't told this one to stop: two APISIX start runners on one address? This one gets no new"
                        + " connections", file);
            }
            return null;
        }
        if (connections == 0 && now - takenAt > LATE_NANOS && !neighbours.hasOtherThan(successor)) {
            return "";
        }
        if (now - Math.max(takenAt, leavingSince) <= lingerNanos) {
            return null;
        }
        return connections == 0 ? "" : connections + " connections are left after " + seconds(lingerNanos) + " s (linger)";
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }

    private void sayGoodBye() throws InterruptedException {
        HandOverLink link;
        synchronized (this) {
            link = successor;
        }
        if (link != null) {
            link.sendLateConfs();
            try {
                link.bye().toCompletableFuture().get(BYE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("no good-bye to the successor", e);
            }
        }
    }

    /** Ends the look. */
    void close() {
        thread.interrupt();
        synchronized (this) {
            if (sender != null) {
                sender.close();
            }
        }
        told.complete("");
    }
}
