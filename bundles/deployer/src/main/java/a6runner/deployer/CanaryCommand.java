// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

/** The command {@code a6:canary [NAME --share 5% …]}: has the newest version tried with a share of the calls. Any thread; waits for the deployer. */
public final class CanaryCommand {

    private final CanaryCommands commands;

    CanaryCommand(CanaryCommands commands) {
        this.commands = commands;
    }

    /**
     * Does it; the sentence says what it has come to.
     *
     * @throws a6runner.spi.CommandFailure if it can't be done
     */
    public String canary(String... arguments) throws InterruptedException {
        return commands.begin(arguments);
    }

    @Override
    public String toString() {
        return "[NAME --share 5% [--sticky header:x-user|var:remote_addr] [--window 60s] [--min-calls 200] [--error-margin 1%] [--p99-factor 2] [--next]]: gives the newest version that share of the calls, and the one before the others; --next: the next version that comes. Without NAME: lists what is tried";
    }
}
