// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes lines to stdout on a thread of its own. Who reads stdout may stop reading: then a write would hold whoever logs, the event loop too. Here lines wait
 * in memory up to a limit, and what comes beyond is counted and told of when somebody reads again.
 */
final class Stdout extends UnsynchronizedAppenderBase<ILoggingEvent> {

    static final int WAITING_BYTES_MAX = 1_000_000;

    private final Layout<ILoggingEvent> layout;
    private final PrintStream out;

    // Guarded by lines.
    private final Deque<byte[]> lines = new ArrayDeque<>();
    private int waiting; // bytes
    private long lost; // lines
    private boolean writing;

    Stdout(Layout<ILoggingEvent> layout, PrintStream out) {
        this.layout = layout;
        this.out = out;
        setName("stdout");
    }

    @Override
    public void start() {
        super.start();
        Thread writer = new Thread(this::write, "a6runner-stdout");
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        add(layout.doLayout(event));
    }

    /** Has a line written as it is. */
    void say(String line) {
        add(line + System.lineSeparator());
    }

    private void add(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        synchronized (lines) {
            if (waiting + bytes.length > WAITING_BYTES_MAX) {
                lost++;
                return;
            }
            lines.add(bytes);
            waiting += bytes.length;
            lines.notifyAll();
        }
    }

    private void write() {
        try {
            while (true) {
                byte[] line = next();
                out.write(line, 0, line.length);
                out.flush();
            }
        } catch (InterruptedException e) {
            return; // nobody does that
        }
    }

    private byte[] next() throws InterruptedException {
        synchronized (lines) {
            writing = false;
            lines.notifyAll();
            while (lines.isEmpty()) {
                lines.wait();
            }
            writing = true;
            if (lost > 0 && waiting < WAITING_BYTES_MAX / 2) {
                String told = "a6runner: " + lost + " lines of the log are lost, as nobody was reading stdout" + System.lineSeparator();
                lost = 0;
                return told.getBytes(StandardCharsets.UTF_8);
            }
            byte[] line = lines.remove();
            waiting -= line.length;
            return line;
        }
    }

    /** Waits until all lines are written, or for so long. */
    void flush(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (lines) {
            try {
                for (long left = limit.toMillis(); left > 0 && (writing || !lines.isEmpty()); left = (end - System.nanoTime()) / 1_000_000) {
                    lines.wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
