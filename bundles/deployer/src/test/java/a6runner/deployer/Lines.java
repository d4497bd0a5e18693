// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Lines that other threads write and a test waits for. */
final class Lines {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final List<String> lines = new ArrayList<>();

    synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    /** Waits for a line that contains a text; returns it and forgets the lines up to it. */
    synchronized String await(String text) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (true) {
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.contains(text)) {
                    lines.subList(0, i + 1).clear();
                    return line;
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("no line with \"" + text + "\" among " + lines);
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The lines since the last one that was waited for. */
    synchronized List<String> now() {
        return List.copyOf(lines);
    }
}
