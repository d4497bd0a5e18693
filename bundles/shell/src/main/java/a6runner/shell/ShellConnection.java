// SPDX-License-Identifier: Apache-2.0
package a6runner.shell;

import a6runner.spi.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the shell, from its first line to the exit code. {@link #serve} is run by a thread of its own, which reads what the client says; the session
 * has another, so that a client that goes away is noticed whatever its command does.
 */
final class ShellConnection {

    private static final Logger LOG = LoggerFactory.getLogger(ShellConnection.class);
    private static final int USAGE = 2;

    private final Messages messages;
    private final ShellSessions sessions;
    private volatile ShellSession session;
    private volatile boolean closed;

    ShellConnection(Messages messages, ShellSessions sessions) {
        this.messages = messages;
        this.sessions = sessions;
    }

    /** Tells the client why it isn't served, and closes. */
    void refuse(String why) {
        end(CommandFailure.FAILED, why);
    }

    /** Serves the client until it or its session ends. */
    void serve() {
        try {
            String first = messages.readLine();
            if (first == null) {
                return; // somebody looked whether there is a shell
            }
            ShellSession begun = begin(first);
            if (begun == null) {
                return;
            }
            session = begun;
            Thread thread = new Thread(() -> run(begun), Thread.currentThread().getName() + "-session");
            thread.setDaemon(true);
            thread.setContextClassLoader(getClass().getClassLoader());
            thread.start();
            if (!closed) {
                read(begun);
            }
        } catch (IOException e) {
            LOG.debug("a shell's connection ended", e);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("a shell could not be opened", e);
            end(CommandFailure.FAILED, e instanceof CommandFailure ? e.getMessage() : "the shell itself failed: " + e);
        } finally {
            interrupt();
            messages.finish();
        }
    }

    private ShellSession begin(String first) {
        String[] words = first.split(" ");
        if (first.startsWith("exec ")) {
            return sessions.oneShot(first.substring("exec ".length()), messages);
        }
        if (words[0].equals("health")) {
            List<String> options = List.of(words).subList(1, words.length);
            return sessions.health(options.contains("--live"), options.contains("--json"), messages);
        }
        if (words.length == 4 && words[0].equals("tty") && isSize(words[2]) && isSize(words[3])) {
            return sessions.terminal(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), messages);
        }
        end(USAGE, "the first line is \"" + first + "\" (expected: exec COMMAND, health, or tty TYPE COLUMNS LINES)");
        return null;
    }

    private static boolean isSize(String word) {
        return word.matches("\\d{1,4}");
    }

    private void read(ShellSession begun) throws IOException {
        for (String line = messages.readLine(); line != null; line = messages.readLine()) {
            String[] words = line.split(" ");
            if (words.length == 2 && words[0].equals("in") && words[1].matches("\\d{1,7}")) {
                begun.typed(messages.readBytes(Integer.parseInt(words[1])));
            } else if (words.length == 3 && words[0].equals("size") && isSize(words[1]) && isSize(words[2])) {
                begun.resized(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            } else {
                end(USAGE, "the line \"" + line + "\" (expected: in LENGTH, or size COLUMNS LINES)");
                return;
            }
        }
    }

    private void run(ShellSession begun) {
        int code = CommandFailure.FAILED;
        try {
            code = begun.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a shell failed", e);
        }
        end(code, null);
    }

    private void end(int code, String why) {
        try {
            if (why != null) {
                messages.err().write((why + "\n").getBytes(StandardCharsets.UTF_8));
            }
            messages.exit(code); // which closes
        } catch (IOException e) {
            LOG.debug("a shell's client is gone", e);
            messages.close();
        }
    }

    /** Ends the session and the connection, whatever they do. Any thread; doesn't wait. */
    void close() {
        closed = true;
        interrupt();
        messages.close();
    }

    private void interrupt() {
        ShellSession begun = session;
        if (begun != null) {
            begun.interrupt();
        }
    }
}
