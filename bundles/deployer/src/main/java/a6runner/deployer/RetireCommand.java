// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.CommandFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.Version;

/** The command {@code a6:retire NAME VERSION}: takes a version that confs pin out of service. Any thread; waits for the deployer's. */
public final class RetireCommand {

    private static final long PATIENCE_SECONDS = 10;

    private final Deployer deployer;

    RetireCommand(Deployer deployer) {
        this.deployer = deployer;
    }

    /**
     * Retires a version.
     *
     * @param name a plugin's, or a bundle's symbolic name
     * @param version the bundle's, in full
     * @throws CommandFailure if no such version is pinned
     */
    public String retire(String name, String version) throws InterruptedException {
        try {
            Version.parseVersion(version);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(CommandFailure.USAGE, version + " (expected: a version, such as 1.2.0)");
        }
        CompletableFuture<String> done = new CompletableFuture<>();
        deployer.retire(name, version, done);
        try {
            return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CommandFailure failure ? new CommandFailure(failure.exitCode(), failure.getMessage()) : new CommandFailure(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new CommandFailure("the deployer does not answer; a6:why " + name + " says where it stands");
        }
    }

    @Override
    public String toString() {
        return "NAME VERSION: takes a version out of service that is there because confs pin it; their calls are refused unless another version satisfies them";
    }
}
