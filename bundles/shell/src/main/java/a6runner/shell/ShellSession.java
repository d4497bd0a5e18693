// SPDX-License-Identifier: Apache-2.0
package a6runner.shell;

import java.io.IOException;

/** What a client has asked for: one command, or a dialogue at a terminal. */
public interface ShellSession {

    /** Does it, on a thread of its own, and gives the exit code. */
    int run();

    /** Takes what the client's user has typed. On the connection's thread. */
    void typed(byte[] bytes) throws IOException;

    /** The client's terminal has another size. On the connection's thread. */
    void resized(int columns, int lines);

    /** Has {@link #run} return soon. Any thread. */
    void interrupt();
}
