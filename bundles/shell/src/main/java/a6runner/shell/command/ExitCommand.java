// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;

/** {@code exit}: leaves the shell; the runner runs on. */
public final class ExitCommand {

    /** The variable of a session that is set when it is to end. */
    public static final String LEAVES = ".leaves";

    @Descriptor("leaves the shell; the runner runs on")
    public void exit(CommandSession session) {
        session.put(LEAVES, true);
    }
}
