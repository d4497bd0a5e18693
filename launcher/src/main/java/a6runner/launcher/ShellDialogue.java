// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.nio.file.Path;

/**
 * {@code a6runner shell} at a terminal: passes on what is typed and what is to be shown; lines are edited in the runner. Ctrl-] ends it from this side, should
 * the runner not answer.
 */
final class ShellDialogue {

    private static final byte WAY_OUT = 0x1d; // Ctrl-]

    private ShellDialogue() {
    }

    static int run(Path socket, String type) {
        try (ShellConnection connection = ShellConnection.open(socket); Terminal terminal = Terminal.raw()) {
            connection.say("tty " + type.replaceAll("[^A-Za-z0-9+._-]", "") + " " + terminal.size());
            terminal.onResize(() -> tellSize(connection, terminal));
            Thread typing = new Thread(() -> type(connection), "a6runner-typing");
            typing.setDaemon(true);
            typing.start();
            return connection.listen(System.out, System.err);
        } catch (IOException e) {
            System.err.println("a6runner: " + e.getMessage());
            return e instanceof ShellClient.NoRunner ? ShellClient.NO_RUNNER : ShellClient.LOST;
        }
    }

    private static void tellSize(ShellConnection connection, Terminal terminal) {
        try {
            connection.say("size " + terminal.size());
        } catch (IOException e) {
            return; // who listens finds out, too
        }
    }

    private static void type(ShellConnection connection) {
        byte[] bytes = new byte[4_096];
        try {
            for (int read = System.in.read(bytes); read >= 0; read = System.in.read(bytes)) {
                if (read == 1 && bytes[0] == WAY_OUT) {
                    break;
                }
                connection.say("in " + read, bytes, read);
            }
        } catch (IOException e) {
            // then the other side has said so, too
        }
        connection.close();
    }
}
