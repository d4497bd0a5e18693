// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.InputStream;

/**
 * Watches over those who started a managed runner: the small shell process that is our parent, and APISIX's agent, which holds the other
 * end of the pipe on stdin. Either may be killed without having a chance to tell us; then nobody would ever end this process.
 *
 * <p>{@code bin/a6runner} says with two system properties what there is to watch.
 */
final class ManagedParent {

    /** The shell's process id; set in managed mode only. */
    private static final String PARENT_PID = "a6runner.parent.pid";
    /** Whether stdin is a pipe, the end of which means that the agent is gone. */
    static final String STDIN_PIPE = "a6runner.stdin.pipe";

    /** Short enough for a successor on the same address, long enough to cost nothing. */
    private static final long PARENT_CHECK_MILLIS = 250;

    private ManagedParent() {
    }

    /** Whether {@code bin/a6runner} runs us as its child. */
    static boolean isThere() {
        return System.getProperty(PARENT_PID) != null;
    }

    /** Calls these, each from a thread of its own and once, when stdin has ended, and when the parent is gone. */
    static void watch(Runnable onStdinEnd, Runnable onParentGone) {
        long pid = Long.getLong(PARENT_PID, -1);
        if (Boolean.getBoolean(STDIN_PIPE)) {
            daemon("a6runner-stdin", () -> {
                awaitEnd(System.in);
                // Who sees the parent's end closes what it had for it: that isn't the end of APISIX's agent.
                (pid > 0 && isOrphaned(pid) ? onParentGone : onStdinEnd).run();
            });
        }
        if (pid > 0) {
            daemon("a6runner-parent", () -> {
                awaitOrphaned(pid);
                onParentGone.run();
            });
        }
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns at the end of the stream; what comes before is of no interest. */
    static void awaitEnd(InputStream in) {
        byte[] ignored = new byte[256];
        try {
            while (in.read(ignored) >= 0) {
                continue;
            }
        } catch (IOException e) {
            return; // as good as its end
        }
    }

    /** A dead process may stand in the table for long, if nobody asks for its exit code; but its children get another parent at once. */
    private static void awaitOrphaned(long pid) {
        while (!isOrphaned(pid)) {
            try {
                Thread.sleep(PARENT_CHECK_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static boolean isOrphaned(long pid) {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(-1L) != pid;
    }
}
