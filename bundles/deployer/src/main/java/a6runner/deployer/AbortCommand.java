// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

/** The command {@code a6:abort NAME}: gives up what is tried. Any thread; waits for the deployer. */
public final class AbortCommand {

    private final CanaryCommands commands;

    AbortCommand(CanaryCommands commands) {
        this.commands = commands;
    }

    /**
     * Does it; the sentence says what it has come to.
     *
     * @throws a6runner.spi.CommandFailure if it can't be done
     */
    public String abort(String name) throws InterruptedException {
        return commands.abort(name);
    }

    @Override
    public String toString() {
        return "NAME: gives the version that is tried (canary) no calls any more, and holds it back until its file changes";
    }
}
