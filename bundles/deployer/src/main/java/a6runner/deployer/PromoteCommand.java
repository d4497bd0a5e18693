// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

/** The command {@code a6:promote NAME}: gives what is tried all calls. Any thread; waits for the deployer. */
public final class PromoteCommand {

    private final CanaryCommands commands;

    PromoteCommand(CanaryCommands commands) {
        this.commands = commands;
    }

    /**
     * Does it; the sentence says what it has come to.
     *
     * @throws a6runner.spi.CommandFailure if it can't be done
     */
    public String promote(String name) throws InterruptedException {
        return commands.promote(name);
    }

    @Override
    public String toString() {
        return "NAME: gives the version that is tried (canary) all calls";
    }
}
