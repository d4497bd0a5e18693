// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.CommandFailure;

/** The command {@code a6:rollback NAME [HASH]}: has an earlier content serve again. Any thread; waits until it does, or is refused. */
public final class RollbackCommand {

    private final Deployer deployer;
    private final long timeoutNanos;

    /** Waits so long at most. */
    RollbackCommand(Deployer deployer, long timeoutNanos) {
        this.deployer = deployer;
        this.timeoutNanos = timeoutNanos;
    }

    /** To the content that served before the present one. */
    public String rollback(String name) throws InterruptedException {
        return begin(name, "");
    }

    /**
     * To a certain content.
     *
     * @param name a bundle's symbolic name, a plugin's, or a file's
     * @param hash the beginning of the content's SHA-256, as {@code a6:history} shows it
     * @throws CommandFailure if it doesn't come to serve; the sentence says why, and what serves is what served before
     */
    public String rollback(String name, String hash) throws InterruptedException {
        if (hash.isBlank()) { // a variable of a script's that isn't set, most likely; it means no content, and not the one before
            throw new CommandFailure(CommandFailure.USAGE, "the hash is empty (expected: the beginning of one that a6:history " + name + " shows, or none for what served before)");
        }
        return begin(name, hash);
    }

    private String begin(String name, String hash) throws InterruptedException {
        return Answers.await(done -> deployer.rollback(name, hash, done), timeoutNanos, "a6:why " + name + " says where it stands");
    }

    @Override
    public String toString() {
        return "NAME [HASH]: has what served before serve again, or the content of that hash (history NAME), after the same checks as an upgrade";
    }
}
