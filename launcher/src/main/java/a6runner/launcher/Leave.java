// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The way to the end of a run: whoever asks for it, the protocol's bundle says when the process may go, for a successor may be there that wants our confs and
 * connections; then the process exits, and {@link Stop} does the rest. Any thread.
 */
final class Leave {

    /** Two signals that one event has caused come together; a second one after that time is meant. */
    private static final Duration TOGETHER = Duration.ofSeconds(1);

    private final Core core;
    private final Stop stop;
    private final AtomicBoolean exiting = new AtomicBoolean();
    private long firstSignal; // 0 before; guarded by this

    Leave(Core core, Stop stop) {
        this.core = core;
        this.stop = stop;
    }

    /** A signal asks for it: the first begins, one that comes a second later or more ends at once. */
    void signal(String name, int number) {
        boolean first;
        synchronized (this) {
            long now = System.nanoTime();
            first = firstSignal == 0;
            if (first) {
                firstSignal = now;
            } else if (now - firstSignal < TOGETHER.toNanos()) {
                return;
            }
        }
        if (first) {
            leave("SIGNAL", 128 + number);
        } else {
            stop.now("a second signal, SIG" + name, 128 + number);
        }
    }

    /** APISIX's agent is gone. */
    void stdinEnded() {
        leave("STDIN", 0);
    }

    /** The script is gone, and maybe all else. */
    void parentGone() {
        leave("PARENT", 0);
    }

    /** Ends the process when another runner has taken the address over, and all connections. To be called once the socket is open. */
    void whenTakenOver() {
        leave("TAKEN", 0);
    }

    private void leave(String why, int exitCode) {
        CompletionStage<String> mayGo = core.leave(why);
        mayGo.thenAccept(say -> new Thread(() -> exit(say, exitCode), "a6runner-exit").start());
    }

    private void exit(String say, int exitCode) {
        if (exiting.compareAndSet(false, true)) {
            if (!say.isEmpty()) {
                System.err.println("a6runner: " + say);
            }
            System.exit(exitCode);
        }
    }
}
