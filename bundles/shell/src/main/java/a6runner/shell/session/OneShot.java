// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import a6runner.shell.ShellSession;
import java.io.BufferedOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;

/** One command line, its output, its exit code. */
public final class OneShot implements ShellSession {

    private final String command;
    private final PrintStream out;
    private final PrintStream err;
    private final CommandSession session;

    public OneShot(Gogo gogo, String command, OutputStream out, OutputStream err) {
        this.command = command;
        this.out = new PrintStream(new BufferedOutputStream(out), true, StandardCharsets.UTF_8);
        this.err = new PrintStream(new BufferedOutputStream(err), true, StandardCharsets.UTF_8);
        this.session = gogo.session(InputStream.nullInputStream(), this.out, this.err);
    }

    @Override
    public int run() {
        try {
            return Answer.of(session, command).print(out, err);
        } finally {
            out.flush();
            err.flush();
            session.close();
        }
    }

    @Override
    public void typed(byte[] bytes) {
        // a command has no input
    }

    @Override
    public void resized(int columns, int lines) {
        // nor a terminal
    }

    @Override
    public void interrupt() {
        Job job = session.foregroundJob();
        if (job != null) {
            job.interrupt();
        }
    }
}
